import { scryptSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { AuthError } from '../../src/core/errors.ts';
import { type ScryptOptions, scrypt } from '../../src/hashers/index.ts';
import { passlib, rfc7914 } from '../vectors/scrypt-vectors.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const hasher = scrypt({ logN: 10, p: 2 });

const phc = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
/** A stored hash of 'right', made apart from the code that is tested. */
function storedWith(cost: { logN?: number; r?: number; p?: number; saltBytes?: number } = {}): string {
  const { logN = 10, r = 8, p = 2, saltBytes = 16 } = cost;
  const salt = Buffer.alloc(saltBytes, 7);
  const key = scryptSync('right', salt, 32, { N: 2 ** logN, r, p, maxmem: 2 ** 28 });
  return `$scrypt$ln=${logN},r=${r},p=${p}$${phc(salt)}$${phc(key)}`;
}

const optionOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return AuthError.is(error, 'ERR_CONFIG_INVALID') ? Reflect.get(error, 'option') : error;
  }
  return 'no error';
};

describe('known answers', () => {
  it.each([
    ['RFC 7914 §12', 14, rfc7914],
    ['passlib', 16, passlib],
  ] as const)('verifies the vector of %s', async (_source, logN, [password, hash]) => {
    expect(await scrypt({ logN }).verify(password, hash)).toBe(true);
    expect(await scrypt({ logN }).verify(`${password}.`, hash)).toBe(false);
  });
});

