import { createSecretKey, randomBytes } from 'node:crypto';
import type { SignOptions } from 'jsonwebtoken';
import { describe, expect, it, vi } from 'vitest';
import type { LegacyTokens, UserId } from '../../src/index.ts';
import { AuthError } from '../../src/index.ts';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { aliceRow, door } from '../support/door.ts';
import { issuer } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { legacyDoor, oldSecret, oldToken, secondsUntil, tutorial, until } from '../support/legacy-door.ts';
import { rawJws, startOfTime } from '../support/raw-jws.ts';
import { verdictOn } from '../support/token-verdict.ts';

const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();

const pem = (algorithm: JwtAlgorithm): { readonly privatePem: string; readonly publicPem: string } => ({
  privatePem: String(keysFor(algorithm).privateKey.export({ type: 'pkcs8', format: 'pem' })),
  publicPem: String(keysFor(algorithm).publicKey.export({ type: 'spki', format: 'pem' })),
});
const bytes = randomBytes(64);
const hs256 = { algorithm: 'HS256', key: createSecretKey(Buffer.from(oldSecret)) } as const;
const publicJwk = { ...keysFor('ES256').publicKey.export({ format: 'jwk' }), kid: 'a name of its own' };

/** How tutorials sign, and how the host then says so. */
const used: readonly (readonly [string, SignOptions & { key: string | Buffer }, Partial<LegacyTokens>])[] = [
  ['a short text', { key: oldSecret }, { key: oldSecret }],
  ['a text of one character', { key: 'x' }, { key: 'x' }],
  ['a text with HS384', { key: oldSecret, algorithm: 'HS384' }, { key: oldSecret, algorithms: ['HS384'] }],
  ['any HMAC', { key: oldSecret, algorithm: 'HS512' }, { algorithms: ['HS256', 'HS384', 'HS512'] }],
  ['a Buffer', { key: bytes }, { key: bytes }],
  ['the KeyObject of a Buffer', { key: bytes }, { key: createSecretKey(bytes) }],
  [
    'a text in base64',
    { key: Buffer.from('c2VjcmV0', 'base64') },
    { key: Buffer.from('c2VjcmV0', 'base64') },
  ],
  [
    'an RSA key',
    { key: pem('RS256').privatePem, algorithm: 'RS256' },
    { key: pem('RS256').publicPem, algorithms: ['RS256'] },
  ],
  [
    'an RSA key, of which the host has only the private half at hand',
    { key: pem('RS256').privatePem, algorithm: 'RS256' },
    { key: pem('RS256').privatePem, algorithms: ['RS256'] },
  ],
  [
    'an RSA key with PSS',
    { key: pem('PS256').privatePem, algorithm: 'PS256' },
    { key: pem('PS256').publicPem, algorithms: ['PS256'] },
  ],
  [
    'an EC key',
    { key: pem('ES256').privatePem, algorithm: 'ES256' },
    { key: pem('ES256').publicPem, algorithms: ['ES256'] },
  ],
  [
    'an EC key, a JWK with a name that the tokens do not say',
    { key: pem('ES256').privatePem, algorithm: 'ES256' },
    { key: publicJwk, algorithms: ['ES256'] },
  ],
  ['a key that the tokens call by a name', { key: oldSecret, keyid: 'old' }, {}],
];

