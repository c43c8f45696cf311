import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import session from 'express-session';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import {
  authErrors,
  getAuth,
  type RequireAuthOptions,
  requireAuth,
  sessionLogin,
} from '../../src/express/index.ts';
import { type AuthCore, createAuth } from '../../src/index.ts';
import { breakableState } from '../support/breakable-stores.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { movableClock } from '../support/movable-clock.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe.each(expressVersions)('requireAuth on Express $version', ({ express }) => {
  const make = (
    guards: readonly (RequireAuthOptions | undefined)[] = [undefined],
    { errors = true, before }: { errors?: boolean; before?: RequestHandler } = {},
  ) => {
    const clock = movableClock();
    const state = breakableState();
    const users = userTable({ key: 7, login: 'adm', hash: null, roles: ['admin', 'buyer'] });
    const auth: AuthCore<Row> = createAuth({
      ...{ users, secret: secretA, issuer, hasher: countingHasher(), clock, state },
    });
    const { signIn } = sessionLogin(auth);
    const app = express();
    app.use(express.json());
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    app.post('/login', async (req, res) => {
      const row = await users.findById(7);
      if (row) await signIn(req, row, req.body.authentication);
      res.send('in');
    });
    if (before !== undefined) app.use(before);
    app.all('/page', ...guards.map((options) => requireAuth(auth, options) as RequestHandler), (req, res) => {
      res.json({
        user: req.user ?? null,
        auth: getAuth(req) ?? null,
        same: getAuth(req) === Reflect.get(req, 'auth'),
      });
    });
    if (errors) app.use(authErrors());
    const browser = browserOf(app);
    const signedIn = async (authentication?: object) => {
      const answer = await request(app).post('/login').send({ authentication });
      browser.cookie = (answer.headers['set-cookie'] as unknown as string[])[0]?.split(';')[0];
      users.calls.length = 0;
      state.calls.length = 0;
      return browser;
    };
    return { app, auth, users, state, clock, browser, signedIn };
  };
  const seconds = (clock: { now(): Date }) => Math.floor(Number(clock.now()) / 1000);

  it('lets a session pass, with the row and what is known of the login', async () => {
    const { signedIn, clock } = make();
    const browser = await signedIn({ methods: ['pwd'], at: seconds(clock) });
    const { status, body } = await browser.get('/page');
    expect([status, body]).toEqual([
      200,
      {
        user: { key: 7, login: 'adm', hash: null, roles: ['admin', 'buyer'] },
        auth: {
          via: 'session',
          sub: '7',
          auth_time: seconds(clock),
          amr: ['pwd'],
          roles: ['admin', 'buyer'],
          sid: expect.any(String),
        },
        same: true,
      },
    ]);
  });

  it.each([
    ['get', 401],
    ['head', 401],
    ['options', 401],
    ['post', 401],
  ] as const)('refuses a %s without a session', async (method, status) => {
    const { app } = make();
    const answer = await request(app)[method]('/page');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, `Bearer realm="${issuer}"`]);
  });

  it('refuses a session whose cookie was tampered with', async () => {
    const { signedIn } = make();
    const browser = await signedIn();
    browser.cookie = `${browser.cookie?.slice(0, -1)}x`;
    expect((await browser.get('/page')).status).toBe(401);
  });

  it('answers right through Express’ own error handler', async () => {
    const { app, signedIn, state } = make([{ role: 'nobody' }], { errors: false });
    const refused = await request(app).get('/page');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, `Bearer realm="${issuer}"`]);
    const browser = await signedIn();
    expect((await browser.get('/page')).status).toBe(403);
    state.broken.add('get');
    const down = await browser.get('/page');
    expect([down.status, down.headers['retry-after']]).toEqual([503, '1']);
  });

  it.each([
    ['admin', 200],
    [['admin'], 200],
    [['clerk', 'buyer'], 200],
    ['buyer', 200],
    ['adm', 403],
    ['administrator', 403],
    ['Admin', 403],
    ['admin ', 403],
    ['admin,buyer', 403],
    [['clerk', 'guest'], 403],
    ['toString', 403],
    ['__proto__', 403],
    ['0', 403],
  ] as const)('asked for the role %j, answers a user with admin and buyer with %i', async (role, status) => {
    const { signedIn } = make([{ role }]);
    const browser = await signedIn();
    expect((await browser.get('/page')).status).toBe(status);
  });

  it('answers a missing role with 403 and no challenge', async () => {
    const { signedIn } = make([{ role: 'clerk' }]);
    const answer = await (await signedIn()).get('/page');
    expect([answer.body.code, answer.headers['www-authenticate']]).toEqual(['ERR_ACCESS_ROLE', undefined]);
  });

  it('goes by the roles that the row has now', async () => {
    const { signedIn, users } = make([{ role: 'admin' }]);
    const browser = await signedIn();
    Object.assign(users.rows[0] ?? {}, { roles: [] });
    expect((await browser.get('/page')).status).toBe(403);
    Object.assign(users.rows[0] ?? {}, { roles: undefined });
    expect((await browser.get('/page')).status).toBe(403);
  });

  it('does not take a part of a text for a role, where a table has a text in place of a list', async () => {
    const { signedIn, users } = make([{ role: 'admin' }]);
    const browser = await signedIn();
    Object.assign(users.rows[0] ?? {}, { roles: 'administrator' });
    expect((await browser.get('/page')).status).toBe(403);
    Object.assign(users.rows[0] ?? {}, { roles: null });
    expect((await browser.get('/page')).status).toBe(403);
  });

  it.each([
    [0, 200],
    [599, 200],
    [600, 200],
    [601, 401],
    [1000, 401],
  ])('with maxAge 10m, answers a login of %i seconds ago with %i', async (age, status) => {
    const { signedIn, clock } = make([{ maxAge: '10m' }]);
    const browser = await signedIn();
    clock.advance(age);
    expect((await browser.get('/page')).status).toBe(status);
  });

  it('counts from the login and not from the last request', async () => {
    const { signedIn, clock } = make([{ maxAge: '10m' }]);
    const browser = await signedIn();
    clock.advance(400);
    expect((await browser.get('/page')).status).toBe(200);
    clock.advance(400);
    expect((await browser.get('/page')).status).toBe(401);
  });

  it('says what is missing when a login is too old (RFC 9470 §3)', async () => {
    const { signedIn, clock } = make([{ maxAge: '10m' }]);
    const browser = await signedIn();
    clock.advance(601);
    const answer = await browser.get('/page');
    expect([answer.status, answer.headers['www-authenticate'], answer.body]).toEqual([
      401,
      `Bearer realm="${issuer}", error="insufficient_user_authentication", max_age="600"`,
      { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'ERR_ACCESS_STALE' },
    ]);
  });

  it.each([1, 60, 86_400, 4_000_000_000])(
    'refuses a login that lies %i seconds ahead as stale',
    async (ahead) => {
      const { signedIn, clock } = make([{ maxAge: '10m' }]);
      const browser = await signedIn({ methods: ['pwd'], at: seconds(clock) + ahead });
      const { status, body } = await browser.get('/page');
      expect([status, body.code]).toEqual([401, 'ERR_ACCESS_STALE']);
    },
  );

  it('refuses a login as stale once the clock was set back', async () => {
    const { signedIn, clock } = make([{ maxAge: '10m' }]);
    const browser = await signedIn();
    clock.advance(-3600);
    expect((await browser.get('/page')).body.code).toBe('ERR_ACCESS_STALE');
  });

  it('takes a user for whom the host vouches as one who signed in now, by no method', async () => {
    const { signedIn, clock } = make([{ maxAge: '10m' }]);
    const { body } = await (await signedIn()).get('/page');
    expect([body.auth.amr, body.auth.auth_time]).toEqual([[], seconds(clock)]);
  });

  describe('with optional', () => {
    it('lets a request without a session pass as nobody', async () => {
      const { app } = make([{ optional: true }]);
      expect((await request(app).get('/page').expect(200)).body).toEqual({
        user: null,
        auth: null,
        same: true,
      });
    });

    it('still says who has a session, and refuses those who lack the role', async () => {
      const [open, guarded] = [make([{ optional: true }]), make([{ optional: true, role: 'clerk' }])];
      expect((await (await open.signedIn()).get('/page')).body.auth.sub).toBe('7');
      expect((await (await guarded.signedIn()).get('/page')).status).toBe(403);
    });

    it('refuses everybody while nothing can be known', async () => {
      const { signedIn, state } = make([{ optional: true }]);
      const browser = await signedIn();
      state.broken.add('get');
      expect((await browser.get('/page')).status).toBe(503);
    });
  });

  describe('with redirectTo', () => {
    it.each([
      ['get', 302],
      ['head', 302],
      ['post', 303],
      ['put', 303],
      ['delete', 303],
    ] as const)('sends a browser away from a %s with %i', async (method, status) => {
      const { app } = make([{ redirectTo: '/login' }]);
      const answer = await request(app)[method]('/page').set(html);
      expect([answer.status, answer.headers['location']]).toEqual([status, '/login']);
    });

    it.each([
      ['a client of tokens', { ...html, Authorization: 'Bearer x' }],
      ['a client with an empty Authorization', { ...html, Authorization: '' }],
      ['a client of another scheme', { ...html, Authorization: 'Basic YTpi' }],
      ['a client of JSON', { Accept: 'application/json' }],
      ['a client that likes JSON better', { Accept: 'text/html;q=0.5,application/json' }],
      ['a client of images', { Accept: 'image/png' }],
    ])('answers %s with 401', async (_who, headers) => {
      const { app } = make([{ redirectTo: '/login' }]);
      expect((await request(app).get('/page').set(headers)).status).toBe(401);
    });

    it.each([['*/*'], ['text/*'], [undefined]])('sends away a client that accepts %j too', async (accept) => {
      const { app } = make([{ redirectTo: '/login' }]);
      const sent = request(app).get('/page');
      const answer = await (accept === undefined ? sent : sent.set('Accept', accept));
      expect([answer.status, answer.headers['location']]).toEqual([302, '/login']);
    });

    it('asks a function for the place', async () => {
      const redirectTo = (req: { originalUrl: string }) =>
        `/login?next=${encodeURIComponent(req.originalUrl)}`;
      const { app } = make([{ redirectTo }]);
      const answer = await request(app).get('/page?a=1').set(html);
      expect([answer.status, answer.headers['location']]).toEqual([302, '/login?next=%2Fpage%3Fa%3D1']);
    });

    const misbehaving: readonly (readonly [string, () => unknown])[] = [
      [
        'throws',
        () => {
          throw new Error('no place');
        },
      ],
      ['answers nothing', () => undefined],
      ['answers a promise', async () => '/login'],
      ['answers an empty text', () => ''],
    ];
    it.each(misbehaving)('reports a function that %s', async (_what, redirectTo) => {
      const { app } = make([{ redirectTo: redirectTo as never }], { errors: false });
      app.use(((_error, _req, res, _next) => res.status(500).send('reported')) as ErrorRequestHandler);
      const answer = await request(app).get('/page').set(html);
      expect([answer.status, answer.text]).toEqual([500, 'reported']);
    });

    it('sends a stale login to sign in anew, and a missing role nowhere', async () => {
      const stale = make([{ maxAge: '10m', redirectTo: '/login' }]);
      const browser = await stale.signedIn();
      stale.clock.advance(601);
      expect((await browser.get('/page', html)).status).toBe(302);
      const role = make([{ role: 'clerk', redirectTo: '/login' }]);
      expect((await (await role.signedIn()).get('/page', html)).status).toBe(403);
    });

    it('does not send away while the state store is down: nobody could sign in', async () => {
      const { signedIn, state } = make([{ redirectTo: '/login' }]);
      const browser = await signedIn();
      state.broken.add('get');
      expect((await browser.get('/page', html)).status).toBe(503);
    });
  });

  describe('one request', () => {
    it('is looked up once, however many guards ask', async () => {
      const { signedIn, users, state } = make([undefined, { role: 'admin' }, { maxAge: '1h' }]);
      const browser = await signedIn();
      expect((await browser.get('/page')).status).toBe(200);
      expect([users.calls, state.calls]).toEqual([['findById'], ['get']]);
    });

    it('is looked up once also when the stamp is rewritten', async () => {
      const { signedIn, users, state, clock } = make([undefined, { role: 'admin' }]);
      const browser = await signedIn();
      clock.advance(120);
      expect((await browser.get('/page')).status).toBe(200);
      expect([users.calls, state.calls]).toEqual([['findById'], ['get']]);
    });

    it('is looked up once also when the session is dead', async () => {
      const { signedIn, users } = make([{ optional: true }, { optional: true }, undefined]);
      const browser = await signedIn();
      users.rows.length = 0;
      expect((await browser.get('/page')).status).toBe(401);
      expect(users.calls).toEqual(['findById']);
    });

    it('is looked up anew for every request', async () => {
      const { signedIn, users } = make();
      const browser = await signedIn();
      await browser.get('/page');
      await browser.get('/page');
      expect(users.calls).toEqual(['findById', 'findById']);
    });
  });

  describe('other middleware', () => {
    const plant: RequestHandler = (req, _res, next) => {
      Object.assign(req, {
        user: { key: 1, login: 'planted', roles: ['admin'] },
        auth: { via: 'session', sub: '1', roles: ['admin'] },
        isAuthenticated: () => true,
      });
      next();
    };

    it.each([undefined, { role: 'admin' }])('is not believed about the user, with %j', async (options) => {
      const { app } = make([options], { before: plant });
      expect((await request(app).get('/page')).status).toBe(401);
    });

    it('does not leave its user behind for an optional guard', async () => {
      const { app } = make([{ optional: true }], { before: plant });
      expect((await request(app).get('/page')).body).toEqual({ user: null, auth: null, same: true });
    });

    it('does not leave its user behind for an error handler', async () => {
      const { app } = make([undefined], { before: plant, errors: false });
      app.use(((_error, req, res, _next) =>
        res.json({ user: (req as Request).user ?? null })) as ErrorRequestHandler);
      expect((await request(app).get('/page')).body).toEqual({ user: null });
    });

    it('does not stand in for the user of the session', async () => {
      const { signedIn } = make([undefined], { before: plant });
      const { body } = await (await signedIn()).get('/page');
      expect([body.user.key, body.auth.sub]).toEqual([7, '7']);
    });
  });

  describe('a fault', () => {
    it('of the user table reaches next as it is', async () => {
      const { signedIn, users, app } = make([undefined], { errors: false });
      const seen: unknown[] = [];
      app.use(((error, _req, res, _next) => {
        seen.push(error);
        res.status(500).end();
      }) as ErrorRequestHandler);
      const browser = await signedIn();
      const fault = new Error('the table is gone');
      users.findById = () => Promise.reject(fault);
      await browser.get('/page');
      expect(seen).toEqual([fault]);
    });
  });

  it('works without any session middleware: nobody is signed in', async () => {
    const { auth } = make();
    const app = express();
    app.get('/page', requireAuth(auth) as RequestHandler);
    app.use(authErrors());
    expect((await request(app).get('/page')).status).toBe(401);
  });
});
