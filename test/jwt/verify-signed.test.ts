import { describe, expect, it } from 'vitest';
import { createKeyRing, keysOf, ringOf } from '../../src/jwt/key-ring.ts';
import type { LoadedKey } from '../../src/jwt/loaded-key.ts';
import { readExpectation } from '../../src/jwt/verify-options.ts';
import { verifySigned } from '../../src/jwt/verify-signed.ts';
import { asyncWorkOf } from '../support/async-work.ts';
import { issuer } from '../support/fixed-secret.ts';
import { refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, genuineClaims, signedToken } from '../support/raw-jws.ts';

const { publicKey } = keysFor('ES256');
const keys = createKeyRing([{ kid: 'k1', algorithm: 'ES256', key: publicKey }]);
const expected = {
  ...readExpectation({ keys, issuer, audience, typ: 'at+jwt', clock: movableClock() }, 'verify'),
  ring: keys,
};

describe('verifySigned', () => {
  it('answers the claims', async () => {
    expect(await verifySigned(signedToken(), expected)).toEqual(genuineClaims);
  });

  it.each([
    ['malformed', `${signedToken()}=`],
    ['of another kind', signedToken({ header: { typ: 'JWT' } })],
    ['of another key', signedToken({ header: { kid: 'k2' } })],
    ['of another algorithm', signedToken({ algorithm: 'ES384' })],
  ])('looks at no signature of a token that is %s', async (_what, token) => {
    expect(await asyncWorkOf(() => verifySigned(token, expected))).toEqual([]);
    await expect(verifySigned(token, expected)).rejects.toEqual(refused);
  });

  it('reads no claim before the signature is right', async () => {
    const forged = signedToken({ payload: '[]', key: keysFor('ES256', 'other').privateKey });
    expect(await asyncWorkOf(() => verifySigned(forged, expected))).toEqual(['SIGNREQUEST']);
    await expect(verifySigned(forged, expected)).rejects.toEqual(refused);
  });

  it('lets a fault through that says nothing of the token', async () => {
    const fault = new Error('the key is gone');
    const [key] = keysOf(keys) as readonly [LoadedKey];
    const ring = ringOf([{ ...key, verifying: () => Promise.reject(fault) }]);
    await expect(verifySigned(signedToken(), { ...expected, ring })).rejects.toBe(fault);
  });

  it('tells nothing of the token in its refusals', async () => {
    const secrets = { sub: 'ann@shop.example', kid: 'a-key-of-theirs', iss: 'https://evil.example' };
    const tokens = [
      signedToken({ claims: { sub: secrets.sub, iss: secrets.iss } }),
      signedToken({ header: { kid: secrets.kid } }),
      signedToken({ header: { typ: secrets.sub } }),
      signedToken({ claims: { sub: secrets.sub, aud: secrets.iss } }),
      signedToken({ claims: { sub: secrets.sub, exp: 1 } }),
    ];
    for (const token of tokens) {
      const error: Error = await verifySigned(token, expected).catch((refusal) => refusal);
      const told = `${error.message}${error.stack}${JSON.stringify(error)}${String(error.cause)}`;
      for (const part of [...token.split('.'), ...Object.values(secrets)]) expect(told).not.toContain(part);
    }
  });
});
