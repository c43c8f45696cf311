import type { RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import { describe, expect, it } from 'vitest';
import { authErrors, requireAuth } from '../../src/express/index.ts';
import { AuthError, type Authentication, createAuth } from '../../src/index.ts';
import {
  type LogInOptions,
  type LogOutOptions,
  logIn,
  logOut,
  serializeSessions,
} from '../../src/passport/index.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

type Act = (req: Parameters<RequestHandler>[0], row: Row) => Promise<void>;

describe.each(expressVersions)('logIn and logOut on Express $version', ({ express }) => {
  const make = (act: Act, mount: 'session' | 'initialize' | 'nothing' = 'session') => {
    const users = userTable(
      { key: 1, login: 'adm', hash: null },
      { key: 3, login: 'gone', hash: null, state: 'disabled' },
    );
    const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher() });
    const passport = new passportModule.Passport();
    serializeSessions(passport, auth);
    const app = express();
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    if (mount === 'session') app.use(passport.session());
    if (mount === 'initialize') app.use(passport.initialize());
    app.get('/data/:key', (req, res) => {
      Object.assign(req.session, { [req.params.key]: 'kept' });
      res.end();
    });
    app.get('/data', (req, res) => {
      const { cookie, passport: _passport, ...rest } = req.session as unknown as Record<string, unknown>;
      res.json(rest);
    });
    app.get('/me', requireAuth(auth) as RequestHandler, (req, res) => {
      res.json(Reflect.get(req, 'auth'));
    });
    app.post('/in/:id', (req, res, next) => {
      users
        .findById(Number(req.params.id))
        .then((row) => act(req, row as Row))
        .then(() => res.send(req.isAuthenticated()), next);
    });
    app.post('/out', (req, res, next) => {
      logOut(req).then(() => res.send('out'), next);
    });
    app.use(authErrors());
    return { app, auth, users, browser: browserOf(app) };
  };

  it('signs in a user for whom the host vouches', async () => {
    const { browser } = make((req, row) => logIn(req, row));
    expect((await browser.post('/in/1')).text).toBe('true');
    expect((await browser.get('/me')).body).toMatchObject({ sub: '1', amr: [] });
  });

  it('keeps what the host says of the login', async () => {
    const authentication: Authentication = { methods: ['hwk', 'mfa'], at: 1_700_000_000 };
    const { browser } = make((req, row) => logIn(req, row, authentication));
    await browser.post('/in/1');
    expect((await browser.get('/me')).body).toMatchObject({ amr: ['hwk', 'mfa'], auth_time: 1_700_000_000 });
  });

  it('refuses an account that is not active, and nobody is signed in', async () => {
    const { browser } = make((req, row) => logIn(req, row));
    const { status, body } = await browser.post('/in/3');
    expect([status, body.code]).toEqual([401, 'ERR_LOGIN_REJECTED']);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('carries over the named keys only', async () => {
    const { browser } = make((req, row) =>
      logIn(req, row, undefined, { keep: ['cart', 'absent', 'toString'] }),
    );
    await browser.get('/data/cart');
    await browser.get('/data/colour');
    await browser.post('/in/1');
    expect((await browser.get('/data')).body).toEqual({ cart: 'kept' });
  });

  it.each([['passport'], ['ostiary'], ['cookie']])('refuses to carry %s over', async (key) => {
    const { browser } = make((req, row) => logIn(req, row, undefined, { keep: [key] }));
    const { status, body } = await browser.post('/in/1');
    expect([status, body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('signs out again in the request that signed in', async () => {
    const { browser } = make(async (req, row) => {
      await logIn(req, row);
      await logOut(req);
    });
    expect((await browser.post('/in/1')).text).toBe('false');
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('signs in twice in one request: the second counts', async () => {
    const { browser, users } = make(async (req, row) => {
      await logIn(req, row);
      await logIn(req, { ...row, key: 2 });
    });
    users.rows.push({ key: 2, login: 'bob', hash: null });
    await browser.post('/in/1');
    expect((await browser.get('/me')).body.sub).toBe('2');
  });

  it('signs nobody out where nobody is signed in', async () => {
    const { browser } = make((req, row) => logIn(req, row));
    expect((await browser.post('/out')).text).toBe('out');
  });

  it('lets listed origins sign in and out', async () => {
    const origins = ['https://admin.example'];
    const { browser } = make((req, row) => logIn(req, row, undefined, { origins }));
    const from = { Origin: 'https://admin.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await browser.post('/in/1', {}, from)).status).toBe(200);
    expect((await browser.post('/out', {}, from)).status).toBe(403);
    const { browser: other } = make((req) => logOut(req, { origins }));
    expect((await other.post('/in/1', {}, from)).status).toBe(200);
  });

  it('says that Passport is missing', async () => {
    const { browser } = make((req, row) => logIn(req, row), 'nothing');
    const { status, body } = await browser.post('/in/1');
    expect([status, body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
    expect((await browser.post('/out')).body.code).toBe('ERR_CONFIG_INVALID');
  });

  it('refuses to leave an old session alive that nobody has looked at', async () => {
    const { browser } = make((req, row) => logIn(req, row), 'initialize');
    expect((await browser.post('/in/1')).status).toBe(200);
    const again = await browser.post('/in/1');
    expect([again.status, again.body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
    const out = await browser.post('/out');
    expect([out.status, out.body.code]).toEqual([500, 'ERR_CONFIG_INVALID']);
  });

  it.each([null, 7, [], {}, 'x'.repeat(1_000_000)])(
    'refuses %o in place of an authentication',
    async (given) => {
      const { browser } = make((req, row) => logIn(req, row, given as never));
      const { status, body } = await browser.post('/in/1');
      expect([status, body.code]).toEqual([400, 'ERR_INPUT_INVALID']);
      expect((await browser.get('/me')).status).toBe(401);
    },
  );
});

describe('without a session', () => {
  const bare = { method: 'POST', headers: {}, logIn: () => undefined, logOut: () => undefined };

  it.each([
    ['none', {}],
    ['null', { session: null }],
    ['a text', { session: 'x' }],
    ['one in a cookie, whose id cannot change', { session: { passport: {} } }],
    ['one that cannot be saved', { session: { regenerate: () => undefined } }],
  ])('logIn and logOut are refused: %s', async (_what, session) => {
    const refused = { code: 'ERR_CONFIG_INVALID', option: expect.stringMatching(/^req\.session/) };
    await expect(logIn({ ...bare, ...session }, {})).rejects.toMatchObject(refused);
    await expect(logOut({ ...bare, ...session })).rejects.toMatchObject(refused);
  });
});

describe('the options of logIn and logOut', () => {
  const bare = { method: 'POST', headers: {}, session: {} };

  it.each([
    [{ keep: 'cart' }],
    [{ keep: [7] }],
    [{ keep: null }],
    [{ keep: {} }],
    [{ kept: ['cart'] }],
    [{ origins: 'https://admin.example' }],
    [{ origins: null }],
    [7],
    ['x'],
    [[]],
  ])('refuse %j', async (options) => {
    const given = options as LogInOptions;
    const error = await logIn(bare, {}, undefined, given).catch((reason: unknown) => reason);
    expect(AuthError.is(error, 'ERR_CONFIG_INVALID') && Reflect.get(error, 'option')).toMatch(/^logIn/);
    const other = await logOut(bare, given as LogOutOptions).catch((reason: unknown) => reason);
    expect(AuthError.is(other, 'ERR_CONFIG_INVALID') && Reflect.get(other, 'option')).toMatch(/^logOut/);
  });
});

describe('serializeSessions', () => {
  const auth = createAuth({ users: userTable(), secret: secretA, issuer });
  const passport = new passportModule.Passport();

  it.each([
    [undefined, auth],
    [null, auth],
    [{}, auth],
    [auth, passport],
    [passport, undefined],
    [passport, null],
    [passport, {}],
    [passport, { sessions: null }],
    [7, 'x'],
  ])('refuses arguments that are not Passport and auth (%#)', (first, second) => {
    expect(() => serializeSessions(first as never, second as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'serializeSessions' }),
    );
  });
});
