import { describe, expect, it } from 'vitest';
import { checkClaims, type ExpectedClaims, mistypedClaim } from '../../src/jwt/registered-claims.ts';

const expected: ExpectedClaims = {
  issuers: ['https://a.example', 'https://b.example'],
  audiences: ['shop', 'orders'],
  required: ['iss', 'aud', 'exp', 'role'],
  toleranceSeconds: 0,
};
const good = { iss: 'https://b.example', aud: 'orders', exp: 200, role: 'x' };
const check = (changes: object = {}, options: Partial<ExpectedClaims> = {}) =>
  checkClaims({ ...good, ...changes }, { ...expected, ...options }, 100);
const invalid = expect.objectContaining({ code: 'ERR_TOKEN_INVALID' });
const expired = expect.objectContaining({ code: 'ERR_TOKEN_EXPIRED' });

describe('checkClaims', () => {
  it('takes claims that are as expected, and more than these', () => {
    expect(() => check({ sub: '1', iat: 100, nbf: 100, jti: 'x', anything: [null] })).not.toThrow();
  });

  it.each(['iss', 'aud', 'exp', 'role'])('asks for %s, of its own', (name) => {
    for (const value of [undefined, null]) expect(() => check({ [name]: value })).toThrow(invalid);
    const inherited = Object.assign(Object.create(good), { ...good });
    Reflect.deleteProperty(inherited, name);
    expect(() => checkClaims(inherited, expected, 100)).toThrow(invalid);
  });

  it('takes a required claim that is false, zero or empty: its type is the host’s', () => {
    for (const role of [false, 0, '', []]) expect(() => check({ role })).not.toThrow();
  });

  it('takes one of several issuers, and one of several audiences', () => {
    expect(() => check({ iss: 'https://a.example', aud: ['x', 'shop'] })).not.toThrow();
    expect(() => check({ iss: 'https://c.example' })).toThrow(invalid);
    expect(() => check({ aud: ['x', 'y'] })).toThrow(invalid);
  });

  it.each([
    ['exp', 101, 0, undefined],
    ['exp', 100, 0, expired],
    ['exp', 41, 60, undefined],
    ['exp', 40, 60, expired],
    ['exp', 100.5, 0, undefined],
    ['nbf', 100, 0, undefined],
    ['nbf', 100.5, 0, invalid],
    ['nbf', 101, 0, invalid],
    ['nbf', 160, 60, undefined],
    ['nbf', 161, 60, invalid],
    ['iat', 100, 0, undefined],
    ['iat', 101, 0, invalid],
    ['iat', 160, 60, undefined],
    ['iat', 161, 60, invalid],
  ])('%s %d at 100 with a tolerance of %d', (name, seconds, toleranceSeconds, refusal) => {
    const checking = () => check({ [name]: seconds }, { toleranceSeconds });
    if (refusal === undefined) expect(checking).not.toThrow();
    else expect(checking).toThrow(refusal);
  });

  it('calls a token invalid before it calls it expired', () => {
    const over = { exp: 50 };
    expect(() => check(over)).toThrow(expired);
    for (const also of [{ iss: 'x' }, { aud: 'x' }, { iat: 101 }, { nbf: 101 }, { sub: 7 }, { role: null }]) {
      expect(() => check({ ...over, ...also })).toThrow(invalid);
    }
  });
});

describe('mistypedClaim', () => {
  it.each(['iss', 'sub', 'jti'])('names %s when it is no text', (name) => {
    expect(mistypedClaim({ [name]: 'x' })).toBeUndefined();
    for (const value of ['', null, 0, 7, true, ['x'], {}])
      expect(mistypedClaim({ [name]: value })).toBe(name);
  });

  it.each(['exp', 'nbf', 'iat'])('names %s when it is no date', (name) => {
    for (const value of [0, 1.5, 2 ** 52]) expect(mistypedClaim({ [name]: value })).toBeUndefined();
    const strange = [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, true, [1], new Date(0)];
    for (const value of strange) expect(mistypedClaim({ [name]: value })).toBe(name);
  });

  it('has nothing to say of other claims', () => {
    expect(mistypedClaim({ aud: 7, name: null, azp: [] })).toBeUndefined();
  });
});
