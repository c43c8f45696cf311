import { createSecretKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import type { ConfigError } from '../../src/core/errors.ts';
import { jwtAlgorithms, ruleOf } from '../../src/jwt/algorithms.ts';
import { createKeyRing, type IssueJwtOptions, issueJwt, verifyJwt } from '../../src/jwt/index.ts';
import { keysOf } from '../../src/jwt/key-ring.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, startOfTime } from '../support/raw-jws.ts';

const secret = keysFor('HS256').privateKey;
const options: IssueJwtOptions = {
  ...{ key: secret, algorithm: 'HS256', issuer, audience, expiresIn: '15m', typ: 'invite+jwt' },
  clock: movableClock(),
};

describe('issueJwt', () => {
  it('writes the claims, and what the options say', async () => {
    const token = await issueJwt({ sub: 'ann', team: ['a', { b: null }] }, options);
    expect(decodeJwt(token)).toEqual({
      ...{ sub: 'ann', team: ['a', { b: null }], iss: issuer, aud: audience, jti: expect.any(String) },
      ...{ iat: startOfTime, exp: startOfTime + 900 },
    });
    expect(decodeProtectedHeader(token)).toEqual({
      ...{ alg: 'HS256', typ: 'invite+jwt', kid: expect.any(String) },
    });
  });

  it.each(jwtAlgorithms)('names a key for %s that has no name, as a ring does', async (algorithm) => {
    const key = keysFor(algorithm).privateKey;
    const [entry] = keysOf(createKeyRing([{ algorithm, key }]));
    const { kid } = decodeProtectedHeader(await issueJwt({}, { ...options, algorithm, key }));
    expect(kid).toBe(entry?.ownName());
    expect(kid).toMatch(ruleOf(algorithm).keyType === 'secret' ? /^[\w-]{8}$/ : /^[\w-]{43}$/);
  });

  it('names the key when it has a name', async () => {
    const jwk = { ...keysFor('ES256').privateKey.export({ format: 'jwk' }), kid: 'of the JWK' };
    const signed = { ...options, key: jwk, algorithm: 'ES256' } as const;
    expect(decodeProtectedHeader(await issueJwt({}, { ...options, kid: 'k1' }))).toMatchObject({ kid: 'k1' });
    expect(decodeProtectedHeader(await issueJwt({}, signed))).toMatchObject({ kid: 'of the JWK' });
    expect(decodeProtectedHeader(await issueJwt({}, { ...signed, kid: 'k1' }))).toMatchObject({ kid: 'k1' });
  });

  it('writes an identifier that is another each time, or the one of the claims', async () => {
    const jtis = await Promise.all(
      Array.from({ length: 50 }, async () => decodeJwt(await issueJwt({}, options)).jti),
    );
    expect(new Set(jtis).size).toBe(50);
    for (const jti of jtis) expect(Buffer.from(String(jti), 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(decodeJwt(await issueJwt({ jti: 'mine' }, options)).jti).toBe('mine');
  });

  it('writes a list of audiences as a list', async () => {
    const list = ['https://a.example', 'https://b.example'];
    expect(decodeJwt(await issueJwt({}, { ...options, audience: list })).aud).toEqual(list);
  });

  it('does not change the claims, and leaves out those that are undefined', async () => {
    const claims = Object.freeze({ sub: 'ann', team: undefined });
    expect(decodeJwt(await issueJwt(claims, options))).not.toHaveProperty('team');
  });

  it('makes what verifyJwt reads, to the last second', async () => {
    const clock = movableClock();
    const token = await issueJwt({ sub: 'ann' }, { ...options, clock });
    const expected = {
      keys: secret,
      algorithms: ['HS256'],
      issuer,
      audience,
      typ: 'invite+jwt',
      clock,
    } as const;
    clock.advance(899);
    expect(await verifyJwt(token, expected)).toMatchObject({ sub: 'ann' });
    clock.advance(1);
    await expect(verifyJwt(token, expected)).rejects.toMatchObject({ code: 'ERR_TOKEN_EXPIRED' });
  });

  it('goes by the real time unless it is given a clock', async () => {
    const { clock: _movable, ...real } = options;
    const { iat = 0 } = decodeJwt(await issueJwt({}, real));
    expect(iat).toBeGreaterThan(startOfTime);
  });
});

describe('issueJwt refuses', () => {
  it.each([
    ['a misspelt option', { expires: 60 }, 'expires'],
    ['no key', { key: undefined }, 'key'],
    ['a public key', { key: keysFor('ES256').publicKey, algorithm: 'ES256' }, 'key'],
    ['a secret that is too short', { key: createSecretKey(Buffer.alloc(31, 1)) }, 'key'],
    ['a key of another algorithm', { algorithm: 'ES256' }, 'key'],
    ['no algorithm', { algorithm: undefined }, 'algorithm'],
    ['the algorithm none', { algorithm: 'none' }, 'algorithm'],
    ['a name that is empty', { kid: '' }, 'kid'],
    ['no issuer', { issuer: undefined }, 'issuer'],
    ['an empty issuer', { issuer: '' }, 'issuer'],
    ['a list of issuers', { issuer: [issuer] }, 'issuer'],
    ['no audience', { audience: undefined }, 'audience'],
    ['an empty audience', { audience: '' }, 'audience'],
    ['an empty list of audiences', { audience: [] }, 'audience'],
    ['an audience that is no text', { audience: [audience, 7] }, 'audience.1'],
    ['no life', { expiresIn: undefined }, 'expiresIn'],
    ['no time to live', { expiresIn: 0 }, 'expiresIn'],
    ['more than a year', { expiresIn: '366d' }, 'expiresIn'],
    ['a time without a unit', { expiresIn: '900' }, 'expiresIn'],
    ['no kind', { typ: undefined }, 'typ'],
    ['an empty kind', { typ: '' }, 'typ'],
    ['a kind with a space', { typ: 'at jwt' }, 'typ'],
    ['a clock that tells no time', { clock: {} }, 'clock.now'],
  ])('%s', async (_what, change, option) => {
    const issuing = issueJwt({}, { ...options, ...change } as IssueJwtOptions);
    await expect(issuing).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', option: `issueJwt.${option}` });
  });

  it.each(['iss', 'aud', 'exp', 'iat'])('a claim %s beside the option', async (name) => {
    const option = `issueJwt.claims.${name}`;
    await expect(issueJwt({ [name]: 'x' }, options)).rejects.toMatchObject({ option });
  });

  it.each([[undefined], [null], ['claims'], [7], [[]]])('claims that are %o', async (claims) => {
    await expect(issueJwt(claims as never, options)).rejects.toMatchObject({ option: 'issueJwt.claims' });
  });

  const cycle: Record<string, unknown> = {};
  cycle['cycle'] = cycle;
  it.each<[string, Record<string, unknown>]>([
    ['a subject that is a number', { sub: 7 }],
    ['an identifier that is empty', { jti: '' }],
    ['a beginning that is a Date', { nbf: new Date(0) }],
    ['a bigint', { id: 1n }],
    ['a cycle', cycle],
    ['17 levels', { deep: JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`) }],
    ['a polluting member', JSON.parse('{"deep":{"__proto__":{"admin":true}}}')],
    ['more than fits', { filling: 'x'.repeat(defaults.tokenMaxLength) }],
  ])('what nobody could read: %s', async (_what, claims) => {
    const error: ConfigError = await issueJwt(claims, options).catch((refusal) => refusal);
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    expect(error.option).toMatch(/^(issueJwt\.)?claims/);
  });
});
