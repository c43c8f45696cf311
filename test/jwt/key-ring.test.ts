import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { createKeyRing, isRing, keyFor, keysOf } from '../../src/jwt/key-ring.ts';
import { keyForms } from '../support/jwt-key-forms.ts';
import { keysFor } from '../support/jwt-keys.ts';

const es256 = keysFor('ES256');
const secret = keysFor('HS256').privateKey;

describe('createKeyRing', () => {
  it('keeps the order of its keys, and what they are for', () => {
    const ring = createKeyRing([
      { kid: 'old', algorithm: 'HS256', key: secret, use: 'verify' },
      { kid: 'new', algorithm: 'ES256', key: es256.privateKey },
      { kid: 'theirs', algorithm: 'RS256', key: keysFor('RS256').publicKey },
    ]);
    expect(keysOf(ring).map(({ kid, signing }) => [kid, signing !== undefined])).toEqual([
      ['old', false],
      ['new', true],
      ['theirs', false],
    ]);
  });

  it('takes one key without a name', () => {
    expect(keysOf(createKeyRing([{ algorithm: 'HS256', key: secret }]))).toHaveLength(1);
  });

  it('takes the name and the algorithm of a JWK that says them', () => {
    const jwk = { ...es256.publicKey.export({ format: 'jwk' }), kid: 'jwk', alg: 'ES256' };
    const [key] = keysOf(createKeyRing([{ key: jwk } as never]));
    expect(key).toMatchObject({ kid: 'jwk', algorithm: 'ES256' });
  });

  it('is not changed by what happens to its list', () => {
    const entries = [{ kid: 'a', algorithm: 'HS256', key: secret }] as const;
    const list = [...entries];
    const ring = createKeyRing(list);
    list.pop();
    expect(keysOf(ring)).toHaveLength(1);
    expect(Object.isFrozen(ring)).toBe(true);
    expect(Object.isFrozen(keysOf(ring))).toBe(true);
  });

  it('shows no key to those who print it', () => {
    const ring = createKeyRing([{ kid: 'a', algorithm: 'HS256', key: secret }]);
    expect(Object.keys(ring)).toEqual(['jwks']);
    expect(JSON.stringify(ring)).toBe('{}');
  });
});

describe('jwks', () => {
  it.each(jwtAlgorithms)('tells of a %s its public key only', async (algorithm) => {
    const publicJwk = keysFor(algorithm).publicKey.export({ format: 'jwk' });
    for (const [what, key] of await keyForms(algorithm)) {
      const { keys } = createKeyRing([{ kid: 'k1', algorithm, key }]).jwks();
      const isSecret = ruleOf(algorithm).keyType === 'secret';
      expect(keys, what).toEqual(isSecret ? [] : [{ ...publicJwk, kid: 'k1', alg: algorithm, use: 'sig' }]);
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth', 'key_ops']) {
        expect(JSON.stringify(keys), what).not.toContain(`"${member}":`);
      }
    }
  });

  it.each(jwtAlgorithms)('of a ring of %s without a name tells its public key only', async (algorithm) => {
    const publicJwk = keysFor(algorithm).publicKey.export({ format: 'jwk' });
    for (const [what, key] of await keyForms(algorithm)) {
      const { keys } = createKeyRing([{ algorithm, key }]).jwks();
      const isSecret = ruleOf(algorithm).keyType === 'secret';
      const told = { ...publicJwk, kid: expect.any(String), alg: algorithm, use: 'sig' };
      expect(keys, what).toEqual(isSecret ? [] : [told]);
    }
  });

  it('tells retired keys too, under the thumbprint where they have no name (RFC 7638)', async () => {
    const key = es256.publicKey;
    const one = createKeyRing([{ algorithm: 'ES256', key: es256.privateKey, use: 'verify' }]).jwks();
    expect(one.keys).toHaveLength(1);
    const thumbprint = await calculateJwkThumbprint(key.export({ format: 'jwk' }) as JWK);
    expect(one.keys[0]).toMatchObject({ kid: thumbprint });
  });

  it('answers what nobody can change for the next', () => {
    const ring = createKeyRing([{ kid: 'a', algorithm: 'ES256', key: es256.publicKey }]);
    expect(() => Object.assign(ring.jwks().keys[0] ?? {}, { alg: 'none' })).toThrow(TypeError);
    (ring.jwks().keys as object[]).push({});
    expect(ring.jwks().keys).toHaveLength(1);
  });
});

