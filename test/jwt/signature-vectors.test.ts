import { webcrypto } from 'node:crypto';
import { compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { loadKey } from '../../src/jwt/loaded-key.ts';
import { readJws } from '../../src/jwt/strict-jws.ts';
import { type JwsVector, jwsVectors } from '../vectors/jws-vectors.ts';

/** The keys, the way a ring loads them. */
const loaded = (algorithm: JwsVector['algorithm'], key: unknown) =>
  loadKey({ kid: undefined, algorithm, key, use: undefined }, 'key');

describe.each(jwsVectors)('$source', ({ algorithm, jwk, token }) => {
  it('has a header that the strict layer reads', () => {
    expect(readJws(token)).toMatchObject({ algorithm });
  });

  it('verifies with its key, and no other text does', async () => {
    const key = await loaded(algorithm, jwk).verifying();
    await expect(compactVerify(token, key)).resolves.toBeDefined();
    const at = token.indexOf('.') + 9;
    const other = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    await expect(compactVerify(other, key)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });
});

describe.each(jwsVectors.filter(({ privateJwk }) => privateJwk !== undefined))(
  '$source',
  ({ algorithm, privateJwk, token }) => {
    it('is what its key signs', async () => {
      const key = await loaded(algorithm, privateJwk).signing?.();
      const [header, payload, signature] = token.split('.');
      const signed = await webcrypto.subtle.sign(
        algorithm === 'HS256' ? 'HMAC' : 'Ed25519',
        key as webcrypto.CryptoKey,
        Buffer.from(`${header}.${payload}`),
      );
      expect(Buffer.from(signed).toString('base64url')).toBe(signature);
    });
  },
);
