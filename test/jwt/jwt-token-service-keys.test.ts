import { inspect } from 'node:util';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { type JwtAlgorithm, jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { createJwtVerifier, createKeyRing, type KeyRingEntry } from '../../src/jwt/index.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { issuer, secretA, secretB } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';

const asymmetric = jwtAlgorithms.filter((algorithm) => ruleOf(algorithm).keyType !== 'secret');
const invalid = { code: 'ERR_TOKEN_INVALID' };

const entry = (kid: string, algorithm: JwtAlgorithm, which: 'one' | 'other' = 'one'): KeyRingEntry => ({
  kid,
  algorithm,
  key: keysFor(algorithm, which).privateKey,
});
const tokenOf = async ({ auth }: Pick<Door, 'auth'>): Promise<string> =>
  (await auth.tokens.issue(aliceRow())).accessToken;
describe('jwks', () => {
  it('is empty for the secret', async () => {
    expect(await door().auth.tokens.jwks()).toEqual({ keys: [] });
    expect(await door({ secret: [secretA, secretB] }).auth.tokens.jwks()).toEqual({ keys: [] });
  });

  it.each(asymmetric)('has the public half of a key for %s and nothing else', async (algorithm) => {
    const { publicKey } = keysFor(algorithm);
    const { tokens } = door({ tokens: { keys: [entry('k1', algorithm)] } }).auth;
    const { keys } = await tokens.jwks();
    expect(keys).toEqual([{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: algorithm, use: 'sig' }]);
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
      expect(keys[0]).not.toHaveProperty(name);
  });

  it('has every public key of the ring, and none of its secrets', async () => {
    const ring = [
      entry('new', 'ES256'),
      entry('mac', 'HS256'),
      { ...entry('old', 'RS256'), use: 'verify' as const },
      { kid: 'public', algorithm: 'EdDSA' as const, key: keysFor('EdDSA').publicKey },
    ];
    const { keys } = await door({ tokens: { keys: ring } }).auth.tokens.jwks();
    expect(keys.map((key) => Reflect.get(key, 'kid'))).toEqual(['new', 'old', 'public']);
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi|oth|k)":/);
  });

  it('is enough for somebody else to check our tokens', async () => {
    const { auth, clock } = door({ audience: 'api', tokens: { keys: [entry('k1', 'ES256')] } });
    const { keys } = await auth.tokens.jwks();
    const verifier = createJwtVerifier({
      ...{ keys, algorithms: ['ES256'], issuer, audience: 'api', typ: 'at+jwt', clock },
    });
    const token = await tokenOf({ auth });
    expect(await verifier.verify(token)).toEqual(await auth.tokens.verify(token));
  });

  it('cannot be changed for the next who asks', async () => {
    const { tokens } = door({ tokens: { keys: [entry('k1', 'ES256')] } }).auth;
    const { keys } = await tokens.jwks();
    expect(Reflect.set(keys[0] ?? {}, 'x', 'forged')).toBe(false);
    (keys as object[]).push({ kty: 'oct' });
    expect((await tokens.jwks()).keys).toHaveLength(1);
  });
});

describe('the key that signs', () => {
  it('is the first of two secrets', async () => {
    const [one, other] = [door({ secret: secretA }), door({ secret: [secretA, secretB] })];
    const kids = [await tokenOf(one), await tokenOf(other)].map((token) => decodeProtectedHeader(token).kid);
    expect(kids[0]).toBe(kids[1]);
    expect(kids[0]).not.toBe(decodeProtectedHeader(await tokenOf(door({ secret: secretB }))).kid);
  });

  it.each(jwtAlgorithms)('may be one of the host’s own for %s', async (algorithm) => {
    const made = door({ tokens: { keys: createKeyRing([entry('own', algorithm)]) } });
    const token = await tokenOf(made);
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'own' });
    expect(await made.auth.tokens.verify(token)).toMatchObject({ sub: '1' });
  });

  it('is the first of the ring that can sign', async () => {
    const keys = [
      { ...entry('retired', 'ES384'), use: 'verify' as const },
      { kid: 'public', algorithm: 'EdDSA' as const, key: keysFor('EdDSA').publicKey },
      entry('first', 'ES256'),
      entry('second', 'ES256', 'other'),
    ];
    expect(decodeProtectedHeader(await tokenOf(door({ tokens: { keys } }))).kid).toBe('first');
  });

  it('is the secret while the ring only verifies', async () => {
    const keys = [{ kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').publicKey, use: 'verify' }] as const;
    const token = await tokenOf(door({ tokens: { keys } }));
    expect(decodeProtectedHeader(token).alg).toBe('HS256');
    expect(decodeProtectedHeader(token).kid).toBe(decodeProtectedHeader(await tokenOf(door())).kid);
  });

  it('is not the secret when a public key was taken for a private one', () => {
    const keys = [{ kid: 'k1', algorithm: 'ES256', key: keysFor('ES256').publicKey }] as const;
    expect(() => door({ tokens: { keys } })).toThrow(
      expect.objectContaining({ option: 'tokens.keys', message: expect.stringContaining('private key') }),
    );
  });
});

