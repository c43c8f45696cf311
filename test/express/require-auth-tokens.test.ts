import type { ErrorRequestHandler, RequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import {
  authErrors,
  fromBearer,
  fromCookie,
  fromHeader,
  type GuardAuth,
  getAuth,
  getToken,
  type RequireAuthOptions,
  requireAuth,
} from '../../src/express/index.ts';
import { AuthError } from '../../src/index.ts';
import { createJwtVerifier, issueJwt } from '../../src/jwt/index.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { shown, type TokenAppOptions, tokenApp } from '../support/token-app.ts';

const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const realm = `Bearer realm="${issuer}"`;
const invalid = `${realm}, error="invalid_token"`;

describe.each(expressVersions)('requireAuth with tokens on Express $version', ({ express }) => {
  const make = (guard?: RequireAuthOptions, more: TokenAppOptions = {}) =>
    tokenApp(express, { guards: [guard], ...more });
  const seconds = (clock: { now(): Date }) => Math.floor(Number(clock.now()) / 1000);

  it('lets a token pass, with its claims and without a user', async () => {
    const { ask, token, clock, table } = make();
    const now = seconds(clock);
    const authentication = { methods: ['pwd'], at: now - 5 };
    const { status, body } = await ask(shown(await token(1, { authentication, claims: { shop: 7 } })));
    expect([status, body]).toEqual([
      200,
      {
        user: null,
        auth: {
          via: 'bearer',
          iss: issuer,
          aud: issuer,
          client_id: issuer,
          sub: '1',
          idt: 'n',
          jti: expect.any(String),
          iat: now,
          exp: now + 300,
          auth_time: now - 5,
          amr: ['pwd'],
          roles: ['admin'],
          shop: 7,
        },
      },
    ]);
    expect(table.calls).toEqual([]);
  });

  it('is asked for a token by a request that has none', async () => {
    const { status, headers, body } = await make().ask();
    expect([status, headers['www-authenticate'], body.code]).toEqual([401, realm, 'ERR_TOKEN_MISSING']);
  });

  it.each(['get', 'head', 'options', 'post', 'put', 'patch', 'delete'] as const)(
    'guards a %s',
    async (method) => {
      const { ask, token } = make();
      expect((await ask({}, { method })).status).toBe(401);
      expect((await ask(shown('a.b.c'), { method })).status).toBe(401);
      expect((await ask(shown(await token()), { method })).status).toBe(200);
    },
  );

  it.each([
    ['no token of ours', async () => 'a.b.c', 'ERR_TOKEN_INVALID'],
    [
      'an expired one',
      async (app: ReturnType<typeof make>) => {
        const old = await app.token();
        app.clock.advance(300);
        return old;
      },
      'ERR_TOKEN_EXPIRED',
    ],
    [
      'a revoked one',
      async ({ token, auth }: ReturnType<typeof make>) => {
        const dead = await token();
        await auth.tokens.revoke(dead);
        return dead;
      },
      'ERR_TOKEN_REVOKED',
    ],
    [
      'one of a user who was signed out everywhere',
      async ({ token, auth }: ReturnType<typeof make>) => {
        const dead = await token();
        await auth.sessions.endAll(1);
        return dead;
      },
      'ERR_TOKEN_REVOKED',
    ],
  ] as const)('refuses %s', async (_what, tokenOf, code) => {
    for (const guard of [undefined, { optional: true }]) {
      const app = make(guard);
      const { status, headers, body } = await app.ask(shown(await tokenOf(app)));
      expect([status, headers['www-authenticate'], body.code]).toEqual([401, invalid, code]);
    }
  });

  describe('places', () => {
    it('are the header Authorization, unless it is told others', async () => {
      const { ask, token } = make();
      const text = await token();
      expect((await ask({ 'x-access-token': text })).status).toBe(401);
      expect((await ask({ Cookie: `token=${text}` })).status).toBe(401);
    });

    it.each([
      ['x-access-token', (text: string) => ({ 'X-Access-Token': text })],
      ['a cookie', (text: string) => ({ Cookie: `a=1; token="${text}"` })],
      ['a function', (text: string) => ({ 'x-own': `own ${text}` })],
      [
        'all of them',
        (text: string) => ({ ...shown(text), 'x-access-token': text, Cookie: `token=${text}` }),
      ],
    ])('may be %s', async (_what, headersOf) => {
      const own = (req: { headers: object }) => Reflect.get(req.headers, 'x-own')?.slice(4);
      const { ask, token } = make({
        from: [fromBearer(), fromHeader('x-access-token'), fromCookie('token'), own],
      });
      expect((await ask(headersOf(await token()))).body.auth.sub).toBe('1');
      expect((await ask(headersOf('a.b.c'))).status).toBe(401);
    });
  });

  describe('scopes', () => {
    it.each([
      ['read', 'read', 200],
      ['read write', 'read', 200],
      ['read write', 'write read', 200],
      ['read', 'read write', 403],
      ['readers', 'read', 403],
      ['Read', 'read', 403],
      [undefined, 'read', 403],
    ])('of a token with %j are held against %j: %i', async (scope, asked, status) => {
      const { ask, token } = make({ scope: asked });
      const headers = shown(await token(1, scope === undefined ? {} : { scope }));
      expect((await ask(headers)).status).toBe(status);
    });

    it('that are missing are named (RFC 6750 §3.1)', async () => {
      const { ask, token, signedIn } = make({ scope: ['read', 'write'] });
      const refused = `${realm}, error="insufficient_scope", scope="read write"`;
      const byToken = await ask(shown(await token(1, { scope: 'read' })));
      const bySession = await (await signedIn()).get('/page');
      for (const { status, headers, body } of [byToken, bySession]) {
        expect([status, headers['www-authenticate'], body.code]).toEqual([403, refused, 'ERR_ACCESS_SCOPE']);
      }
    });
  });

  it('goes by the roles in the token', async () => {
    const { ask, token, table } = make({ role: 'admin' });
    const [adm, bob] = [await token(1), await token(2)];
    Object.assign(table.rows[0] ?? {}, { roles: [] });
    expect([(await ask(shown(adm))).status, (await ask(shown(bob))).status]).toEqual([200, 403]);
  });

  describe('maxAge', () => {
    it('counts from the login and not from the token', async () => {
      const { ask, token, clock } = make({ maxAge: '10m' }, { parts: { tokens: { expiresIn: '1h' } } });
      const text = await token(1, { authentication: { methods: ['pwd'], at: seconds(clock) - 500 } });
      expect((await ask(shown(text))).status).toBe(200);
      clock.advance(101);
      const { status, headers, body } = await ask(shown(text));
      expect([status, headers['www-authenticate'], body.code]).toEqual([
        401,
        `${realm}, error="insufficient_user_authentication", max_age="600"`,
        'ERR_ACCESS_STALE',
      ]);
    });

    it('refuses a token that does not say when its user signed in', async () => {
      const { ask, token } = make({ maxAge: '10m' });
      expect((await ask(shown(await token()))).body.code).toBe('ERR_ACCESS_STALE');
    });
  });

  describe('with optional', () => {
    it('lets a request without any credentials pass, and one of another scheme', async () => {
      const { ask } = make({ optional: true });
      for (const headers of [{}, { Authorization: 'Basic YTpi' }]) {
        expect((await ask(headers)).body).toEqual({ user: null, auth: null });
      }
    });

    it('still says whose token it is', async () => {
      const { ask, token } = make({ optional: true });
      expect((await ask(shown(await token()))).body.auth.sub).toBe('1');
    });
  });

  describe('with loadUser', () => {
    const loadUser = true;

    it('has the row and the roles of now', async () => {
      const { ask, token, table } = make({ loadUser, role: 'clerk' });
      const text = await token();
      Object.assign(table.rows[0] ?? {}, { roles: ['clerk'] });
      const { status, body } = await ask(shown(text));
      expect([status, body.user.login, body.auth.roles]).toEqual([200, 'adm', ['clerk']]);
      Object.assign(table.rows[0] ?? {}, { roles: undefined });
      expect((await ask(shown(text))).status).toBe(403);
    });

    it.each([
      ['disabled', { state: 'disabled' }],
      ['pending', { state: 'pending' }],
      ['of a status that nobody knows', { state: 'unknown' }],
      ['another', { key: 4 }],
      ['one whose id is a text', { key: '1' }],
    ])('refuses a token whose user is %s', async (_what, change) => {
      const { ask, token, table } = make({ loadUser });
      const text = await token();
      table.findById = async () => ({ ...table.rows[0], ...change }) as never;
      const { status, headers, body } = await ask(shown(text));
      expect([status, headers['www-authenticate'], body.code]).toEqual([401, invalid, 'ERR_TOKEN_REVOKED']);
    });

    it.each([null, undefined])('refuses a token whose user is gone: %s', async (nobody) => {
      const { ask, token, table } = make({ loadUser });
      const text = await token();
      table.findById = async () => nobody;
      expect((await ask(shown(text))).body.code).toBe('ERR_TOKEN_REVOKED');
    });

    it('hands a fault of the table on', async () => {
      const { ask, token, table, errors } = make({ loadUser });
      const text = await token();
      const fault = new Error('the table is gone');
      table.findById = () => Promise.reject(fault);
      expect([(await ask(shown(text))).status, errors]).toEqual([500, [fault]]);
    });
  });

  describe('with redirectTo', () => {
    it('sends a browser with a bad token in a cookie to the login', async () => {
      const { ask } = make({ redirectTo: '/login', from: fromCookie('token') });
      const { status, headers } = await ask({ ...html, Cookie: 'token=a.b.c' });
      expect([status, headers['location']]).toEqual([302, '/login']);
    });

    it.each([
      ['a header Authorization', { ...html, ...shown('a.b.c') }, 401],
      ['no wish for a page', { Accept: 'application/json', Cookie: 'token=a.b.c' }, 401],
      ['two tokens', { ...html, Cookie: 'token=a; token=b' }, 400],
    ])('answers a client with %s', async (_what, headers, status) => {
      const { ask } = make({ redirectTo: '/login', from: [fromBearer(), fromCookie('token')] });
      expect((await ask(headers)).status).toBe(status);
    });
  });

  it('hands out the token it has checked, beside what is known by it', async () => {
    const app = express();
    const { auth, token } = make();
    const guard = requireAuth(auth, { optional: true, from: [fromBearer(), fromCookie('token')] });
    app.get('/unguarded', (req, res) => {
      res.json({ token: getToken(req) });
    });
    app.get('/', guard as RequestHandler, (req, res) => {
      res.json({ token: getToken(req), auth: getAuth(req) });
    });
    app.use(authErrors());
    const text = await token();
    for (const headers of [shown(text), { Cookie: `token=${text}` }]) {
      const { body } = await request(app).get('/').set(headers);
      expect([body.token, JSON.stringify(body.auth).includes(text)]).toEqual([text, false]);
    }
    expect((await request(app).get('/')).body.code).toBe('ERR_TOKEN_MISSING');
    expect((await request(app).get('/unguarded').set(shown(text))).body.code).toBe('ERR_CONFIG_INVALID');
  });

  it('has no token to hand out for a session: a logout of nothing must not look like one', async () => {
    const app = make();
    app.app.get('/token', requireAuth(app.auth) as RequestHandler, (req, res) => {
      res.json({ token: getToken(req) });
    });
    expect((await (await app.signedIn()).get('/token')).status).toBe(401);
  });

  it('makes what it finds anew for each request: nobody can write into the token of another', async () => {
    const app = express();
    const { auth, token } = make();
    app.get('/', requireAuth(auth) as RequestHandler, (req, res) => {
      const found = getAuth(req) as unknown as Record<string, unknown>;
      const seen = found['sub'];
      found['sub'] = '2';
      res.json({ seen, same: Reflect.get(req, 'auth') === found });
    });
    const headers = shown(await token());
    for (const _time of [1, 2]) {
      expect((await request(app).get('/').set(headers)).body).toEqual({ seen: '1', same: true });
    }
  });
});

describe.each(expressVersions)('a server that only checks tokens on Express $version', ({ express }) => {
  const make = (auth: GuardAuth<unknown>, options?: RequireAuthOptions) => {
    const app = express();
    const errors: unknown[] = [];
    app.get('/', requireAuth(auth, options) as RequestHandler, (req, res) => {
      res.json({ user: req.user ?? null, auth: getAuth(req) });
    });
    app.use(((error, _req, _res, next) => {
      errors.push(error);
      next(error);
    }) as ErrorRequestHandler);
    app.use(authErrors());
    app.use(((_error, _req, res, _next) => {
      res.status(500).send('failed');
    }) as ErrorRequestHandler);
    return { errors, ask: (token: string) => request(app).get('/').set(shown(token)) };
  };

  it('stands on a verifier of JWTs', async () => {
    const common = { issuer: 'https://login.example', audience: issuer, typ: 'at+jwt' } as const;
    const tokens = createJwtVerifier({ ...common, keys: secretA, algorithms: ['HS256'] });
    const { ask } = make({ tokens, issuer }, { scope: 'read' });
    const sign = (claims: object) =>
      issueJwt({ ...claims }, { ...common, key: secretA, algorithm: 'HS256', expiresIn: '5m' });
    const { status, body } = await ask(await sign({ sub: 'alice', scope: 'read' }));
    expect([status, body.auth.via, body.auth.sub]).toEqual([200, 'bearer', 'alice']);
    expect((await ask(await sign({ sub: 'alice' }))).status).toBe(403);
    const refused = await ask('a.b.c');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, invalid]);
  });

  it('has a realm without an issuer too: RFC 6750 asks for one', async () => {
    const tokens = { verify: () => Promise.reject(new AuthError('ERR_TOKEN_INVALID', 'no')) };
    const { headers } = await make({ tokens }).ask('a');
    expect(headers['www-authenticate']).toBe('Bearer realm="ostiary", error="invalid_token"');
  });

  it.each([
    [undefined],
    [null],
    [false],
    [true],
    [''],
    ['1'],
    [7],
    [[]],
    [['1']],
    [{}],
    [{ sub: '' }],
    [{ sub: null }],
    [{ sub: 1 }],
    [{ sub: ['1'] }],
    [{ user: '1' }],
    [Object.create({ sub: '1' })],
  ])('lets nobody in whose verifier answers %j', async (answer) => {
    const { ask } = make({ tokens: { verify: async () => answer as object } }, { optional: true });
    const { status, body } = await ask('a');
    expect([status, body.code]).toEqual([401, 'ERR_TOKEN_INVALID']);
  });

  const faults: readonly (readonly [string, () => never])[] = [
    [
      'an error of its own',
      () => {
        throw new Error('of the host');
      },
    ],
    [
      'nothing',
      () => {
        throw undefined;
      },
    ],
    [
      'route',
      () => {
        throw 'route';
      },
    ],
  ];
  it.each(faults)('lets nobody in whose verifier throws %s', async (_what, verify) => {
    const { ask, errors } = make({ tokens: { verify } }, { optional: true });
    expect((await ask('a')).status).toBe(500);
    expect(errors).toEqual([expect.any(Error)]);
  });

  it('is asked with what the guard says of revocation', async () => {
    const heard: unknown[] = [];
    const tokens = {
      verify: async (token: string, options?: object) => {
        heard.push([token, options]);
        return { sub: '1' };
      },
    };
    await make({ tokens }).ask('a');
    await make({ tokens }, { maxStaleness: '1m', ifStateUnavailable: 'accept' }).ask('b');
    expect(heard).toEqual([
      ['a', {}],
      ['b', { maxStaleness: 60, ifStateUnavailable: 'accept' }],
    ]);
  });

  it('goes by a clock of its own', async () => {
    const claims = { sub: '1', auth_time: 1_000_000_000 };
    const tokens = { verify: async () => claims };
    const clock = { now: () => 1_000_000_010_000 };
    expect((await make({ tokens, clock }, { maxAge: 10 }).ask('a')).status).toBe(200);
    expect((await make({ tokens }, { maxAge: 10 }).ask('a')).status).toBe(401);
  });
});
