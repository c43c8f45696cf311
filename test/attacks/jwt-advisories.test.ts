/** What other libraries were attacked with, one test for each advisory. The tables beside this file go further. */

import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJwtVerifier, createKeyRing, type KeyRing } from '../../src/jwt/index.ts';
import { asyncWorkOf } from '../support/async-work.ts';
import { issuer } from '../support/fixed-secret.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, encoded, genuineClaims, genuineHeader, rawJws, signedToken } from '../support/raw-jws.ts';

const rsa = keysFor('RS256');
const pem = (type: 'spki' | 'pkcs1') => String(rsa.publicKey.export({ type, format: 'pem' }));
const badConfig = expect.objectContaining({ code: 'ERR_CONFIG_INVALID' });
const common = { issuer, audience, typ: 'at+jwt' };

/** A token that is signed with a text as its secret. */
const macWith = (text: string, header: object = {}) =>
  signedToken({ algorithm: 'HS256', header, key: createSecretKey(Buffer.from(text)) });

function verifierOf(options: object) {
  return createJwtVerifier({ clock: movableClock(), ...common, ...options } as never);
}

describe.each(jwtDoors)('$door', ({ open }) => {
  it('refuses a MAC with the public key: CVE-2015-9235', async () => {
    await expect(open({ algorithm: 'RS256' })(macWith(pem('spki')))).rejects.toEqual(refused);
  });

  it('refuses a token without a signature where no secret was given: CVE-2022-23540', async () => {
    const unsigned = rawJws({ alg: 'none', typ: 'at+jwt', kid: 'k1' }, genuineClaims, Buffer.alloc(0));
    await expect(open({ algorithm: 'HS256' })(unsigned)).rejects.toEqual(refused);
  });

  it('refuses a list of issuers that holds ours: CVE-2025-30144', async () => {
    const token = signedToken({ claims: { iss: ['https://evil.example', issuer] } });
    await expect(open()(token)).rejects.toEqual(refused);
  });

  it('refuses a payload that is a list: CVE-2026-107723', async () => {
    await expect(open()(signedToken({ payload: [genuineClaims] }))).rejects.toEqual(refused);
    await expect(open()(signedToken({ payload: [] }))).rejects.toEqual(refused);
  });

  it('refuses a MAC with an empty secret under an unknown name: CVE-2025-65945', async () => {
    for (const kid of ['unknown', undefined, '']) {
      await expect(open({ algorithm: 'HS256' })(macWith('', { kid }))).rejects.toEqual(refused);
    }
  });

  it('does not read the algorithm of an unprotected header: GHSA-jc38-x7x8-2xc8', async () => {
    const [, payload = '', signature = ''] = signedToken().split('.');
    const jws = { payload, protected: encoded({ typ: 'at+jwt' }), header: { alg: 'ES256' }, signature };
    for (const token of [jws, JSON.stringify(jws), JSON.stringify({ payload, signatures: [jws] })]) {
      await expect(open()(token)).rejects.toEqual(refused);
    }
  });

  it('decrypts nothing, so that it tells nothing of a padding: CVE-2021-29443', async () => {
    const verify = open({ algorithm: 'RS256' });
    for (const ending of ['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAQ']) {
      const token = `${encoded({ alg: 'RSA-OAEP', enc: 'A128CBC-HS256' })}.${'A'.repeat(342)}.${ending}.${ending}.${ending}`;
      expect(await asyncWorkOf(() => verify(token))).toEqual([]);
      await expect(verify(token)).rejects.toEqual(refused);
    }
  });

  it('derives no key from a password in as many rounds as a header asks for: CVE-2022-36083', async () => {
    const verify = open({ algorithm: 'HS256' });
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2 ** 31, p2s: 'AAAA' };
    for (const token of [`${encoded(header)}.AAAA.AAAA.AAAA.AAAA`, rawJws(header, '{}', Buffer.alloc(32))]) {
      expect(await asyncWorkOf(() => verify(token))).toEqual([]);
      await expect(verify(token)).rejects.toEqual(refused);
    }
  });

  it('does not take a token that is encrypted with the public key for a signed one: CVE-2023-51774', async () => {
    const verify = open({ algorithm: 'RS256' });
    const header = { ...genuineHeader('RS256'), enc: 'A256GCM' };
    const parts = ['A'.repeat(342), 'A'.repeat(16), encoded(genuineClaims), 'A'.repeat(22)].join('.');
    for (const alg of ['RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5', 'dir', 'RS256']) {
      await expect(verify(`${encoded({ ...header, alg })}.${parts}`)).rejects.toEqual(refused);
    }
  });
});

