import type { RequestHandler } from 'express';
import session from 'express-session';
import { describe, expect, it } from 'vitest';
import { authErrors, requireAuth, type SessionLogin, sessionLogin } from '../../src/express/index.ts';
import { createAuth } from '../../src/index.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

type Act = (login: SessionLogin<Row>, req: Parameters<RequestHandler>[0], row: Row) => Promise<void>;

describe.each(expressVersions)('sessionLogin on Express $version', ({ express }) => {
  const make = (act: Act, origins?: readonly string[]) => {
    const users = userTable(
      { key: 1, login: 'adm', hash: null },
      { key: 3, login: 'gone', hash: null, state: 'disabled' },
    );
    const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher() });
    const login = sessionLogin(auth, origins === undefined ? undefined : { origins });
    const app = express();
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    app.get('/me', requireAuth(auth) as RequestHandler, (req, res) => {
      res.json(Reflect.get(req, 'auth'));
    });
    app.post('/act/:id', (req, res, next) => {
      users
        .findById(Number(req.params.id))
        .then((row) => act(login, req, row as Row))
        .then(() => res.send('done'), next);
    });
    app.use(authErrors());
    return { app, users, browser: browserOf(app) };
  };

  it('signs in a user for whom the host vouches', async () => {
    const { browser } = make(({ signIn }, req, row) => signIn(req, row));
    await browser.post('/act/1');
    expect((await browser.get('/me')).body).toMatchObject({ sub: '1', amr: [] });
  });

  it('refuses an account that is not active, with a challenge', async () => {
    const { browser } = make(({ signIn }, req, row) => signIn(req, row));
    const { status, body, headers } = await browser.post('/act/3');
    expect([status, body.code, headers['www-authenticate']]).toEqual([
      401,
      'ERR_LOGIN_REJECTED',
      `Bearer realm="${issuer}"`,
    ]);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('signs in and out again in one request', async () => {
    const { browser } = make(async ({ signIn, signOut }, req, row) => {
      await signIn(req, row);
      await signOut(req);
    });
    expect((await browser.post('/act/1')).status).toBe(200);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('lets listed origins sign in and out', async () => {
    const { browser } = make(
      async ({ signIn, signOut }, req, row) => {
        await signIn(req, row);
        await signOut(req);
      },
      ['https://admin.example'],
    );
    const from = { Origin: 'https://admin.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await browser.post('/act/1', {}, from)).status).toBe(200);
    expect((await browser.post('/act/1', {}, { ...from, Origin: 'https://evil.example' })).status).toBe(403);
  });

  it.each([null, 7, [], {}, 'x'.repeat(1_000_000)])(
    'refuses %o in place of an authentication',
    async (given) => {
      const { browser } = make(({ signIn }, req, row) => signIn(req, row, given as never));
      const { status, body } = await browser.post('/act/1');
      expect([status, body.code]).toEqual([400, 'ERR_INPUT_INVALID']);
      expect((await browser.get('/me')).status).toBe(401);
    },
  );

  it.each([
    ['none', {}],
    ['one in a cookie, whose id cannot change', { session: { user: 1 } }],
    ['one that cannot be saved', { session: { regenerate: () => undefined } }],
  ])('needs a session of the server: %s', async (_what, given) => {
    const auth = createAuth({ users: userTable(), secret: secretA, issuer });
    const { signIn, signOut } = sessionLogin(auth);
    const request = { method: 'POST', headers: {}, ...given };
    const refused = {
      code: 'ERR_CONFIG_INVALID',
      status: 500,
      option: expect.stringMatching(/^req\.session/),
    };
    await expect(signIn(request, { key: 1, login: 'a', hash: null })).rejects.toMatchObject(refused);
    await expect(signOut(request)).rejects.toMatchObject(refused);
  });
});

describe('the options of sessionLogin', () => {
  const auth = createAuth({ users: userTable(), secret: secretA, issuer });

  it.each([
    [{ keep: 'cart' }, 'sessionLogin.keep'],
    [{ keep: [7] }, 'sessionLogin.keep'],
    [{ keep: null }, 'sessionLogin.keep'],
    [{ keep: ['cart', 'passport'] }, 'sessionLogin.keep'],
    [{ keep: ['ostiary'] }, 'sessionLogin.keep'],
    [{ keep: ['cookie'] }, 'sessionLogin.keep'],
    [{ origins: 'https://admin.example' }, 'sessionLogin.origins'],
    [{ kept: [] }, 'sessionLogin.kept'],
    [7, 'sessionLogin'],
    ['x', 'sessionLogin'],
  ])('refuse %j', (options, option) => {
    expect(() => sessionLogin(auth, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option }),
    );
  });

  it.each([[undefined], [null], [7], ['x'], [[]], [{}]])('refuse %j in place of auth', (given) => {
    expect(() => sessionLogin(given as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'sessionLogin' }),
    );
  });
});