describe('a scrypt hash', () => {
  it('names its parameters and holds 16 bytes of salt and 32 of hash', async () => {
    expect(await hasher.hash('password')).toMatch(
      /^\$scrypt\$ln=10,r=8,p=2\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  it('has a salt of its own', async () => {
    const hashes = await Promise.all([hasher.hash('same'), hasher.hash('same')]);
    expect(new Set(hashes.map((hash) => hash.split('$')[3])).size).toBe(2);
  });

  it.each([
    ['a lone surrogate', 'a\ud800'],
    ['a number', 5],
    ['undefined', undefined],
  ])('is refused for a password that is %s', async (_name, password) => {
    const refusal = await hasher.hash(password as string).catch((error: unknown) => error);
    expect(AuthError.is(refusal, 'ERR_INPUT_INVALID') && Reflect.get(refusal, 'fields')).toHaveProperty(
      'password',
    );
  });
});

describe('scrypt verifies', () => {
  it.each(['', 'a', '  padded  ', 'x'.repeat(4096), 'abc\0def', '😀'.repeat(64)])(
    'the password it hashed: %#',
    async (password) => {
      expect(await hasher.verify(password, await hasher.hash(password))).toBe(true);
    },
  );

  it.each([
    ['the last of 4,096 bytes', `${'y'.repeat(4095)}a`, `${'y'.repeat(4095)}b`],
    ['what follows a NUL', 'abc\0x', 'abc\0y'],
    ['a space at the end', 'abc', 'abc '],
  ])('no password that differs in %s', async (_name, one, other) => {
    expect(await hasher.verify(other, await hasher.hash(one))).toBe(false);
  });

  it('no lone surrogate, even where UTF-8 makes it equal', async () => {
    expect(await hasher.verify('a\ud800', await hasher.hash('a\ufffd'))).toBe(false);
  });

  it.each([
    ['a number', 5],
    ['an array', ['']],
    ['an object', {}],
    ['undefined', undefined],
    ['null', null],
  ])('nothing for a password that is %s', async (_name, password) => {
    expect(await hasher.verify(password as string, await hasher.hash(''))).toBe(false);
  });

  it.each([
    ['a smaller N', { logN: 5 }],
    ['fewer passes', { p: 1 }],
    ['another block size', { logN: 8, r: 3, p: 5 }],
    ['a shorter salt', { saltBytes: 8 }],
    ['a longer salt', { saltBytes: 64 }],
  ])('an imported hash with %s', async (_name, cost) => {
    expect(await hasher.verify('right', storedWith(cost))).toBe(true);
    expect(await hasher.verify('wrong', storedWith(cost))).toBe(false);
  });

  it('nothing without a hash', async () => {
    expect(await hasher.verify('', null)).toBe(false);
  });
});

describe('scrypt does not recognise', () => {
  const stored = storedWith();

  it.each([
    ['a dearer N', storedWith({ logN: 11 })],
    ['more passes', storedWith({ p: 3 })],
    ['more memory for the same time', storedWith({ logN: 11, p: 1 })],
    ['N = 1', stored.replace('ln=10', 'ln=0')],
    ['r = 0', stored.replace('r=8', 'r=0')],
    ['p = 0', stored.replace('p=2', 'p=0')],
    ['a leading zero', stored.replace('ln=10', 'ln=010')],
    ['a sign', stored.replace('p=2', 'p=+2')],
    ['absurd parameters', stored.replace('ln=10,r=8,p=2', 'ln=99999999999999999999,r=8,p=2')],
    ['many tiny passes', stored.replace('ln=10,r=8,p=2', 'ln=1,r=1,p=8192')],
    ['parameters in another order', stored.replace('ln=10,r=8,p=2', 'r=8,ln=10,p=2')],
    ['a parameter too many', stored.replace('p=2', 'p=2,q=1')],
    ['a salt of 7 bytes', storedWith({ saltBytes: 7 })],
    ['a salt of 65 bytes', storedWith({ saltBytes: 65 })],
    ['padding', `${stored}=`],
    ['base64url', stored.replaceAll('+', '-').replaceAll('/', '_').replace(/.{4}$/, '-_-_')],
    ['bits that the decoder would drop, in the salt', stored.replace('Bw$', 'Bx$')],
    ['bits that the decoder would drop, in the hash', stored.slice(0, -1) + nextCharacter(stored.at(-1))],
    ['a truncated hash', stored.slice(0, -1)],
    ['a line break at the end', `${stored}\n`],
    ['bcrypt', `$2b$10$${'.'.repeat(53)}`],
    ['nothing', ''],
  ])('%s', async (_name, hash) => {
    expect(hash).not.toBe(stored);
    expect(hasher.recognises(hash)).toBe(false);
    expect(hasher.needsRehash(hash, 'right')).toBe(false);
    expect(await hasher.verify('right', hash)).toBe(false);
  });

  it('parameters that scrypt cannot run, however cheap', async () => {
    const roomy = scrypt({ logN: 14 });
    const hash = stored.replace('ln=10,r=8,p=2', 'ln=16,r=1,p=1');
    expect(roomy.recognises(hash)).toBe(false);
    expect(await roomy.verify('right', hash)).toBe(false);
  });

  it('any text with a changed character as the same hash, and never throws', async () => {
    const small = scrypt({ logN: 10, r: 1 });
    const own = await small.hash('right');
    const changed = fc
      .tuple(fc.nat(own.length - 1), fc.constantFrom(...'$=,0123456789ABabr+/-_ \n'))
      .map(([at, character]) => own.slice(0, at) + character + own.slice(at + 1))
      .filter((hash) => hash !== own);
    await fc.assert(
      fc.asyncProperty(changed, async (hash) => {
        expect(await small.verify('right', hash)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('scrypt asks for a rehash', () => {
  it.each([
    ['the parameters of today', {}, false],
    ['a smaller N', { logN: 9 }, true],
    ['fewer passes', { p: 1 }, true],
    ['less memory for the same time', { logN: 9, p: 4 }, true],
    ['dearer parameters', { logN: 11 }, false],
  ])('of a hash with %s: answers %#', (_name, cost, expected) => {
    expect(hasher.needsRehash(storedWith(cost), 'right')).toBe(expected);
  });
});

describe('the event loop', () => {
  it('turns while scrypt hashes', async () => {
    let turns = 0;
    let hashing = true;
    const turn = () => {
      turns += 1;
      if (hashing) setImmediate(turn);
    };
    setImmediate(turn);
    await scrypt({ logN: 14 }).verify('password', null);
    hashing = false;
    expect(turns).toBeGreaterThan(100);
  });
});

describe('the options of scrypt', () => {
  it('default to N = 2^17, r = 8, p = 1 and two at once', () => {
    const standard = scrypt();
    expect([standard.id, standard.concurrency]).toEqual(['scrypt', 2]);
    const at = (cost: string) => `$scrypt$${cost}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    expect(standard.recognises(at('ln=17,r=8,p=1'))).toBe(true);
    expect(standard.needsRehash(at('ln=17,r=8,p=1'), '')).toBe(false);
    expect(standard.needsRehash(at('ln=16,r=8,p=1'), '')).toBe(true);
    expect(standard.recognises(at('ln=17,r=8,p=2'))).toBe(false);
  });

  it.each([
    ['logN', { logN: 9 }],
    ['logN', { logN: 25 }],
    ['logN', { logN: 16, r: 1 }],
    ['r', { r: 0 }],
    ['r', { r: 8.5 }],
    ['p', { p: '1' }],
    ['p', { p: 65 }],
    ['N', { N: 16384 }],
  ])('refuse a wrong %s', (option, options) => {
    expect(optionOf(() => scrypt(options as ScryptOptions))).toBe(`scrypt.${option}`);
  });
});

function nextCharacter(character = ''): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet[alphabet.indexOf(character) + 1] ?? '';
}
