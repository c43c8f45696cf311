import { describe, expect, it } from 'vitest';
import {
  createJwtVerifier,
  createKeyRing,
  issueJwt,
  type VerifyJwtOptions,
  verifyJwt,
} from '../../src/jwt/index.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, genuineClaims, signedToken } from '../support/raw-jws.ts';

const options: VerifyJwtOptions = {
  ...{ keys: keysFor('ES256').publicKey, algorithms: ['ES256'], issuer, audience, typ: 'at+jwt' },
  clock: movableClock(),
};
const invalid = expect.objectContaining({ code: 'ERR_TOKEN_INVALID' });

describe.each([
  ['verifyJwt', (token: string, changed: VerifyJwtOptions) => verifyJwt(token, changed)],
  [
    'createJwtVerifier',
    (token: string, changed: VerifyJwtOptions) => createJwtVerifier(changed).verify(token),
  ],
])('%s', (_name, verify) => {
  it('answers the claims of a genuine token', async () => {
    expect(await verify(signedToken(), options)).toEqual(genuineClaims);
  });

  it('asks for further claims where the host wants them', async () => {
    const strict = { ...options, requiredClaims: ['sub', 'auth_time'] };
    await expect(verify(signedToken(), strict)).rejects.toEqual(invalid);
    expect(await verify(signedToken({ claims: { auth_time: 1 } }), strict)).toMatchObject({ auth_time: 1 });
  });

  it('needs neither subject nor name, when nobody asks for them', async () => {
    const bare = signedToken({ claims: { sub: undefined, jti: undefined, iat: undefined } });
    expect(await verify(bare, options)).toMatchObject({ iss: issuer });
  });

  it('takes a token of one algorithm of a ring that moves to another', async () => {
    const keys = createKeyRing([
      { kid: 'new', algorithm: 'ES256', key: keysFor('ES256').privateKey },
      { kid: 'old', algorithm: 'HS256', key: keysFor('HS256').privateKey, use: 'verify' },
    ]);
    const { algorithms: _bare, ...ringed } = { ...options, keys };
    for (const [kid, algorithm] of [
      ['new', 'ES256'],
      ['old', 'HS256'],
    ] as const) {
      expect(await verify(signedToken({ algorithm, header: { kid } }), ringed)).toMatchObject({ sub: '1' });
    }
    const narrow = { ...ringed, algorithms: ['ES256'] } as const;
    const old = signedToken({ algorithm: 'HS256', header: { kid: 'old' } });
    await expect(verify(old, narrow)).rejects.toEqual(invalid);
  });

  it('takes one key under both names of its algorithm', async () => {
    const both = { ...options, keys: keysFor('EdDSA').publicKey, algorithms: ['EdDSA', 'Ed25519'] } as const;
    for (const algorithm of both.algorithms) {
      expect(await verify(signedToken({ algorithm }), both)).toMatchObject({ sub: '1' });
    }
    const one = { ...both, algorithms: ['Ed25519'] } as const;
    await expect(verify(signedToken({ algorithm: 'EdDSA' }), one)).rejects.toEqual(invalid);
  });

  it('refuses one kind of token for another that the same key signs (RFC 8725 §3.11)', async () => {
    const key = keysFor('ES256').privateKey;
    for (const typ of ['invite+jwt', 'JWT', 'refresh+jwt']) {
      const token = await issueJwt({}, { key, algorithm: 'ES256', issuer, audience, expiresIn: 60, typ });
      await expect(verify(token, options)).rejects.toEqual(invalid);
    }
  });
});

describe('createJwtVerifier', () => {
  it('works without its object, and cannot be changed', async () => {
    const verifier = createJwtVerifier(options);
    const { verify } = verifier;
    expect(await verify(signedToken())).toEqual(genuineClaims);
    expect(Object.isFrozen(verifier)).toBe(true);
  });

  it('verifies the same token many times at once', async () => {
    const { verify } = createJwtVerifier(options);
    const token = signedToken();
    const all = await Promise.all(Array.from({ length: 50 }, () => verify(token)));
    expect(all).toEqual(Array.from({ length: 50 }, () => genuineClaims));
  });
});

describe('verifyJwt', () => {
  it('rejects, and does not throw, for options that are wrong', async () => {
    const wrong = verifyJwt(signedToken(), { ...options, audience: '' });
    await expect(wrong).rejects.toMatchObject({ option: 'verifyJwt.audience' });
  });
});
