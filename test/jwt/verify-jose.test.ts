import { exportJWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { jwtAlgorithms } from '../../src/jwt/algorithms.ts';
import { createKeyRing, issueJwt, verifyJwt } from '../../src/jwt/index.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keyForms } from '../support/jwt-key-forms.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { audience } from '../support/raw-jws.ts';
import { certificateKey, certificatePem } from '../vectors/certificate.ts';

/** By the real clock: jose has no other. */
const signedByJose = (algorithm: string, key: Parameters<SignJWT['sign']>[0], kid?: string) =>
  new SignJWT({ name: 'Änne 😀' })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(issuer)
    .setAudience([audience, 'https://other.example'])
    .setSubject('1')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
const expected = { issuer, audience, typ: 'JWT' };

describe.each(jwtAlgorithms)('%s', (algorithm) => {
  const { privateKey, publicKey } = keysFor(algorithm);

  it('of jose verifies here, with the key in every form', async () => {
    const token = await signedByJose(algorithm, privateKey);
    for (const [what, key] of await keyForms(algorithm)) {
      const claims = await verifyJwt(token, { ...expected, keys: key, algorithms: [algorithm] });
      expect(claims, what).toMatchObject({ sub: '1', name: 'Änne 😀' });
    }
  });

  it('of this library verifies with jose, whatever form the key has', async () => {
    for (const [what, key, signs] of await keyForms(algorithm)) {
      const options = { key, algorithm, kid: 'k1', issuer, audience, expiresIn: 60, typ: 'at+jwt' } as const;
      if (!signs) {
        await expect(issueJwt({}, options), what).rejects.toMatchObject({ option: 'issueJwt.key' });
        continue;
      }
      const token = await issueJwt({ sub: '1', name: 'Änne 😀' }, options);
      const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
        issuer,
        audience,
        typ: 'at+jwt',
      });
      expect(payload, what).toMatchObject({ sub: '1', name: 'Änne 😀' });
      expect(protectedHeader, what).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'k1' });
    }
  });

  it('of jose verifies with the JWK that jose exports', async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: algorithm, use: 'sig' };
    const token = await signedByJose(algorithm, privateKey, 'k1');
    const keys = createKeyRing([{ algorithm, key: jwk }]);
    expect(await verifyJwt(token, { ...expected, keys })).toMatchObject({ sub: '1' });
  });

  it('of jose with another key does not', async () => {
    const token = await signedByJose(algorithm, keysFor(algorithm, 'other').privateKey);
    for (const [, key] of await keyForms(algorithm)) {
      const verified = verifyJwt(token, { ...expected, keys: key, algorithms: [algorithm] });
      await expect(verified).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
    }
  });
});

describe('a secret that is a text', () => {
  it('is its UTF-8 bytes', async () => {
    const text = 'ein längeres Geheimnis, das jeder kennt';
    const token = await signedByJose('HS256', Buffer.from(text, 'utf8'));
    const claims = await verifyJwt(token, { ...expected, keys: text, algorithms: ['HS256'] });
    expect(claims).toMatchObject({ sub: '1' });
  });
});

describe('a certificate', () => {
  it('is the public key that it holds', async () => {
    const token = await issueJwt(
      { sub: '1' },
      { key: certificateKey, algorithm: 'ES256', issuer, audience, expiresIn: 60, typ: 'JWT' },
    );
    const claims = await verifyJwt(token, { ...expected, keys: certificatePem, algorithms: ['ES256'] });
    expect(claims).toMatchObject({ sub: '1' });
  });
});
