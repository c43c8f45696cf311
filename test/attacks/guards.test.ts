/** Ways around a guard. */

import type { ErrorRequestHandler, RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { authErrors, getAuth, requireAuth, sessionLogin } from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import { LocalStrategy, serializeSessions } from '../../src/passport/index.ts';
import { breakableState } from '../support/breakable-stores.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

const adm = { username: 'adm', password: '123' };

describe.each(expressVersions)('guards behind Passport on Express $version', ({ express }) => {
  const make = (before?: RequestHandler) => {
    const users = userTable({ key: 1, login: 'adm', hash: 'plain:1:123', roles: ['admin'] });
    const state = breakableState();
    const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher(), state });
    const passport = new passportModule.Passport();
    passport.use(new LocalStrategy(auth));
    serializeSessions(passport, auth);
    const faults: unknown[] = [];
    const app = express();
    app.use(express.json(), express.urlencoded({ extended: true }));
    app.get('/early', requireAuth(auth) as RequestHandler, (_req, res) => {
      res.send('in');
    });
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    app.use(passport.session());
    if (before !== undefined) app.use(before);
    app.post('/login', passport.authenticate('local'), (_req, res) => {
      res.send('in');
    });
    app.use('/guarded', requireAuth(auth, { role: 'admin' }) as RequestHandler);
    app.all('/guarded/page', requireAuth(auth, { maxAge: '1h' }) as RequestHandler, (req, res) => {
      res.json({ key: (req.user as Row).key, sub: getAuth(req)?.sub });
    });
    app.get('/open', requireAuth(auth, { optional: true }) as RequestHandler, (req, res) => {
      res.json({ user: req.user ?? null, passport: req.isAuthenticated(), auth: getAuth(req) ?? null });
    });
    app.get('/passport', (req, res) => {
      res.json({ user: req.user ?? null, passport: req.isAuthenticated() });
    });
    app.get('/unguarded', (req, res) => {
      res.json(getAuth(req));
    });
    app.use(authErrors());
    app.use(((error, _req, res, _next) => {
      faults.push(error);
      res.status(500).send('failed');
    }) as ErrorRequestHandler);
    const browser = browserOf(app);
    return { app, auth, users, state, faults, browser };
  };

  it('look a request up once: Passport, a guard and another guard together', async () => {
    const { browser, users, state } = make();
    await browser.post('/login', adm);
    users.calls.length = 0;
    state.calls.length = 0;
    expect((await browser.get('/guarded/page')).body).toEqual({ key: 1, sub: '1' });
    expect([users.calls, state.calls]).toEqual([['findById'], ['get']]);
  });

  it.each([
    '/guarded/page',
    '/guarded/page/',
    '/guarded//page',
    '/GUARDED/page',
    '/guarded/./page',
    '/guarded/none',
  ])('let nobody through to %s', async (path) => {
    const { app } = make();
    expect((await request(app).get(path)).status).toBe(401);
  });

  it.each(['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const)(
    'guard a %s',
    async (method) => {
      const { app } = make();
      expect((await request(app)[method]('/guarded/page')).status).toBe(401);
    },
  );

  it('refuse everybody when they are mounted before the session', async () => {
    const { browser } = make();
    await browser.post('/login', adm);
    expect((await browser.get('/early')).status).toBe(401);
  });

  it('refuse a session of Passport whose user other middleware has put there', async () => {
    const { app, browser } = make((req, _res, next) => {
      Object.assign(req, { user: { key: 1, roles: ['admin'] }, auth: { sub: '1' } });
      next();
    });
    expect((await request(app).get('/guarded/page')).status).toBe(401);
    expect((await request(app).get('/open')).body).toEqual({ user: null, passport: false, auth: null });
    await browser.post('/login', adm);
    expect((await browser.get('/guarded/page')).body).toEqual({ key: 1, sub: '1' });
  });

  it('refuse a session that names a user and has no stamp', async () => {
    const { app } = make((req, _res, next) => {
      Object.assign(req.session, {
        user: { key: 1 },
        userId: 1,
        passport: { user: 1 },
        ostiary: { sub: '1' },
      });
      next();
    });
    expect((await request(app).get('/guarded/page')).status).toBe(401);
  });

  it('are not needed for Passport itself to know that a session is dead', async () => {
    const { browser, auth } = make();
    await browser.post('/login', adm);
    expect((await browser.get('/passport')).body).toMatchObject({ user: { key: 1 }, passport: true });
    await auth.sessions.endAll(1);
    expect((await browser.get('/passport')).body).toEqual({ user: null, passport: false });
  });

  it('do not answer getAuth for a route without a guard', async () => {
    const { browser, faults } = make();
    await browser.post('/login', adm);
    const { status, body } = await browser.get('/unguarded');
    expect([status, body.code, faults]).toEqual([500, 'ERR_CONFIG_INVALID', []]);
  });

  it('hand a fault of the user table on, and let nobody in', async () => {
    const { browser, users, faults } = make();
    await browser.post('/login', adm);
    const fault = new Error('the table is gone');
    users.findById = () => Promise.reject(fault);
    expect((await browser.get('/guarded/page')).text).toBe('failed');
    expect(faults).toEqual([fault]);
  });

  it('hand a mistake in toAuthUser on, and let nobody in', async () => {
    const { browser, users } = make();
    await browser.post('/login', adm);
    users.toAuthUser = () => ({ id: undefined }) as never;
    const { status, body } = await browser.get('/guarded/page');
    expect([status, body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
  });

  it('let nobody in whom the table mistakes for somebody else', async () => {
    const { browser, users } = make();
    await browser.post('/login', adm);
    users.findById = async () => ({ key: 2, login: 'bob', hash: 'plain:1:123', roles: ['admin'] });
    expect((await browser.get('/guarded/page')).status).toBe(401);
  });

  it('say 503 while the state store is down, also for a page that anybody may see', async () => {
    const { browser, state } = make();
    await browser.post('/login', adm);
    state.broken.add('get');
    for (const path of ['/guarded/page', '/open']) {
      const { status, headers } = await browser.get(path);
      expect([status, headers['retry-after']]).toEqual([503, '1']);
    }
  });
});

describe.each(expressVersions)('two kinds of users on Express $version', ({ express }) => {
  it('share nothing, though they share the secret, the state and the ids', async () => {
    const state = breakableState();
    const users = userTable({ key: 1, login: 'adm', hash: null, roles: ['admin'] });
    const common = { users, secret: secretA, issuer, hasher: countingHasher(), state };
    const [customers, staff] = [createAuth(common), createAuth({ ...common, realm: 'staff' })];
    const { signIn } = sessionLogin(customers);
    const app = express();
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    app.post('/login', (req, res, next) => {
      const row = users.rows[0] as Row;
      signIn(req, row).then(() => res.send('in'), next);
    });
    app.get('/shop', requireAuth(customers) as RequestHandler, (_req, res) => {
      res.send('shop');
    });
    app.get('/office', requireAuth(staff, { role: 'admin' }) as RequestHandler, (_req, res) => {
      res.send('office');
    });
    app.use(authErrors());
    const browser = browserOf(app);
    await browser.post('/login');
    expect((await browser.get('/shop')).status).toBe(200);
    expect((await browser.get('/office')).status).toBe(401);
    // Who knocks at the wrong door is not signed out at the right one.
    expect((await browser.get('/shop')).status).toBe(200);
  });
});

it.each(['scope', 'role', 'maxAge', 'maxStaleness'])(
  'a guard whose %s is undefined is refused: the setting was misspelt',
  (option) => {
    const auth = createAuth({ users: userTable(), secret: secretA, issuer });
    expect(() => requireAuth(auth, { [option]: undefined })).toThrow(
      expect.objectContaining({ option: `requireAuth.${option}` }),
    );
  },
);