describe('keyFor', () => {
  const named = createKeyRing([
    { kid: 'a', algorithm: 'ES256', key: es256.publicKey },
    { kid: 'b', algorithm: 'HS256', key: secret },
  ]);
  const nameless = createKeyRing([{ algorithm: 'ES256', key: es256.publicKey }]);
  const header = { typ: undefined };

  it('finds a key by its name and its algorithm together', () => {
    expect(keyFor(named, { ...header, kid: 'a', algorithm: 'ES256' })?.kid).toBe('a');
    expect(keyFor(named, { ...header, kid: 'b', algorithm: 'HS256' })?.kid).toBe('b');
  });

  it.each([
    ['a', 'HS256'],
    ['b', 'ES256'],
    ['a', 'ES384'],
    ['A', 'ES256'],
    ['c', 'ES256'],
    ['__proto__', 'ES256'],
    [undefined, 'ES256'],
    [undefined, 'HS256'],
  ] as const)('finds none for the name %s and %s', (kid, algorithm) => {
    expect(keyFor(named, { ...header, kid, algorithm })).toBeUndefined();
  });

  it('finds a key without a name under any, for its algorithm', () => {
    for (const kid of ['a', 'anything', undefined]) {
      expect(keyFor(nameless, { ...header, kid, algorithm: 'ES256' })).toBeDefined();
      expect(keyFor(nameless, { ...header, kid, algorithm: 'HS256' })).toBeUndefined();
    }
  });

  it('still finds a key by the name it had by itself, when it was given one since', () => {
    for (const [algorithm, key] of [
      ['ES256', es256.privateKey],
      ['HS256', secret],
    ] as const) {
      const [before] = keysOf(createKeyRing([{ algorithm, key }]));
      const kid = before?.ownName();
      expect(kid).toBeTruthy();
      const ring = createKeyRing([
        { kid: 'new', algorithm, key: keysFor(algorithm, 'other').privateKey },
        { kid: 'old', algorithm, key, use: 'verify' },
      ]);
      expect(keyFor(ring, { ...header, kid, algorithm })?.kid).toBe('old');
      expect(keyFor(ring, { ...header, kid: undefined, algorithm })).toBeUndefined();
    }
  });

  it('goes by the name that a key was given before the one that another has by itself', () => {
    const [nameless] = keysOf(createKeyRing([{ algorithm: 'ES256', key: es256.publicKey }]));
    const kid = nameless?.ownName() ?? '';
    const ring = createKeyRing([
      { kid: 'first', algorithm: 'ES256', key: es256.publicKey },
      { kid, algorithm: 'ES256', key: keysFor('ES256', 'other').publicKey },
    ]);
    expect(keyFor(ring, { ...header, kid, algorithm: 'ES256' })?.kid).toBe(kid);
  });
});

describe('isRing', () => {
  it('knows a ring that another copy of the module made', () => {
    const other = { jwks: () => ({ keys: [] }), [Symbol.for('ostiary.KeyRing')]: [] };
    expect(isRing(other)).toBe(true);
    expect(isRing(createKeyRing([{ algorithm: 'HS256', key: secret }]))).toBe(true);
  });

  it.each([[undefined], [null], ['ring'], [{}], [[]], [{ jwks: () => ({ keys: [] }) }]])(
    'does not take %o for one',
    (value) => {
      expect(isRing(value)).toBe(false);
    },
  );
});