describe('moving from key to key', () => {
  it('signs nobody out, from the secret to ES256, to another key and to another algorithm', async () => {
    const ring = [entry('2026-01', 'ES256'), entry('2026-05', 'ES256', 'other'), entry('2026-09', 'EdDSA')];
    const [first, second, third] = ring as [KeyRingEntry, KeyRingEntry, KeyRingEntry];
    const retired = (key: KeyRingEntry): KeyRingEntry => ({ ...key, use: 'verify' });
    const start = door();
    const deployments = [
      start,
      anotherDoor(start, { tokens: { keys: [first] } }),
      anotherDoor(start, { tokens: { keys: [second, retired(first)] } }),
      anotherDoor(start, { tokens: { keys: [third, retired(second), retired(first)] } }),
    ];
    const tokens = await Promise.all(deployments.map(tokenOf));
    expect(tokens.map((token) => decodeProtectedHeader(token).alg)).toEqual([
      'HS256',
      'ES256',
      'ES256',
      'EdDSA',
    ]);
    const last = deployments.at(-1) as Door;
    const verdicts = await Promise.all(tokens.map((token) => verdictOn(last.auth, token)));
    expect(tally(verdicts)).toEqual({ accepted: 4 });
    for (const token of tokens) await last.auth.tokens.revoke(token);
    for (const { auth } of deployments) {
      for (const token of tokens) {
        expect(['ERR_TOKEN_REVOKED', 'ERR_TOKEN_INVALID']).toContain(await verdictOn(auth, token));
      }
    }
  });

  it('verifies with a retired key until its last token ends, and no longer than it is listed', async () => {
    const old = entry('old', 'ES256');
    const start = door({ tokens: { keys: [old] } });
    const token = await tokenOf(start);
    start.clock.advance(299);
    const retired = anotherDoor(start, {
      tokens: { keys: [entry('new', 'EdDSA'), { ...old, use: 'verify' }] },
    });
    expect(await retired.auth.tokens.verify(token)).toMatchObject({ sub: '1' });
    const removed = anotherDoor(start, { tokens: { keys: [entry('new', 'EdDSA')] } });
    await expect(removed.auth.tokens.verify(token)).rejects.toMatchObject(invalid);
    start.clock.advance(1);
    await expect(retired.auth.tokens.verify(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' });
  });

  it('refuses a token of another key under the name of one that is listed', async () => {
    const forger = door({ tokens: { keys: [entry('k1', 'ES256', 'other')] } });
    const made = door({ tokens: { keys: [entry('k1', 'ES256')] } });
    await expect(made.auth.tokens.verify(await tokenOf(forger))).rejects.toMatchObject(invalid);
  });

  it('refuses a token of one key under the name of another', async () => {
    const keys = [entry('k1', 'ES256'), entry('k2', 'ES256', 'other')];
    const token = await tokenOf(door({ tokens: { keys: [entry('k2', 'ES256')] } }));
    await expect(door({ tokens: { keys } }).auth.tokens.verify(token)).rejects.toMatchObject(invalid);
  });
});

describe('a log', () => {
  it('of auth.tokens holds no key and no token', async () => {
    const made = door({ tokens: { keys: [entry('k1', 'HS256')] } });
    const token = await tokenOf(made);
    await made.auth.tokens.verify(token);
    const told = [made.auth.tokens, made.auth].map((one) => JSON.stringify(one) + inspect(one, { depth: 9 }));
    for (const text of told) {
      expect(text).not.toContain(secretA);
      expect(text).not.toContain(token);
      expect(text).not.toContain(String(decodeJwt(token).jti));
    }
  });
});

describe('auth.tokens', () => {
  it('cannot be changed', () => {
    const { tokens } = door().auth;
    expect(Object.isFrozen(tokens)).toBe(true);
    expect(Reflect.set(tokens, 'verify', async () => ({}))).toBe(false);
  });

  it('can be taken apart, as auth.sessions can', async () => {
    const { issue, verify, revoke, revokeAll, jwks } = door().auth.tokens;
    const { accessToken } = await issue(aliceRow());
    expect(await verify(accessToken)).toMatchObject({ sub: '1' });
    await revoke(accessToken);
    await revokeAll(1);
    expect(await jwks()).toEqual({ keys: [] });
  });
});
