import { createHash, webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { type KeyDescription, loadKey } from '../../src/jwt/loaded-key.ts';
import { asyncWorkOf } from '../support/async-work.ts';
import { keyForms, webKey } from '../support/jwt-key-forms.ts';
import { keysFor } from '../support/jwt-keys.ts';

const load = (algorithm: JwtAlgorithm, key: unknown, more: Partial<KeyDescription> = {}) =>
  loadKey({ kid: undefined, use: undefined, ...more, algorithm, key }, 'key');

describe.each(jwtAlgorithms)('loadKey for %s', (algorithm) => {
  const { privateKey, publicKey } = keysFor(algorithm);
  const isSecret = ruleOf(algorithm).keyType === 'secret';

  it('signs with every key that can, and verifies with all', async () => {
    for (const [what, key, signs] of await keyForms(algorithm)) {
      const loaded = load(algorithm, key);
      expect(loaded.signing !== undefined, what).toBe(signs);
      expect((await loaded.verifying()).usages, what).toContain('verify');
      if (loaded.signing !== undefined) expect((await loaded.signing()).usages, what).toContain('sign');
    }
  });

  it('signs with none that shall only verify', async () => {
    for (const [what, key] of await keyForms(algorithm)) {
      expect(load(algorithm, key, { use: 'verify' }).signing, what).toBeUndefined();
    }
  });

  it('refuses a key that shall sign and cannot', async () => {
    for (const [what, key, signs] of await keyForms(algorithm)) {
      const loading = () => load(algorithm, key, { use: 'sign' });
      if (signs) expect(loading, what).not.toThrow();
      else expect(loading, what).toThrow(expect.objectContaining({ option: 'key' }));
    }
  });

  it('imports a key once', async () => {
    const { verifying, signing } = load(algorithm, privateKey);
    expect(await verifying()).toBe(await verifying());
    expect(await signing?.()).toBe(await signing?.());
    expect(await asyncWorkOf(verifying)).toEqual([]);
  });

  it('makes keys that cannot be read out again', async () => {
    const { verifying, signing } = load(algorithm, privateKey);
    for (const key of [await verifying(), await signing?.()]) expect(key?.extractable).toBe(false);
  });

  it('publishes the public half and nothing else', async () => {
    for (const [what, key] of await keyForms(algorithm)) {
      const { publicJwk } = load(algorithm, key);
      expect(publicJwk, what).toEqual(isSecret ? undefined : publicKey.export({ format: 'jwk' }));
    }
  });
});

describe('a CryptoKey of the host', () => {
  it('is used itself where it can do the work', async () => {
    const { privateKey, publicKey } = keysFor('ES256');
    const [signs, verifies] = [
      await webKey('ES256', privateKey, ['sign']),
      await webKey('ES256', publicKey, ['verify']),
    ];
    expect(await load('ES256', verifies).verifying()).toBe(verifies);
    expect(await load('ES256', signs).signing?.()).toBe(signs);
    const verifying = await load('ES256', signs).verifying();
    expect(verifying).toMatchObject({ type: 'public', usages: ['verify'] });
  });

  it('of a pair is taken apart from the other half', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const pair = await webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
    expect(load('ES256', pair.publicKey).signing).toBeUndefined();
    expect(load('ES256', pair.privateKey).publicJwk).toEqual(load('ES256', pair.publicKey).publicJwk);
  });
});

describe('the name of a key', () => {
  const jwk = { ...keysFor('ES256').publicKey.export({ format: 'jwk' }), kid: 'its-own' };

  it('is that of the JWK unless the host gives another', () => {
    expect(load('ES256', jwk).kid).toBe('its-own');
    expect(load('ES256', jwk, { kid: 'given' }).kid).toBe('given');
    expect(load('ES256', keysFor('ES256').publicKey).kid).toBeUndefined();
  });

  it.each([[''], [7], [null], ['k'.repeat(256)], [{}]])('cannot be %j in a JWK', (kid) => {
    expect(() => load('ES256', { ...jwk, kid })).toThrow(expect.objectContaining({ option: 'key.kid' }));
  });
});

describe('the name that a key has by itself', () => {
  it.each([
    [
      'RFC 7638 §3.1',
      'RS256',
      {
        kty: 'RSA',
        n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
        e: 'AQAB',
        alg: 'RS256',
        kid: '2011-04-29',
      },
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    ],
    [
      'RFC 8037 A.3',
      'EdDSA',
      { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    ],
  ] as const)('is the thumbprint of %s', (_source, algorithm, jwk, thumbprint) => {
    expect(load(algorithm, jwk).ownName()).toBe(thumbprint);
  });

  it.each(jwtAlgorithms)(
    'is the same for every form of a key for %s, and another for another',
    async (algorithm) => {
      const name = load(algorithm, keysFor(algorithm).privateKey).ownName();
      for (const [what, key] of await keyForms(algorithm))
        expect(load(algorithm, key).ownName(), what).toBe(name);
      expect(load(algorithm, keysFor(algorithm, 'other').privateKey).ownName()).not.toBe(name);
    },
  );

  it.each(['HS256', 'HS384', 'HS512'] as const)('says nothing of a secret for %s', (algorithm) => {
    const secret = keysFor(algorithm).privateKey;
    const name = load(algorithm, secret).ownName();
    expect(name).toMatch(/^[\w-]{8}$/);
    const bytes = secret.export();
    const plain = ['sha256', 'sha384', 'sha512'].map((hash) =>
      createHash(hash).update(bytes).digest('base64url'),
    );
    for (const told of [bytes.toString('base64url'), ...plain]) expect(told).not.toContain(name);
  });
});

describe('what a JWK says it is for', () => {
  const jwk = keysFor('RS256').privateKey.export({ format: 'jwk' });

  it.each([
    ['its algorithm', { alg: 'RS256' }],
    ['signatures', { use: 'sig' }],
    ['signing', { key_ops: ['sign'] }],
    ['both', { key_ops: ['verify', 'sign'] }],
    ['more', { key_ops: ['encrypt', 'verify'] }],
  ])('may be %s', (_what, members) => {
    expect(() => load('RS256', { ...jwk, ...members })).not.toThrow();
  });

  it.each([
    ['another algorithm', { alg: 'PS256' }],
    ['an algorithm in other letters', { alg: 'rs256' }],
    ['encryption', { use: 'enc' }],
    ['wrapping keys', { key_ops: ['wrapKey', 'unwrapKey'] }],
    ['nothing', { key_ops: [] }],
    ['a text', { key_ops: 'verify' }],
  ])('may not be %s (RFC 7517 §4.2–4.4)', (_what, members) => {
    expect(() => load('RS256', { ...jwk, ...members })).toThrow(expect.objectContaining({ option: 'key' }));
  });
});
