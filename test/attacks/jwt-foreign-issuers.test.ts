/** Access tokens as large issuers write them: they verify, and with any one thing changed they do not. */

import { describe, expect, it } from 'vitest';
import { createJwtVerifier, createKeyRing, type VerifyJwtOptions } from '../../src/jwt/index.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { rawJws, startOfTime } from '../support/raw-jws.ts';

interface Issuer {
  readonly name: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly audience: string;
  readonly requiredClaims: readonly string[];
}

/** In the shape of each issuer's documentation; the values are invented. */
const issuers: readonly Issuer[] = [
  {
    name: 'Auth0',
    header: { alg: 'RS256', typ: 'JWT', kid: 'NkY3QzQ0' },
    claims: {
      iss: 'https://tenant.eu.auth0.com/',
      sub: 'auth0|65f0c1',
      aud: ['https://api.shop.example', 'https://tenant.eu.auth0.com/userinfo'],
      azp: 'kq3v9ZrwXw7uT5pL',
      scope: 'openid profile read:orders',
      permissions: ['read:orders'],
      'https://shop.example/roles': ['customer'],
    },
    audience: 'https://api.shop.example',
    requiredClaims: ['sub', 'azp', 'scope'],
  },
  {
    name: 'Keycloak',
    header: { alg: 'RS256', typ: 'JWT', kid: 'FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE' },
    claims: {
      iss: 'https://login.shop.example/realms/customers',
      aud: 'account',
      sub: '1b4b8f4c-5f0a-4e0a-9a52-9b4a0a6d9d43',
      typ: 'Bearer',
      azp: 'web',
      sid: '6a3c8a40-8f4e-4b2f-a5a8-0e3f1c6c5a11',
      acr: '1',
      'allowed-origins': ['https://shop.example'],
      realm_access: { roles: ['offline_access', 'customer'] },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      scope: 'profile email',
      email_verified: true,
      preferred_username: 'ann',
      email: 'ann@shop.example',
    },
    audience: 'account',
    requiredClaims: ['sub', 'azp', 'sid'],
  },
  {
    name: 'Google',
    header: {
      alg: 'RS256',
      typ: 'JWT',
      kid: '8e88f6ffdb64af6dea3a6a3d9be0fc3f5a3fa7a5',
      x5t: 'A'.repeat(27),
    },
    claims: {
      iss: 'https://accounts.google.com',
      azp: '407408718192.apps.googleusercontent.com',
      aud: '407408718192.apps.googleusercontent.com',
      sub: '110248495921238986420',
      hd: 'shop.example',
      email: 'ann@shop.example',
      email_verified: true,
      at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
      nonce: '0394852-3190485-2490358',
    },
    audience: '407408718192.apps.googleusercontent.com',
    requiredClaims: ['sub', 'email', 'nonce'],
  },
  {
    name: 'Microsoft Entra',
    header: {
      typ: 'JWT',
      alg: 'RS256',
      x5t: 'L1KfKFI_jnXbwWc22xZxw1sUHH0',
      kid: 'L1KfKFI_jnXbwWc22xZxw1sUHH0',
    },
    claims: {
      aud: 'api://orders',
      iss: 'https://login.microsoftonline.com/72f988bf/v2.0',
      nbf: startOfTime - 5,
      aio: 'AWQAm/8bAAAA',
      azp: '6731de76',
      azpacr: '1',
      name: 'Änne Østergård',
      oid: '690222be',
      scp: 'access_as_user',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      tid: '72f988bf',
      ver: '2.0',
    },
    audience: 'api://orders',
    requiredClaims: ['sub', 'oid', 'tid'],
  },
];

const { privateKey, publicKey } = keysFor('RS256');
const dates = { iat: startOfTime - 10, exp: startOfTime + 3600 };
const refused = expect.objectContaining({ name: 'AuthError', code: 'ERR_TOKEN_INVALID' });

describe.each(issuers)('a token of $name', ({ header, claims, audience, requiredClaims }) => {
  const keys = createKeyRing([
    {
      key: { ...publicKey.export({ format: 'jwk' }), kid: String(header['kid']), use: 'sig' },
      algorithm: 'RS256',
    },
  ]);
  const { iss } = claims as { readonly iss: string };
  const expected: VerifyJwtOptions = {
    ...{ keys, issuer: iss, audience, typ: 'JWT', requiredClaims, clock: movableClock() },
  };
  const token = (changes: { readonly header?: object; readonly claims?: object } = {}) =>
    rawJws({ ...header, ...changes.header }, { ...claims, ...dates, ...changes.claims }, signer);
  const signer = { algorithm: 'RS256', key: privateKey } as const;
  const verify = (text: string, changes: Partial<VerifyJwtOptions> = {}) =>
    createJwtVerifier({ ...expected, ...changes }).verify(text);

  it('is taken, with all its claims', async () => {
    expect(await verify(token())).toEqual({ ...claims, ...dates });
  });

  it('is taken by whoever names several issuers and audiences', async () => {
    const issuer = ['https://other.example', iss];
    expect(await verify(token(), { issuer, audience: ['other', audience] })).toMatchObject({ iss });
  });

  it.each([
    ['kind', { typ: 'at+jwt' }],
    ['issuer', { issuer: 'https://other.example' }],
    ['audience', { audience: 'other' }],
    ['claim', { requiredClaims: [...requiredClaims, 'entitlements'] }],
  ])('is refused where another %s is expected', async (_what, changes) => {
    await expect(verify(token(), changes)).rejects.toEqual(refused);
  });

  it.each(requiredClaims)('is refused without its claim %s', async (claim) => {
    for (const value of [undefined, null]) {
      await expect(verify(token({ claims: { [claim]: value } }))).rejects.toEqual(refused);
    }
  });

  it.each([
    ['another kind', { header: { typ: 'at+jwt' } }],
    ['no kind', { header: { typ: undefined } }],
    ['another key', { header: { kid: 'other' } }],
    ['no key', { header: { kid: undefined } }],
    ['another algorithm', { header: { alg: 'PS256' } }],
    ['no algorithm', { header: { alg: 'none' } }],
    ['another issuer', { claims: { iss: 'https://other.example' } }],
    ['another audience', { claims: { aud: ['https://other.example'] } }],
    ['no end', { claims: { exp: undefined } }],
    ['a beginning in the future', { claims: { nbf: startOfTime + 1 } }],
    ['a birth in the future', { claims: { iat: startOfTime + 1 } }],
    ['a subject that is a number', { claims: { sub: 110_248_495 } }],
  ])('is refused with %s', async (_what, changes) => {
    await expect(verify(token(changes))).rejects.toEqual(refused);
  });

  it('is refused when another key of the same kind has signed it', async () => {
    const { privateKey: other } = keysFor('RS256', 'other');
    const forged = rawJws(header, { ...claims, ...dates }, { algorithm: 'RS256', key: other });
    await expect(verify(forged)).rejects.toEqual(refused);
  });
});
