import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { compareSync, hashSync } from 'bcryptjs';
import { afterAll, describe, expect, it } from 'vitest';
import { AuthError } from '../../src/core/errors.ts';
import { type BcryptOptions, bcrypt } from '../../src/hashers/index.ts';

const hasher = bcrypt({ cost: 4, maxCost: 6, workers: 1 });
const lenient = bcrypt({ cost: 4, acceptTruncated: true, workers: 1 });
const long = 'x'.repeat(72);

afterAll(async () => {
  await hasher.close?.();
  await lenient.close?.();
});

/** The digest that `$2o$` gives to bcrypt, computed apart from the code that is tested. */
const digestOf = (password: string) =>
  createHmac('sha384', 'ostiary/bcrypt/1').update(password, 'utf8').digest('base64');

const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return AuthError.is(error) ? [error.code, Reflect.get(error, 'option')] : error;
  }
  return 'no error';
};

describe('a bcrypt hash', () => {
  it('is a plain $2b$ hash that other libraries verify', async () => {
    const hash = await hasher.hash('correct horse');
    expect(hash).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(compareSync('correct horse', hash)).toBe(true);
  });

  it('is plain up to 72 bytes and not beyond', async () => {
    expect((await hasher.hash(long)).slice(0, 4)).toBe('$2b$');
    expect((await hasher.hash(`${long}x`)).slice(0, 4)).toBe('$2o$');
    expect((await hasher.hash('é'.repeat(37))).slice(0, 4)).toBe('$2o$');
  });

  it('of a password with a NUL is not plain', async () => {
    expect((await hasher.hash('abc\0x')).slice(0, 4)).toBe('$2o$');
  });

  it('of a long password is bcrypt of its digest, in 60 characters that other libraries refuse', async () => {
    const password = `${long}é`;
    const hash = await hasher.hash(password);
    expect(hash).toMatch(/^\$2o\$04\$[./A-Za-z0-9]{53}$/);
    expect(
      compareSync(
        digestOf(password),
        hash.replace('$2o$', () => '$2b$'),
      ),
    ).toBe(true);
    expect(() => compareSync(password, hash)).toThrow('Invalid salt revision');
  });

  it('has a salt of its own', async () => {
    const salts = await Promise.all(Array.from({ length: 20 }, () => hasher.hash('same')));
    expect(new Set(salts.map((hash) => hash.slice(7, 29))).size).toBe(20);
    // 16 bytes leave four characters possible at the end.
    for (const hash of salts) expect('.Oeu').toContain(hash[28]);
  });

  it.each([
    ['a lone surrogate', 'a\ud800'],
    ['a number', 5],
    ['an array', ['a']],
    ['an object', {}],
    ['undefined', undefined],
  ])('is refused for a password that is %s', async (_name, password) => {
    const refusal = await hasher.hash(password as string).catch((error: unknown) => error);
    expect(AuthError.is(refusal, 'ERR_INPUT_INVALID') && Reflect.get(refusal, 'fields')).toHaveProperty(
      'password',
    );
  });
});

describe('bcrypt verifies', () => {
  it.each([
    ['a short one', 'a'],
    ['an empty one', ''],
    ['72 bytes', long],
    ['73 bytes', `${long}x`],
    ['256 bytes', '😀'.repeat(64)],
    ['spaces at both ends', '  padded  '],
    ['a NUL', 'abc\0def'],
    ['only a NUL', '\0'],
  ])('the password it hashed: %s', async (_name, password) => {
    expect(await hasher.verify(password, await hasher.hash(password))).toBe(true);
  });

  it.each([
    ['the 73rd byte', `${long}a`, `${long}b`],
    ['a byte after the 72nd that is missing', `${long}a`, long],
    ['the last of 256 bytes', '😀'.repeat(64), `${'😀'.repeat(63)}😁`],
    ['the last of 4,096 bytes', `${'y'.repeat(4095)}a`, `${'y'.repeat(4095)}b`],
    ['what follows a NUL', 'abc\0x', 'abc\0y'],
    ['the NUL', 'abc', 'abc\0'],
    ['a repetition behind the NUL', 'abc', 'abc\0abc'],
    ['a space at the end', 'abc', 'abc '],
    ['the case', 'abc', 'abC'],
    ['the form of the accent', '\u00e9', 'e\u0301'],
  ])('no password that differs in %s', async (_name, one, other) => {
    expect(await hasher.verify(other, await hasher.hash(one))).toBe(false);
    expect(await hasher.verify(one, await hasher.hash(other))).toBe(false);
  });

  it('no plain hash with a password that bcrypt cannot count whole', async () => {
    expect(await hasher.verify(`${long}x`, hashSync(`${long}x`, 4))).toBe(false);
    expect(await hasher.verify('abc\0x', hashSync('abc\0x', 4))).toBe(false);
  });

  it('no plain hash of the digest with the password of that digest', async () => {
    const stored = hashSync(digestOf(`${long}x`), 4);
    expect(await hasher.verify(`${long}x`, stored)).toBe(false);
  });

  it('no $2o$ hash with the text of the digest', async () => {
    const stored = await hasher.hash(`${long}x`);
    expect(await hasher.verify(digestOf(`${long}x`), stored)).toBe(false);
  });

  it('the first 72 bytes of an imported hash with acceptTruncated', async () => {
    const stored = hashSync(`${long}abc`, 4);
    expect(await lenient.verify(`${long}abc`, stored)).toBe(true);
    expect(await lenient.verify(`x${long}abc`, stored)).toBe(true);
    expect(await lenient.verify(`y${long}abc`, stored)).toBe(false);
  });

  it('every byte of its own hashes with acceptTruncated too', async () => {
    expect(await lenient.verify(`${long}b`, await lenient.hash(`${long}a`))).toBe(false);
  });

  it('no lone surrogate, even where UTF-8 makes it equal', async () => {
    expect(await hasher.verify('a\ud800', hashSync('a\ufffd', 4))).toBe(false);
  });

  it.each([
    ['a number', 5],
    ['an array', ['']],
    ['an object', {}],
    ['a boxed text', Object('')],
    ['undefined', undefined],
    ['null', null],
  ])('nothing for a password that is %s', async (_name, password) => {
    expect(await hasher.verify(password as string, hashSync('', 4))).toBe(false);
  });

  it('a hash whose salt has bits that bcrypt ignores, as hand-written PHP made them', async () => {
    const stored = hashSync('php', `$2y$04$usesomesillystringfore`);
    const noncanonical = stored.replace('stringfore', () => 'stringforh');
    expect(await hasher.verify('php', noncanonical)).toBe(true);
    expect(await hasher.verify('not php', noncanonical)).toBe(false);
  });

  it('no hash whose last character bcrypt could not have written', async () => {
    const stored = hashSync('x', '$2b$04$......................');
    const last = stored.at(-1) ?? '';
    const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const sameBits = `${stored.slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1]}`;
    expect(hasher.recognises(sameBits)).toBe(false);
    expect(await hasher.verify('x', sameBits)).toBe(false);
  });
});