describe('a verifier', () => {
  it('is not made without algorithms: CVE-2020-15084', () => {
    for (const algorithms of [undefined, null, [], ['none']]) {
      expect(() => verifierOf({ keys: rsa.publicKey, algorithms })).toThrow(badConfig);
    }
  });

  it('is not made without a key, whatever its algorithms: CVE-2022-23540', () => {
    for (const keys of [undefined, null, false, '', new Uint8Array()]) {
      expect(() => verifierOf({ keys, algorithms: ['HS256'] })).toThrow(badConfig);
    }
  });

  it('is not made of a key whose kind is not that of its algorithm: CVE-2022-23539', () => {
    const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey;
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey;
    const pairs: readonly (readonly [string, KeyObject])[] = [
      ['RS256', dsa],
      ['RS256', pss],
      ['RS256', keysFor('ES256').publicKey],
      ['ES256', rsa.publicKey],
      ['ES256', keysFor('ES384').publicKey],
      ['EdDSA', generateKeyPairSync('ed448').publicKey],
      ['EdDSA', generateKeyPairSync('x25519').publicKey],
    ];
    for (const [algorithm, keys] of pairs) {
      expect(() => verifierOf({ keys, algorithms: [algorithm] })).toThrow(badConfig);
    }
  });

  it('with keys of two kinds takes no MAC with the public one: CVE-2022-23541', async () => {
    const keys: KeyRing = createKeyRing([
      { kid: 'pair', algorithm: 'RS256', key: rsa.publicKey },
      { kid: 'secret', algorithm: 'HS256', key: keysFor('HS256').publicKey },
    ]);
    const { verify } = verifierOf({ keys });
    expect(await verify(signedToken({ algorithm: 'HS256', header: { kid: 'secret' } }))).toMatchObject({
      sub: '1',
    });
    for (const kid of ['pair', 'secret']) {
      await expect(verify(macWith(pem('spki'), { kid }))).rejects.toEqual(refused);
    }
  });

  it.each([
    ['in the older form: CVE-2023-48223', pem('pkcs1')],
    ['after blanks: CVE-2026-34950', ` \n\t${pem('spki')}`],
    ['after other text: CVE-2026-107722', `key: ${pem('spki')}`],
  ])('does not take the text of a public key for a secret, %s', async (_form, text) => {
    for (const keys of [text, Buffer.from(text), createSecretKey(Buffer.from(text))]) {
      expect(() => verifierOf({ keys, algorithms: ['HS256'] })).toThrow(badConfig);
    }
    const { verify } = verifierOf({ keys: rsa.publicKey, algorithms: ['RS256'] });
    await expect(verify(macWith(text))).rejects.toEqual(refused);
  });

  it('gives nobody the claims of another token: CVE-2026-35039', async () => {
    const { verify } = verifierOf({ keys: keysFor('ES256').publicKey, algorithms: ['ES256'] });
    const [alice, bob] = ['1', '2'].map((sub) => signedToken({ claims: { sub } })) as [string, string];
    const [header, payload] = alice.split('.');
    expect(await verify(alice)).toMatchObject({ sub: '1' });
    expect(await verify(bob)).toMatchObject({ sub: '2' });
    expect(await verify(alice)).toMatchObject({ sub: '1' });
    await expect(verify(`${header}.${payload}.${bob.split('.')[2]}`)).rejects.toEqual(refused);
  });

  it('lets no remembered token live longer than itself: CVE-2026-107719', async () => {
    const clock = movableClock();
    const { verify } = verifierOf({ clock, keys: keysFor('ES256').publicKey, algorithms: ['ES256'] });
    const token = signedToken();
    await verify(token);
    clock.advance(300);
    await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' });
  });
});
