/** A token does not choose how it is checked (RFC 8725 §2.1, §3.1, §3.2). */

import { createSecretKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { createKeyRing, verifyJwt } from '../../src/jwt/index.ts';
import { aliceRow, door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { publicKeyTexts } from '../support/public-key-texts.ts';
import {
  audience,
  encoded,
  genuineClaims,
  genuineHeader,
  rawJws,
  signatureOf,
  signedToken,
} from '../support/raw-jws.ts';

const asymmetric = jwtAlgorithms.filter((algorithm) => ruleOf(algorithm).keyType !== 'secret');
const hmacs = ['HS256', 'HS384', 'HS512'] as const;
const empty = Buffer.alloc(0);

/** Values of `alg` that are no algorithm here; `undefined` leaves it out. */
const strangeAlgorithms: readonly unknown[] = [
  ...['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', '', ' ', undefined, null],
  ...[['ES256'], [['ES256']], ['none'], {}, { ES256: true }, 0, 1, true, false, 256],
  ...['es256', 'Es256', 'ES256 ', ' ES256', 'ES256\n', 'ES256\u0000', '\ufeffES256', 'ＥＳ２５６'],
  ...['ES256K', 'ES224', 'Ed448', 'PS384', 'PS512', 'RS1', 'RS384', 'RS512', 'HS1', 'HS224'],
  ...['dir', 'A128KW', 'RSA-OAEP', 'RSA1_5', 'ECDH-ES', 'PBES2-HS256+A128KW', 'A128GCM'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'],
];

describe.each(jwtDoors)('$door', ({ open }) => {
  it.each(jwtAlgorithms)('lets a genuine %s in', async (algorithm) => {
    expect(await open({ algorithm })(signedToken({ algorithm }))).toMatchObject({ sub: '1', jti: 'one' });
  });

  it.each(strangeAlgorithms)('refuses the algorithm %j, whatever the signature', async (alg) => {
    const verify = open();
    const header = { ...genuineHeader('ES256'), alg };
    const genuine = signedToken({ header: { alg } });
    const mac = signatureOf(`${encoded(header)}.${encoded(genuineClaims)}`, 'HS256', createSecretKey(empty));
    for (const signature of [empty, Buffer.alloc(64), Buffer.from('none'), mac]) {
      await expect(verify(rawJws(header, genuineClaims, signature))).rejects.toEqual(refused);
    }
    await expect(verify(genuine)).rejects.toEqual(refused);
    await expect(verify(genuine.slice(0, genuine.lastIndexOf('.')))).rejects.toEqual(refused);
  });

  it.each(jwtAlgorithms)('refuses a genuine %s without its signature', async (algorithm) => {
    const token = signedToken({ algorithm });
    const input = token.slice(0, token.lastIndexOf('.'));
    for (const rest of ['', '.', '.AA', '.AAAA', `.${'A'.repeat(86)}`]) {
      await expect(open({ algorithm })(`${input}${rest}`)).rejects.toEqual(refused);
    }
  });

  it.each(asymmetric)('refuses every MAC that is made with the public key of its %s', async (algorithm) => {
    const { publicKey } = keysFor(algorithm);
    const verify = open({ algorithm });
    expect(await verify(signedToken({ algorithm }))).toMatchObject({ sub: '1' });
    for (const [, bytes] of publicKeyTexts(publicKey)) {
      for (const hmac of hmacs) {
        const key = createSecretKey(bytes);
        const token = rawJws(genuineHeader(hmac), genuineClaims, { algorithm: hmac, key });
        await expect(verify(token)).rejects.toEqual(refused);
        await expect(verify(lying(token, algorithm))).rejects.toEqual(refused);
      }
    }
  });

  it.each(everyOther())('refuses a genuine %s where %s is expected', async (signed, algorithm) => {
    await expect(open({ algorithm })(signedToken({ algorithm: signed }))).rejects.toEqual(refused);
    const lie = signedToken({ algorithm: signed, header: { alg: algorithm } });
    await expect(open({ algorithm })(lie)).rejects.toEqual(refused);
  });

  it.each(jwtAlgorithms)('refuses a %s of another key', async (algorithm) => {
    const { privateKey } = keysFor(algorithm, 'other');
    await expect(open({ algorithm })(signedToken({ algorithm, key: privateKey }))).rejects.toEqual(refused);
  });

  it.each([
    ['first', '{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k1"}'],
    ['last', '{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"k1"}'],
    ['in another spelling', '{"alg":"ES256","\\u0061lg":"HS256","typ":"at+jwt","kid":"k1"}'],
    ['twice alike', '{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"k1"}'],
  ])('refuses a second algorithm: %s', async (_which, wholeHeader) => {
    await expect(open()(signedToken({ wholeHeader }))).rejects.toEqual(refused);
  });

  it.each([
    ['zeros', Buffer.alloc(64)],
    ['the order of the curve', orderTwice()],
    ['DER', derSignature()],
  ])('refuses an ECDSA signature of %s', async (_what, signature) => {
    await expect(open()(rawJws(genuineHeader('ES256'), genuineClaims, signature))).rejects.toEqual(refused);
  });
});

describe('a ring with keys of several families', () => {
  const { publicKey } = keysFor('ES256');
  const secret = keysFor('HS256').privateKey;
  const keys = createKeyRing([
    { kid: 'pair', algorithm: 'ES256', key: publicKey },
    { kid: 'secret', algorithm: 'HS256', key: secret },
  ]);
  const verify = (token: string) =>
    verifyJwt(token, { keys, issuer, audience, typ: 'at+jwt', clock: movableClock() });

  it('lets each in under its own name', async () => {
    expect(await verify(signedToken({ header: { kid: 'pair' } }))).toMatchObject({ sub: '1' });
    expect(await verify(signedToken({ algorithm: 'HS256', header: { kid: 'secret' } }))).toMatchObject({
      sub: '1',
    });
  });

  it.each(publicKeyTexts(publicKey))('refuses a MAC with %s under either name', async (_what, bytes) => {
    for (const kid of ['pair', 'secret', undefined]) {
      const token = signedToken({ algorithm: 'HS256', header: { kid }, key: createSecretKey(bytes) });
      await expect(verify(token)).rejects.toEqual(refused);
    }
  });

  it.each([
    ['the MAC under the name of the pair', signedToken({ algorithm: 'HS256', header: { kid: 'pair' } })],
    ['the signature under the name of the secret', signedToken({ header: { kid: 'secret' } })],
    ['the signature without a name', signedToken({ header: { kid: undefined } })],
    ['the signature called a MAC', signedToken({ header: { kid: 'secret', alg: 'HS256' } })],
    [
      'the MAC called a signature',
      signedToken({ algorithm: 'HS256', header: { kid: 'pair', alg: 'ES256' } }),
    ],
  ])('refuses %s', async (_what, token) => {
    await expect(verify(token)).rejects.toEqual(refused);
  });
});

describe('auth.tokens with a public key beside the secret', () => {
  it("refuses a MAC with the public key under the name of the secret's own key", async () => {
    const { publicKey } = keysFor('ES256');
    const { auth } = door({
      audience,
      tokens: { keys: [{ kid: 'k1', algorithm: 'ES256', key: publicKey, use: 'verify' }] },
    });
    const { accessToken } = await auth.tokens.issue(aliceRow());
    const header = JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'HS256', kid: expect.any(String) });
    for (const [, bytes] of publicKeyTexts(publicKey)) {
      const forged = rawJws(header, genuineClaims, { algorithm: 'HS256', key: createSecretKey(bytes) });
      await expect(auth.tokens.verify(forged)).rejects.toEqual(refused);
    }
  });
});

/** Every algorithm where every other is expected. Two names of one signature are one. */
function everyOther(): readonly (readonly [JwtAlgorithm, JwtAlgorithm])[] {
  const signatures = jwtAlgorithms.filter((algorithm) => algorithm !== 'EdDSA');
  return signatures.flatMap((one) =>
    signatures.filter((other) => other !== one).map((other) => [one, other] as const),
  );
}

/** The token with another algorithm in its header. */
function lying(token: string, alg: JwtAlgorithm): string {
  const [, payload = '', signature = ''] = token.split('.');
  return `${encoded(genuineHeader(alg))}.${payload}.${signature}`;
}

/** r and s that are zero modulo the order of P-256 (SEC 2 §2.4.2). */
function orderTwice(): Buffer {
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  return Buffer.from(order + order, 'hex');
}

/** A genuine signature as X.509 writes it. */
function derSignature(): Buffer {
  const input = `${encoded(genuineHeader('ES256'))}.${encoded(genuineClaims)}`;
  return sign('sha256', Buffer.from(input), keysFor('ES256').privateKey);
}
