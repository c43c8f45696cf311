import { describe, expect, it } from 'vitest';
import { isJwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';

describe('the algorithms', () => {
  it('are these ten, and none', () => {
    expect([...jwtAlgorithms].sort()).toEqual(
      ['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA', 'HS256', 'HS384', 'HS512', 'PS256', 'RS256'].sort(),
    );
  });

  it.each(['none', 'es256', 'ES256 ', 'ES256K', 'RS384', '', '__proto__', 'constructor', 'toString'])(
    'do not include %j',
    (name) => {
      expect(isJwtAlgorithm(name)).toBe(false);
    },
  );

  it.each([[undefined], [null], [256], [['ES256']], [{ ES256: true }], [Object('ES256')]])(
    'are texts: %o is none',
    (value) => {
      expect(isJwtAlgorithm(value)).toBe(false);
    },
  );
});

describe('ruleOf', () => {
  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('asks of %s a secret of %i bytes (RFC 7518 §3.2)', (algorithm, secretBytes) => {
    expect(ruleOf(algorithm)).toMatchObject({ family: 'HMAC', keyType: 'secret', secretBytes });
  });

  it.each([
    ['ES256', 'prime256v1'],
    ['ES384', 'secp384r1'],
    ['ES512', 'secp521r1'],
  ] as const)('asks of %s the curve %s (RFC 7518 §3.4)', (algorithm, curve) => {
    expect(ruleOf(algorithm)).toMatchObject({ family: 'ECDSA', keyType: 'ec', curve });
  });

  it('keeps the two kinds of RSA signatures apart, and takes two names of one signature for one', () => {
    expect(ruleOf('RS256').family).not.toBe(ruleOf('PS256').family);
    expect(ruleOf('Ed25519')).toEqual(ruleOf('EdDSA'));
    expect(new Set(jwtAlgorithms.map((algorithm) => ruleOf(algorithm).family)).size).toBe(5);
  });
});
