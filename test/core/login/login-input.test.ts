import { describe, expect, it } from 'vitest';
import { classifyIdentifier } from '../../../src/core/accounts/identifier.ts';
import { InputError } from '../../../src/core/errors.ts';
import { readLogin } from '../../../src/core/login/login-input.ts';

const read = (input: unknown) => readLogin(input, classifyIdentifier);
const good = { identifier: 'alice', password: 'p' };
const nested = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);

const noText: readonly (readonly [unknown, string])[] = [
  [undefined, 'is missing'],
  [null, 'is missing'],
  ['', 'is missing'],
  [true, 'must be a text'],
  [false, 'must be a text'],
  [0, 'must be a text'],
  [Number.NaN, 'must be a text'],
  [1n, 'must be a text'],
  [[], 'must be a text'],
  [['alice', 'bob'], 'must be a text'],
  [{}, 'must be a text'],
  [{ $ne: null }, 'must be a text'],
  [{ not: '' }, 'must be a text'],
  [JSON.parse('{"__proto__":{"length":1}}'), 'must be a text'],
  [{ toString: () => 'alice', length: 5 }, 'must be a text'],
  [Object('alice'), 'must be a text'],
  [Buffer.from('alice'), 'must be a text'],
  [Symbol('alice'), 'must be a text'],
  [() => 'alice', 'must be a text'],
  ['x'.repeat(1_000_000), 'is too long'],
];

describe('readLogin', () => {
  it.each(noText)('refuses the identifier %o', (identifier, problem) => {
    expect(fields({ ...good, identifier })).toEqual({ identifier: problem });
  });

  it.each(noText)('refuses the password %o', (password, problem) => {
    expect(fields({ ...good, password })).toEqual({ password: problem });
  });

  it.each([[undefined], [null], ['alice'], [7], [true], [[]], [{}], [() => good]])(
    'finds both fields missing in %o',
    (input) => {
      expect(fields(input)).toEqual({ identifier: 'is missing', password: 'is missing' });
    },
  );

  it('refuses what is nested deeper than anything can walk', () => {
    expect(Object.keys(fields({ identifier: nested, password: nested }))).toEqual(['identifier', 'password']);
  });

  it('refuses a lone surrogate in either field', () => {
    expect(fields({ identifier: 'a\ud800', password: 'a\ud800' })).toEqual({
      identifier: 'has an invisible character',
      password: 'is not valid text',
    });
  });

  it.each([
    ['a@shop.example,b@shop.example'],
    ['a@shop.example\nBcc: b@shop.example'],
    ['v@shop.example\uff20evil.example'],
  ])('refuses the identifier %j', (identifier) => {
    expect(Object.keys(fields({ ...good, identifier }))).toEqual(['identifier']);
  });

  it('counts code points and bytes of a password', () => {
    expect(read({ ...good, password: '\u{1f600}'.repeat(1024) }).password).toHaveLength(2048);
    expect(read({ ...good, password: 'x'.repeat(1024) }).password).toHaveLength(1024);
    expect(fields({ ...good, password: 'x'.repeat(1025) })).toEqual({ password: 'is too long' });
    expect(fields({ ...good, password: '\u{1f600}'.repeat(1025) })).toEqual({ password: 'is too long' });
  });

  it.each([
    [' p '],
    ['\tp\n'],
    ['P'],
    ['\u0000'],
    ['e\u0301'],
    ['\ufeffp'],
    ['\ufb01'],
    ['x\u0000y'],
    ['\u200b'],
  ])('hands the password %j on exactly as it was typed', (password) => {
    expect(read({ ...good, password }).password).toBe(password);
  });

  it.each(['adm', '1', '123'])(
    'takes the identifier and the password %j: only maximum lengths count',
    (text) => {
      expect(read({ identifier: text, password: text })).toEqual({
        identifier: { value: text, kind: 'username' },
        password: text,
      });
    },
  );

  it('never tells what was typed', () => {
    const error = refusal({ identifier: 'canary\u200bone', password: 'canary'.repeat(1000) });
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toMatch(/canary/);
  });
});

function fields(input: unknown): InputError['fields'] {
  return refusal(input).fields;
}

function refusal(input: unknown): InputError {
  try {
    read(input);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return expect.unreachable('the input was taken');
}