describe('bcrypt recognises', () => {
  const stored = hashSync('x', '$2b$05$......................');

  it.each(['$2a$', '$2b$', '$2y$', '$2o$'])('%s', (prefix) => {
    expect(hasher.recognises(stored.replace('$2b$', () => prefix))).toBe(true);
  });

  it.each([
    ['$2x$', stored.replace('$2b$', () => '$2x$')],
    ['$2$', stored.replace('$2b$', () => '$2$')],
    ['cost 3', stored.replace('$05$', () => '$03$')],
    ['a cost above maxCost', stored.replace('$05$', () => '$07$')],
    ['cost 31', stored.replace('$05$', () => '$31$')],
    ['cost 99', stored.replace('$05$', () => '$99$')],
    ['a cost of one digit', stored.replace('$05$', () => '$5$')],
    ['59 characters', stored.slice(0, 59)],
    ['61 characters', `${stored}.`],
    ['a line break at the end', `${stored}\n`],
    ['a line before it', `\n${stored}`],
    ['capitals', stored.replace('$2b$', () => '$2B$')],
    ['nothing', ''],
  ])('neither %s', async (_name, hash) => {
    expect(hasher.recognises(hash)).toBe(false);
    expect(await hasher.verify('x', hash)).toBe(false);
  });

  it.each([[null], [undefined], [5], [{}], [['a']]])('nor %s', (hash) => {
    expect(hasher.recognises(hash as unknown as string)).toBe(false);
  });
});

describe('bcrypt asks for a rehash', () => {
  const at = (cost: string, prefix = '$2b$') => `${prefix}${cost}$${'.'.repeat(53)}`;
  const middle = bcrypt({ cost: 5, maxCost: 6 });

  it.each([
    ['a cheaper hash', at('04'), 'abc', true],
    ['a cheaper $2o$', at('04', '$2o$'), `${long}x`, true],
    ['a hash of today', at('05'), 'abc', false],
    ['a $2o$ of today', at('05', '$2o$'), `${long}x`, false],
    ['a $2a$ of today', at('05', '$2a$'), 'abc', false],
    ['a dearer hash', at('06'), 'abc', false],
    ['a plain hash that cannot count the password', at('05'), `${long}x`, true],
    ['a plain hash and a NUL', at('05'), 'abc\0', true],
    ['a hash above the ceiling', at('07'), 'abc', false],
    ['a foreign hash', '$argon2id$', 'abc', false],
    ['an empty hash', '', 'abc', false],
  ])('of %s: answers %#', (_name, hash, password, expected) => {
    expect(middle.needsRehash(hash, password)).toBe(expected);
  });
});

describe('the options of bcrypt', () => {
  it('default to cost 12 and one worker for each processor', () => {
    const standard = bcrypt();
    expect(standard.id).toBe('bcrypt');
    expect(standard.concurrency).toBe(availableParallelism());
    expect(standard.needsRehash(`$2b$11$${'.'.repeat(53)}`, 'abc')).toBe(true);
    expect(standard.recognises(`$2b$12$${'.'.repeat(53)}`)).toBe(true);
    expect(standard.recognises(`$2b$13$${'.'.repeat(53)}`)).toBe(false);
  });

  it('say how many run at once', () => {
    expect(bcrypt({ workers: 3 }).concurrency).toBe(3);
  });

  it.each([
    ['cost', { cost: 3 }],
    ['cost', { cost: 32 }],
    ['cost', { cost: 4.5 }],
    ['cost', { cost: '12' }],
    ['maxCost', { cost: 8, maxCost: 7 }],
    ['maxCost', { maxCost: 11 }],
    ['maxCost', { maxCost: 32 }],
    ['acceptTruncated', { acceptTruncated: 1 }],
    ['workers', { workers: 0 }],
    ['rounds', { rounds: 12 }],
  ])('refuse a wrong %s', (option, options) => {
    expect(codeOf(() => bcrypt(options as BcryptOptions))).toEqual([
      'ERR_CONFIG_INVALID',
      `bcrypt.${option}`,
    ]);
  });
});
