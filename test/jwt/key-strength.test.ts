import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkStrength } from '../../src/jwt/key-strength.ts';
import { ecKeys, keysFor, rsaKeys } from '../support/jwt-keys.ts';
import { seededRandom } from '../support/seeded-random.ts';

const weak = expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'key' });
const secretOf = (size: number, byte = 7) => createSecretKey(Buffer.alloc(size, byte));

describe('checkStrength', () => {
  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ] as const)('takes for %s a secret of %i bytes or more, and none of less', (algorithm, size) => {
    expect(() => checkStrength(secretOf(size), algorithm, 'key')).not.toThrow();
    expect(() => checkStrength(secretOf(size * 9), algorithm, 'key')).not.toThrow();
    for (const less of [0, 1, size - 1]) {
      expect(() => checkStrength(secretOf(less), algorithm, 'key')).toThrow(weak);
    }
  });

  it('refuses zeros, and takes a secret with a single other bit', () => {
    expect(() => checkStrength(secretOf(64, 0), 'HS256', 'key')).toThrow(weak);
    const almost = Buffer.alloc(64);
    almost[63] = 1;
    expect(() => checkStrength(createSecretKey(almost), 'HS256', 'key')).not.toThrow();
  });

  it('takes random secrets of many lengths, as bytes and as text', () => {
    const random = seededRandom(7);
    for (let run = 0; run < 300; run += 1) {
      const bytes = Buffer.from(Array.from({ length: 32 + run }, () => Math.floor(random() * 256)));
      for (const text of [
        bytes,
        bytes.toString('hex'),
        bytes.toString('base64'),
        bytes.toString('base64url'),
      ]) {
        const secret = createSecretKey(Buffer.from(text));
        expect(() => checkStrength(secret, 'HS256', 'key')).not.toThrow();
      }
    }
  });

  it.each(['RS256', 'PS256'] as const)('takes for %s 2,048 bits or more, and none of less', (algorithm) => {
    expect(() => checkStrength(rsaKeys(2048).publicKey, algorithm, 'key')).not.toThrow();
    expect(() => checkStrength(rsaKeys(2049).publicKey, algorithm, 'key')).not.toThrow();
    expect(() => checkStrength(rsaKeys(2047).publicKey, algorithm, 'key')).toThrow(weak);
  });

  it.each([
    ['AQ', 1],
    ['Ag', 2],
  ])('refuses the exponent %s, which is %i', (e) => {
    const jwk = keysFor('RS256').publicKey.export({ format: 'jwk' });
    const key = createPublicKey({ key: { ...jwk, e }, format: 'jwk' });
    expect(() => checkStrength(key, 'RS256', 'key')).toThrow(weak);
  });

  it('takes the exponent 3', () => {
    expect(() => checkStrength(rsaKeys(2048, 3).publicKey, 'RS256', 'key')).not.toThrow();
  });

  it.each([
    ['ES256', 'secp384r1'],
    ['ES256', 'secp256k1'],
    ['ES384', 'prime256v1'],
    ['ES512', 'brainpoolP512r1'],
  ] as const)('refuses for %s the curve %s', (algorithm, curve) => {
    expect(() => checkStrength(ecKeys(curve).publicKey, algorithm, 'key')).toThrow(weak);
  });

  it.each([
    ['a pair for a secret', 'HS256', keysFor('ES256').publicKey],
    ['a secret for a pair', 'ES256', keysFor('HS256').publicKey],
    ['Ed448 for Ed25519', 'EdDSA', generateKeyPairSync('ed448').publicKey],
    ['X25519 for Ed25519', 'Ed25519', generateKeyPairSync('x25519').publicKey],
    ['an RSA-PSS key for PS256', 'PS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
    ['RSA for a curve', 'ES256', keysFor('RS256').publicKey],
    ['a curve for RSA', 'RS256', keysFor('ES256').publicKey],
  ] as const)('refuses %s', (_what, algorithm, key) => {
    expect(() => checkStrength(key, algorithm, 'key')).toThrow(weak);
  });
});
