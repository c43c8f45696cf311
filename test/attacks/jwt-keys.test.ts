/** A key or an option that would let everybody in is refused when the application starts, not when it is attacked. */

import { createSecretKey, webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../../src/core/errors.ts';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { createJwtVerifier, createKeyRing, issueJwt, verifyJwt } from '../../src/jwt/index.ts';
import { door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { ecKeys, keysFor, rsaKeys } from '../support/jwt-keys.ts';
import { certificateTexts, type KeyText, publicKeyTexts } from '../support/public-key-texts.ts';
import { audience } from '../support/raw-jws.ts';

/** Every place that takes a key. */
const takers: readonly (readonly [string, (algorithm: JwtAlgorithm, key: unknown) => unknown])[] = [
  ['createKeyRing', (algorithm, key) => createKeyRing([{ algorithm, key: key as string }])],
  [
    'createJwtVerifier',
    (algorithm, key) =>
      createJwtVerifier({
        ...{ keys: key as string, algorithms: [algorithm], issuer, audience, typ: 'at+jwt' },
      }),
  ],
  [
    'verifyJwt',
    (algorithm, key) =>
      verifyJwt('', { keys: key as string, algorithms: [algorithm], issuer, audience, typ: 'at+jwt' }),
  ],
  [
    'issueJwt',
    (algorithm, key) =>
      issueJwt({}, { key: key as string, algorithm, issuer, audience, expiresIn: 60, typ: 'at+jwt' }),
  ],
  ['createAuth', (algorithm, key) => door({ tokens: { keys: [{ algorithm, key: key as string }] } })],
];

const oneOf = {
  secret: keysFor('HS512').privateKey,
  p256: keysFor('ES256').publicKey,
  p521: keysFor('ES512').publicKey,
  ed25519: keysFor('EdDSA').publicKey,
  rsa: keysFor('RS256').publicKey,
};
const keyTexts: readonly KeyText[] = [
  ...publicKeyTexts(oneOf.rsa),
  ...publicKeyTexts(oneOf.p521).filter(([, bytes]) => bytes.length >= 64),
  ...certificateTexts(),
  ['the PEM of a private key', Buffer.from(pkcs8(keysFor('RS256').privateKey))],
  ['the JWK of a secret', Buffer.from(JSON.stringify(oneOf.secret.export({ format: 'jwk' })))],
];

describe.each(takers)('%s refuses', (_taker, take) => {
  it.each(jwtAlgorithms)('no key for %s at all', async (algorithm) => {
    const nothing = [undefined, null, '', new Uint8Array(), {}, [], 0, 1, true, () => 'key', Symbol('key')];
    for (const key of nothing) expect(await refusalOf(() => take(algorithm, key))).toMatch(/\.keys?\b/);
  });

  it.each([
    ['HS256', 31],
    ['HS384', 47],
    ['HS512', 63],
  ] as const)('for %s a secret of %i bytes, in every form', async (algorithm, size) => {
    const bytes = Buffer.alloc(size, 7);
    const forms = [bytes, 'x'.repeat(size), createSecretKey(bytes), { kty: 'oct', k: encodedBytes(bytes) }];
    for (const key of [...forms, await webKey(algorithm, bytes)]) {
      expect(await refusalOf(() => take(algorithm, key))).toMatch(/\.keys?\b/);
    }
  });

  it('a secret of zeros, in every form', async () => {
    const bytes = Buffer.alloc(64);
    const forms = [bytes, '\0'.repeat(64), createSecretKey(bytes), { kty: 'oct', k: encodedBytes(bytes) }];
    for (const key of [...forms, await webKey('HS256', bytes)]) {
      expect(await refusalOf(() => take('HS256', key))).toMatch(/\.keys?\b/);
    }
  });

  it.each(keyTexts)('for a secret %s', async (_what, bytes) => {
    const forms: unknown[] = [bytes, createSecretKey(bytes), { kty: 'oct', k: encodedBytes(bytes) }];
    if (bytes.equals(Buffer.from(bytes.toString()))) forms.push(bytes.toString());
    for (const key of [...forms, await webKey('HS256', bytes)]) {
      expect(await refusalOf(() => take('HS256', key))).toMatch(/\.keys?\b/);
    }
  });

  it.each([
    ['RS256', 'of 1024 bits', rsaKeys(1024).privateKey],
    ['PS256', 'of 1024 bits', rsaKeys(1024).privateKey],
    ['RS256', 'of 2047 bits', rsaKeys(2047).privateKey],
    ['ES256', 'on P-384', ecKeys('secp384r1').privateKey],
    ['ES256', 'on secp256k1', ecKeys('secp256k1').privateKey],
    ['ES384', 'on P-256', ecKeys('prime256v1').privateKey],
    ['ES512', 'on P-256', ecKeys('prime256v1').privateKey],
  ] as const)('for %s a key %s', async (algorithm, _what, key) => {
    const forms = [key, pkcs8(key), key.export({ format: 'jwk' })];
    for (const form of forms) expect(await refusalOf(() => take(algorithm, form))).toMatch(/\.keys?\b/);
  });

  it.each(mismatches())('for %s a key of the kind %s', async (algorithm, kind) => {
    expect(await refusalOf(() => take(algorithm, oneOf[kind]))).toMatch(/\.keys?\b/);
  });

  it.each([
    ['RS256', 'for encryption', { use: 'enc' }],
    ['RS256', 'of an unknown use', { use: 'SIG' }],
    ['RS256', 'of another algorithm', { alg: 'RS384' }],
    ['RS256', 'of a related algorithm', { alg: 'PS256' }],
    ['RS256', 'of an algorithm that is null', { alg: null }],
    ['RS256', 'that only encrypts', { key_ops: ['encrypt', 'wrapKey'] }],
    ['RS256', 'that does nothing', { key_ops: [] }],
    ['RS256', 'whose operations are a text', { key_ops: 'verify' }],
    ['RS256', 'whose operations are null', { key_ops: null }],
    ['RS256', 'without a kind', { kty: undefined }],
    ['RS256', 'of another kind', { kty: 'oct', k: 'A'.repeat(43) }],
    ['RS256', 'without a modulus', { n: undefined }],
  ] as const)('for %s a JWK %s', async (algorithm, _what, change) => {
    const jwk = { ...keysFor('RS256').privateKey.export({ format: 'jwk' }), ...change };
    expect(await refusalOf(() => take(algorithm, jwk))).toMatch(/\.keys?\b/);
  });

  it('a JWK whose point is not on its curve', async () => {
    const jwk = { ...oneOf.p256.export({ format: 'jwk' }), y: encodedBytes(Buffer.alloc(32, 1)) };
    expect(await refusalOf(() => take('ES256', jwk))).toMatch(/\.keys?\b/);
  });

  it.each(['RS256', 'PS256'] as const)(
    'for %s an exponent with which every text signs itself',
    async (algorithm) => {
      const jwk = oneOf.rsa.export({ format: 'jwk' });
      for (const e of ['AQ', 'Ag']) {
        expect(await refusalOf(() => take(algorithm, { ...jwk, e }))).toMatch(/\.keys?\b/);
      }
    },
  );

  it('a damaged PEM, and does not quote it', async () => {
    const damaged = pkcs8(keysFor('RS256').privateKey).replace('MIIE', 'MIIX');
    const message = await refusalOf(() => take('RS256', damaged), 'message');
    expect(message).not.toContain(damaged.slice(60, 80));
  });

  it.each([
    [undefined],
    [null],
    [''],
    ['none'],
    ['None'],
    ['RS384'],
    ['ES256K'],
    [['ES256']],
    [{}],
    ['es256'],
  ])('the algorithm %j', async (algorithm) => {
    expect(
      await refusalOf(() => take(algorithm as JwtAlgorithm, pkcs8(keysFor('ES256').privateKey))),
    ).toMatch(/\.algorithms?\b/);
  });
});

describe('createKeyRing refuses', () => {
  const pair = { algorithm: 'ES256', key: oneOf.p256 } as const;
  const secret = { algorithm: 'HS256', key: oneOf.secret } as const;

  it.each([
    [
      'one name for a pair and a secret',
      [
        { kid: 'a', ...pair },
        { kid: 'a', ...secret },
      ],
      '1.kid',
    ],
    [
      'one name for two pairs',
      [
        { kid: 'a', ...pair },
        { kid: 'b', ...secret },
        { kid: 'a', ...pair },
      ],
      '2.kid',
    ],
    ['the second of two without a name', [{ kid: 'a', ...pair }, secret], '1.kid'],
    ['the first of two without a name', [pair, { kid: 'a', ...secret }], '0.kid'],
    ['two without names', [pair, secret], '0.kid'],
    [
      'a JWK with the name of another',
      [
        { kid: 'a', ...secret },
        { ...pair, key: jwkNamed('a') },
      ],
      '1.kid',
    ],
    ['a name that is empty', [{ kid: '', ...pair }], '0.kid'],
    ['a name that is a number', [{ kid: 7, ...pair }], '0.kid'],
    ['a name of 256 characters', [{ kid: 'k'.repeat(256), ...pair }], '0.kid'],
    ['a JWK whose name is a number', [{ ...pair, key: jwkNamed(7) }], '0.key.kid'],
    ['a JWK whose name is empty', [{ ...pair, key: jwkNamed('') }], '0.key.kid'],
    ['no key', [], ''],
    ['no list', pair, ''],
    ['an entry that is none', [oneOf.p256.export({ format: 'pem', type: 'spki' })], '0'],
    ['a misspelt option', [{ kid: 'a', ...pair, purpose: 'verify' }], '0.purpose'],
    ['a use that is none', [{ ...pair, use: 'sig' }], '0.use'],
    ['a public key that should sign', [{ ...pair, use: 'sign' }], '0.key'],
  ])('%s', async (_what, entries, option) => {
    const path = option === '' ? 'createKeyRing' : `createKeyRing.${option}`;
    expect(await refusalOf(() => createKeyRing(entries as never))).toBe(path);
  });
});

describe.each([
  ['verifyJwt', (options: object) => verifyJwt('', options as never)],
  ['createJwtVerifier', (options: object) => createJwtVerifier(options as never)],
])('%s refuses', (name, make) => {
  const good = { keys: oneOf.p256, algorithms: ['ES256'], issuer, audience, typ: 'at+jwt' };
  const unset = [undefined, null, '', [], [''], [undefined], ['', issuer], 0, {}, /x/];

  it.each(['issuer', 'audience'])('an %s that nobody has set', async (option) => {
    for (const value of unset) {
      expect(await refusalOf(() => make({ ...good, [option]: value }))).toBe(`${name}.${option}`);
    }
  });

  it('a kind of token that nobody has set', async () => {
    for (const typ of [...unset, 'at jwt', 'at+jwt\n', 'at+jwt;x', 'k'.repeat(128)]) {
      expect(await refusalOf(() => make({ ...good, typ }))).toBe(`${name}.typ`);
    }
  });

  it.each([
    ['left out', undefined, `${name}.algorithms`],
    ['null', null, `${name}.algorithms`],
    ['an empty list', [], `${name}.algorithms`],
    ['a text', 'ES256', `${name}.algorithms`],
    ['none', ['none'], `${name}.algorithms.0`],
    ['none among others', ['ES256', 'none'], `${name}.algorithms.1`],
    ['an unknown one', ['ES256', 'ES256K'], `${name}.algorithms.1`],
    ['of a secret and a pair', ['HS256', 'ES256'], `${name}.algorithms`],
    ['of a secret and RSA', ['RS256', 'HS256'], `${name}.algorithms`],
    ['of two kinds of RSA', ['RS256', 'PS256'], `${name}.algorithms`],
    ['of two kinds of curves', ['ES256', 'EdDSA'], `${name}.algorithms`],
  ])('algorithms that are %s', async (_what, algorithms, option) => {
    expect(await refusalOf(() => make({ ...good, algorithms }))).toBe(option);
  });

  it('a secret that fits several algorithms of its list', async () => {
    const several = { ...good, keys: oneOf.secret, algorithms: ['HS256', 'HS512'] };
    expect(await refusalOf(() => make(several))).toBe(`${name}.keys`);
  });

  it.each([
    ['an empty list', []],
    ['a ring within a list', [createKeyRing([{ algorithm: 'ES256', key: oneOf.p256 }])]],
    ['something that looks like a ring', { jwks: () => ({ keys: [] }) }],
  ])('keys that are %s', async (_what, keys) => {
    expect(await refusalOf(() => make({ ...good, keys }))).toContain(`${name}.keys`);
  });

  it('several keys without names', async () => {
    const keys = [oneOf.p256, keysFor('ES256', 'other').publicKey];
    expect(await refusalOf(() => make({ ...good, keys }))).toBe(`${name}.keys.0.kid`);
  });

  it('algorithms of no key of its ring', async () => {
    const keys = createKeyRing([{ algorithm: 'ES256', key: oneOf.p256 }]);
    expect(await refusalOf(() => make({ ...good, keys, algorithms: ['RS256'] }))).toBe(`${name}.algorithms`);
  });

  it.each([
    ['more than a minute of tolerance', { clockTolerance: 61 }, 'clockTolerance'],
    ['a negative tolerance', { clockTolerance: -1 }, 'clockTolerance'],
    ['a tolerance without a unit', { clockTolerance: '5' }, 'clockTolerance'],
    ['a tolerance that is no number', { clockTolerance: Number.NaN }, 'clockTolerance'],
    ['a required claim that is none', { requiredClaims: ['sub', ''] }, 'requiredClaims'],
    ['required claims that are a text', { requiredClaims: 'sub' }, 'requiredClaims'],
    ['a clock that tells no time', { clock: {} }, 'clock'],
    ['a misspelt option', { audiences: [audience] }, 'audiences'],
    ['an option of other libraries', { ignoreExpiration: true }, 'ignoreExpiration'],
  ])('%s', async (_what, change, option) => {
    expect(await refusalOf(() => make({ ...good, ...change }))).toContain(`${name}.${option}`);
  });

  it.each([[undefined], [null], ['options'], [[]]])('%j instead of options', async (options) => {
    await expect(refusalOf(() => make(options as never))).resolves.toContain(name);
  });
});

/** Each algorithm and every kind of key that is not its own. */
function mismatches(): readonly (readonly [JwtAlgorithm, keyof typeof oneOf])[] {
  const kinds = Object.keys(oneOf) as (keyof typeof oneOf)[];
  return jwtAlgorithms.flatMap((algorithm) =>
    kinds.filter((kind) => !fits(algorithm, kind)).map((kind) => [algorithm, kind] as const),
  );
}

function fits(algorithm: JwtAlgorithm, kind: keyof typeof oneOf): boolean {
  const { keyType, curve } = ruleOf(algorithm);
  if (keyType !== 'ec') return keyType === kind;
  return (kind === 'p256' && curve === 'prime256v1') || (kind === 'p521' && curve === 'secp521r1');
}

function pkcs8(key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function encodedBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function jwkNamed(kid: unknown): object {
  return { ...oneOf.p256.export({ format: 'jwk' }), kid };
}

function webKey(algorithm: JwtAlgorithm, bytes: Uint8Array): Promise<webcrypto.CryptoKey> {
  const hash = `SHA-${algorithm.slice(2)}`;
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign', 'verify']);
}

/** The option, or the message, of the `ConfigError` with which it is refused. */
async function refusalOf(make: () => unknown, what: 'option' | 'message' = 'option'): Promise<string> {
  try {
    await make();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigError', code: 'ERR_CONFIG_INVALID' });
    return (error as ConfigError)[what];
  }
  return expect.unreachable('it was taken');
}
