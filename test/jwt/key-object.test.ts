import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { isJsonWebKey, isWebKey, keyObjectOf } from '../../src/jwt/key-object.ts';
import { keyForms, webKey } from '../support/jwt-key-forms.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { certificateKey, certificatePem } from '../vectors/certificate.ts';

const jwkOf = (key: unknown, algorithm: JwtAlgorithm) =>
  keyObjectOf(key, algorithm, 'key').export({ format: 'jwk' });

describe.each(jwtAlgorithms)('keyObjectOf for %s', (algorithm) => {
  const { privateKey, publicKey } = keysFor(algorithm);

  it('reads the same key from every form', async () => {
    const halves = [privateKey.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' })];
    for (const [what, key] of await keyForms(algorithm)) {
      expect(halves, what).toContainEqual(jwkOf(key, algorithm));
    }
  });

  it('does not change what it was given', async () => {
    for (const [what, key] of await keyForms(algorithm)) {
      if (typeof key === 'string' || !isJsonWebKey(key)) continue;
      const before = JSON.stringify(key);
      keyObjectOf(key, algorithm, 'key');
      expect(JSON.stringify(key), what).toBe(before);
    }
  });

  it('names the option and never quotes the key', () => {
    const telling = 'a-secret-that-nobody-may-read'.slice(0, 28);
    const damaged = ruleOf(algorithm).keyType === 'secret' ? telling : `-----BEGIN ${telling}-----`;
    for (const key of [damaged, { kty: telling, k: telling, d: telling }]) {
      const error = refusal(() => keyObjectOf(key, algorithm, 'door.key'));
      expect(error.option).toBe('door.key');
      expect(`${error.message}${JSON.stringify(error)}`).not.toContain('nobody-may-read');
    }
  });
});

describe('keyObjectOf', () => {
  it('reads the public key of a certificate', () => {
    const { d: _private, ...publicJwk } = certificateKey;
    expect(jwkOf(certificatePem, 'ES256')).toEqual(publicJwk);
  });

  it('answers a copy of a pair: one that was generated may block on Node 20', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const half of [pair.privateKey, pair.publicKey]) {
      const copy = keyObjectOf(half, 'ES256', 'key');
      expect(copy).not.toBe(half);
      expect(copy.equals(half)).toBe(true);
    }
  });

  it('takes bytes that do not change with those of the host', () => {
    const bytes = Buffer.alloc(32, 7);
    const key = keyObjectOf(bytes, 'HS256', 'key');
    bytes.fill(0);
    expect(key.export()).toEqual(Buffer.alloc(32, 7));
  });

  it('reads an ArrayBuffer and every view of one', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_none, n) => n);
    for (const key of [bytes.buffer, new DataView(bytes.buffer), new Uint32Array(bytes.buffer)]) {
      expect(keyObjectOf(key, 'HS512', 'key').export()).toEqual(Buffer.from(bytes));
    }
  });

  it.each([
    ['HS256', 'HS384'],
    ['RS256', 'PS256'],
    ['ES256', 'ES384'],
  ] as const)('refuses a CryptoKey of %s for %s', async (made, wanted) => {
    const key = await webKey(made, keysFor(made).publicKey, ['verify']);
    expect(refusal(() => keyObjectOf(key, wanted, 'key')).option).toBe('key');
  });
});

describe('isJsonWebKey', () => {
  it.each([[{ kty: 'EC' }], [{}], [JSON.parse('{"kty":"oct"}')]])('takes %o', (key) => {
    expect(isJsonWebKey(key)).toBe(true);
  });

  it.each([
    ['text'],
    [null],
    [undefined],
    [7],
    [new Uint8Array()],
    [new ArrayBuffer(1)],
    [keysFor('ES256').publicKey],
  ])('does not take %o', (key) => {
    expect(isJsonWebKey(key)).toBe(false);
  });
});

describe('isWebKey', () => {
  it('takes a CryptoKey and no KeyObject', async () => {
    const { publicKey } = keysFor('ES256');
    expect(isWebKey(await webKey('ES256', publicKey, ['verify']))).toBe(true);
    expect(isWebKey(publicKey)).toBe(false);
    expect(isWebKey({ type: 'public', algorithm: { name: 'ECDSA' }, usages: ['verify'] })).toBe(false);
  });
});

function refusal(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the key was taken');
}