describe('a token that jsonwebtoken made', () => {
  it.each(used)('with %s is accepted, with an end and without one', async (_key, signed, legacy) => {
    const { auth } = legacyDoor(legacy);
    for (const options of [signed, { ...signed, expiresIn: '1h' as const }]) {
      expect(await auth.tokens.verify(oldToken({ id: 7 }, options))).toMatchObject({ sub: '7', idt: 'n' });
    }
  });

  it('is read as one of ours, without anything that nobody has vouched for', async () => {
    const { auth } = legacyDoor({}, { realm: 'shop', tokens: { clientId: 'web' } });
    const claims = await auth.tokens.verify(oldToken({ id: 1, role: 'admin' }, { expiresIn: 300 }));
    expect(claims).toEqual({
      iss: issuer,
      aud: `${issuer}#shop`,
      client_id: 'web',
      realm: 'shop',
      sub: '1',
      idt: 'n',
      iat: startOfTime,
      exp: startOfTime + 300,
      jti: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(Object.isFrozen(claims)).toBe(true);
  });

  it('without an end has that of the option', async () => {
    const { auth } = legacyDoor();
    expect(await auth.tokens.verify(oldToken())).toMatchObject({ exp: until.getTime() / 1000 });
    expect(await auth.tokens.verify(oldToken({ id: 1, exp: startOfTime * 1000 }))).toMatchObject({
      exp: until.getTime() / 1000,
    });
  });

  it.each([
    [7, '7', 'n'],
    [7n, '7', 'b'],
    ['7', '7', undefined],
    ['5f43c1', '5f43c1', undefined],
  ] as const)('is of the user %s', async (id: UserId, sub, idt) => {
    const { auth } = legacyDoor({ claims: () => ({ sub: id }) });
    const claims = await auth.tokens.verify(oldToken());
    expect([claims.sub, claims['idt']]).toEqual([sub, idt]);
  });

  it('says what the function has put into words of ours', async () => {
    const { auth } = legacyDoor({
      claims: ({ id, perms, groups, at }) => ({
        sub: Number(id),
        scope: (perms as string[]).join(' '),
        roles: groups as string[],
        auth_time: at as number,
        amr: ['pwd'],
      }),
    });
    const token = oldToken({ id: '7', perms: ['read', 'write'], groups: ['staff'], at: startOfTime });
    expect(await auth.tokens.verify(token)).toMatchObject({
      ...{ sub: '7', scope: 'read write', roles: ['staff'], auth_time: startOfTime, amr: ['pwd'] },
    });
  });

  it('has no scope where a list of none was joined', async () => {
    const { auth } = legacyDoor({ claims: () => ({ sub: 1, scope: [].join(' '), roles: undefined }) });
    const claims = await auth.tokens.verify(oldToken());
    expect([Object.hasOwn(claims, 'scope'), Object.hasOwn(claims, 'roles')]).toEqual([false, false]);
  });

  it('leaves a list of the host’s as it is', async () => {
    const roles = ['staff'];
    const { auth } = legacyDoor({ claims: () => ({ sub: 1, roles }) });
    await auth.tokens.verify(oldToken());
    expect(roles.push('more')).toBe(2);
  });

  it('is refused when the function says so: of another issuer or for another audience', async () => {
    const { auth } = legacyDoor({
      claims: ({ id, iss, aud }) =>
        iss === 'old-shop' && aud === 'web' ? { sub: id as number } : iss === undefined ? undefined : null,
    });
    const verdicts = [
      oldToken({ id: 1 }, { issuer: 'old-shop', audience: 'web' }),
      oldToken({ id: 1 }, { issuer: 'old-shop', audience: 'other' }),
      oldToken({ id: 1 }, { issuer: 'other', audience: 'web' }),
      oldToken({ id: 1 }),
    ].map((token) => verdictOn(auth, token));
    expect(await Promise.all(verdicts)).toEqual(['accepted', ...Array(3).fill('ERR_TOKEN_INVALID')]);
  });

  it('is told of once for each time that it is accepted, and never when it is refused', async () => {
    const { auth, events, clock } = legacyDoor();
    const token = oldToken({ id: 1 }, { expiresIn: 300 });
    const { jti } = await auth.tokens.verify(token);
    await auth.tokens.verify(token);
    const told = () => events.filter(({ name }) => name === 'token.legacy-accepted');
    expect(told()).toMatchObject([
      { userId: 1, tokenId: jti },
      { userId: 1, tokenId: jti },
    ]);
    await verdictOn(auth, oldToken({ id: 1 }, { key: 'another' }));
    await verdictOn(auth, oldToken({ id: '1' }));
    await verdictOn(auth, oldToken({ id: 1 }, { notBefore: 10 }));
    clock.advance(300);
    await verdictOn(auth, token);
    clock.advance(-300);
    await auth.tokens.revoke(token);
    await verdictOn(auth, token);
    await auth.tokens.verify((await auth.tokens.issue({ key: 1, login: 'a', hash: null })).accessToken);
    expect(told()).toHaveLength(2);
  });
});

describe('the time of such a token', () => {
  /** In a process that has seen a row: before that it remembers no token from before. */
  const seenDoor = (clockTolerance = 0) => {
    const made = legacyDoor({}, { tokens: { clockTolerance } });
    made.auth.users.toAuthUser(aliceRow());
    return made;
  };

  it.each([
    ['that was not seen before', false],
    ['that was', true],
  ])('ends with the option, of one without an end %s', async (_which, seen) => {
    const { auth, clock } = seenDoor();
    const token = oldToken();
    clock.advance(secondsUntil - 1);
    if (seen) expect(await verdictOn(auth, token)).toBe('accepted');
    clock.advance(1);
    expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
  });

  it('ends with the option, whatever the tolerance', async () => {
    const { auth, clock } = seenDoor(60);
    const tokens = [oldToken(), oldToken({ id: 2, exp: startOfTime + secondsUntil })];
    for (const token of tokens) expect(await verdictOn(auth, token)).toBe('accepted');
    clock.advance(secondsUntil);
    for (const token of [...tokens, oldToken({ id: 3 })]) {
      expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
    }
  });

  it.each([0, 5])('ends with its own end, for a tolerance of %i seconds', async (clockTolerance) => {
    const { auth, clock } = seenDoor(clockTolerance);
    const [seen, unseen] = [oldToken({ id: 1 }, { expiresIn: 300 }), oldToken({ id: 2 }, { expiresIn: 300 })];
    expect(await verdictOn(auth, seen)).toBe('accepted');
    clock.advance(299 + clockTolerance);
    expect(await verdictOn(auth, seen)).toBe('accepted');
    clock.advance(1);
    for (const token of [seen, unseen]) expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_EXPIRED');
  });

  it('of which a host forgot to round its end ends in the second after, and can be revoked', async () => {
    const { auth, clock, state } = legacyDoor();
    const token = oldToken({ id: 1, exp: startOfTime + 100.5 });
    const lives: number[] = [];
    const { putIfAbsent } = state;
    state.putIfAbsent = (key, value, seconds) => {
      lives.push(seconds);
      return putIfAbsent(key, value, seconds);
    };
    clock.advance(100);
    expect(await verdictOn(auth, token)).toBe('accepted');
    await auth.tokens.revoke(token);
    expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_REVOKED');
    expect(lives.length === 1 && lives.every(Number.isSafeInteger)).toBe(true);
    clock.advance(1);
    expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_EXPIRED');
  });

  it('has not come before nbf', async () => {
    const { auth, clock } = legacyDoor();
    const token = oldToken({ id: 1 }, { notBefore: 10 });
    expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
    clock.advance(10);
    expect(await verdictOn(auth, token)).toBe('accepted');
  });

  it.each([startOfTime * 1000, startOfTime + 1, startOfTime - 0.5, 'today', null, undefined])(
    'does not depend on iat: %j',
    async (iat) => {
      const { auth } = legacyDoor();
      const token = rawJws({ alg: 'HS256', typ: 'JWT' }, { id: 1, iat }, hs256);
      const claims = await auth.tokens.verify(token);
      expect(claims.iat).toBe(iat === startOfTime - 0.5 ? startOfTime - 1 : 0);
    },
  );

  it.each(['4000000000', null, true, [4_000_000_000], {}, -1])(
    'cannot be read from %j, as exp or nbf',
    async (date) => {
      const { auth } = legacyDoor();
      for (const name of ['exp', 'nbf']) {
        const token = rawJws({ alg: 'HS256', typ: 'JWT' }, { id: 1, [name]: date }, hs256);
        expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_INVALID');
      }
    },
  );
});

describe('of several issuers', () => {
  const second = { ...tutorial, key: 'another secret', claims: () => ({ sub: 2 }) };

  it('each has its own tokens, and one that is over is not asked', async () => {
    const over = { ...tutorial, until: new Date(startOfTime * 1000) };
    const { auth } = legacyDoor([over, second]);
    expect(await verdictOn(auth, oldToken())).toBe('ERR_TOKEN_INVALID');
    expect(await auth.tokens.verify(oldToken({}, { key: 'another secret' }))).toMatchObject({ sub: '2' });
  });

  it('a faulty one stands in nobody’s way, and lets nobody in', async () => {
    const faulty = {
      ...tutorial,
      claims: (): never => {
        throw new TypeError('reading id of undefined');
      },
    };
    const { auth, events } = legacyDoor([faulty, second]);
    expect(await verdictOn(auth, oldToken({}, { key: 'another secret' }))).toBe('accepted');
    await expect(auth.tokens.verify(oldToken())).rejects.toThrow(TypeError);
    expect(events.filter(({ name }) => name === 'token.legacy-accepted')).toHaveLength(1);
  });

  it('with one key, the first that wants a token has it', async () => {
    const staff = {
      ...tutorial,
      claims: ({ staff }) => (staff === true ? { sub: 1 } : null),
    } as LegacyTokens;
    const { auth } = legacyDoor([staff, { ...second, key: oldSecret }]);
    expect(await auth.tokens.verify(oldToken({ staff: true }))).toMatchObject({ sub: '1' });
    expect(await auth.tokens.verify(oldToken({ staff: 'true' }))).toMatchObject({ sub: '2' });
  });

  it('none sees what another has made of the payload', async () => {
    const changing = {
      ...tutorial,
      claims: (payload: Record<string, unknown>) => {
        payload['id'] = 9;
        return null;
      },
    } as LegacyTokens;
    const { auth } = legacyDoor([changing, tutorial]);
    await expect(auth.tokens.verify(oldToken())).rejects.toThrow(TypeError);
  });
});

describe('what the function answers', () => {
  const answers: readonly (readonly [string, unknown, string])[] = [
    ['a promise', Promise.resolve({ sub: 1 }), 'claims'],
    ['a promise that fails', 'rejected', 'claims'],
    ['a text', '1', 'claims'],
    ['a number', 1, 'claims'],
    ['true', true, 'claims'],
    ['false', false, 'claims'],
    ['a list', [1], 'claims'],
    ['a Map', new Map([['sub', 1]]), 'claims'],
    ['the payload as it is', 'payload', 'claims.iat'],
    ['a misspelt claim', { sub: 1, role: 'admin' }, 'claims.role'],
    ['a claim of ours', { sub: 1, sid: 'x' }, 'claims.sid'],
    ['a mark', { sub: 1, gen: 'x' }, 'claims.gen'],
    ['nothing', {}, 'claims.sub'],
    ['no id', { sub: undefined }, 'claims.sub'],
    ['an empty id', { sub: '' }, 'claims.sub'],
    ['no number', { sub: Number.NaN }, 'claims.sub'],
    ['half a number', { sub: 1.5 }, 'claims.sub'],
    ['an id that is no exact number', { sub: 2 ** 53 }, 'claims.sub'],
    ['an object as the id', { sub: { $ne: '' } }, 'claims.sub'],
    ['a list as the id', { sub: [1] }, 'claims.sub'],
  ];

  it.each(answers)('lets nobody in when it is %s', async (_what, answer, option) => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { auth, events } = legacyDoor({
      claims: ((payload: unknown) => {
        if (answer === 'payload') return payload;
        return answer === 'rejected' ? Promise.reject(new Error('the database is down')) : answer;
      }) as LegacyTokens['claims'],
    });
    const verified = auth.tokens.verify(oldToken());
    await expect(verified).rejects.toMatchObject({
      ...{ code: 'ERR_CONFIG_INVALID', option: `tokens.legacy.0.${option}` },
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(events).toEqual([]);
  });

  it.each([
    [{ scope: ['read'] }],
    [{ scope: null }],
    [{ roles: 'admin' }],
    [{ roles: [1] }],
    [{ roles: null }],
    [{ auth_time: String(startOfTime) }],
    [{ auth_time: startOfTime + 0.5 }],
    [{ auth_time: null }],
    [{ amr: 'pwd' }],
    [{ amr: [null] }],
  ])('is refused with %j, which no token of ours says', async (grants) => {
    const { auth } = legacyDoor({ claims: () => ({ sub: 1, ...grants }) as never });
    expect(await verdictOn(auth, oldToken())).toBe('ERR_TOKEN_INVALID');
  });

  it('is refused with an id of another type than those of the table', async () => {
    const { auth } = legacyDoor({ claims: ({ sub }) => ({ sub: sub as string }) });
    await auth.tokens.issue({ key: 1, login: 'a', hash: null });
    const refused = auth.tokens.verify(oldToken({}, { subject: '1' }));
    await expect(refused).rejects.toMatchObject({ option: 'tokens.legacy.0.claims.sub' });
  });
});

describe('the option', () => {
  const made = (tokens: { readonly legacy: unknown }): unknown => {
    try {
      return door({ tokens: tokens as { legacy: LegacyTokens[] } });
    } catch (error) {
      return AuthError.is(error) ? [error.code, Reflect.get(error, 'option')] : error;
    }
  };
  const refused = (option: string): unknown => ['ERR_CONFIG_INVALID', `tokens.legacy${option}`];

  it.each([
    [undefined],
    [null],
    [''],
    ['tomorrow'],
    ['2027-01-31'],
    ['2027-01-31T00:00:00'],
    ['2027-01-31 00:00:00Z'],
    ['31/01/2027'],
    ['2027-13-31T00:00:00Z'],
    ['2027-01-31T00:00:00Z '],
    ['1801353600000'],
    [1_801_353_600_000],
    [new Date(Number.NaN)],
    [{}],
  ])('has no end in %j', (end) => {
    expect(made({ legacy: [{ ...tutorial, until: end }] })).toEqual(refused('.0.until'));
  });

  it.each(['2027-01-31T00:00Z', '2027-01-31T00:00:00.000Z', '2027-01-31T00:00:00+01:00', until])(
    'ends at %s',
    (end) => {
      expect(made({ legacy: [{ ...tutorial, until: end }] })).toHaveProperty('auth');
    },
  );

  it('names the one of several that is wrong', () => {
    expect(made({ legacy: [tutorial, { ...tutorial, until: undefined }] })).toEqual(refused('.1.until'));
  });

  it.each([
    ['no list of algorithms', { algorithms: undefined }, 'algorithms'],
    ['a list of none', { algorithms: [] }, 'algorithms'],
    ['none', { algorithms: ['none'] }, 'algorithms.0'],
    ['two families', { algorithms: ['HS256', 'RS256'] }, 'algorithms'],
    ['no key', { key: undefined }, 'key'],
    ['an empty key', { key: '' }, 'key'],
    ['an empty Buffer', { key: Buffer.alloc(0) }, 'key'],
    ['a Buffer that was never filled', { key: Buffer.alloc(8) }, 'key'],
    ['a text for a public key', { algorithms: ['RS256'] }, 'key'],
    ['a key of another curve', { key: pem('ES384').publicPem, algorithms: ['ES256'] }, 'key'],
    ['no function', { claims: undefined }, 'claims'],
    ['an object for the function', { claims: { sub: 'id' } }, 'claims'],
    ['a misspelt key', { algorithm: 'HS256' }, 'algorithm'],
    ['another', { secret: 'x' }, 'secret'],
  ])('is refused with %s', (_what, changes, option) => {
    expect(made({ legacy: [{ ...tutorial, ...changes }] })).toEqual(refused(`.0.${option}`));
  });

  it.each([
    [{ 0: tutorial }, ''],
    ['mysecret', ''],
    [null, ''],
    [[null], '.0.algorithms'],
    [['mysecret'], '.0'],
  ])('must be a list of objects: %j', (legacy, option) => {
    expect(made({ legacy })).toEqual(refused(option));
  });

  it.each([
    ['mysecret', ['HS256'], true],
    ['a'.repeat(31), ['HS256', 'HS384', 'HS512'], true],
    [bytes.subarray(0, 31), ['HS512'], true],
    [bytes.subarray(0, 32), ['HS256', 'HS384', 'HS512'], false],
    [pem('RS256').publicPem, ['RS256'], false],
  ] as const)('warns of a secret that can be guessed', (key, algorithms, warns) => {
    warned.mockClear();
    legacyDoor([
      { ...tutorial, key: bytes },
      { ...tutorial, key, algorithms },
    ]);
    expect(warned.mock.calls).toEqual(
      warns
        ? [[expect.stringContaining('tokens.legacy.1.key'), { code: 'OSTIARY_LEGACY_SECRET_SHORT' }]]
        : [],
    );
    expect(JSON.stringify(warned.mock.calls)).not.toContain(String(key));
  });
});
