import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { authErrors, requireAuth } from '../../src/express/index.ts';
import { type AuthCore, type AuthEvent, type AuthOptions, createAuth } from '../../src/index.ts';
import { LocalStrategy, type LocalStrategyOptions, serializeSessions } from '../../src/passport/index.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

const adm = { username: 'adm', password: '123' };

describe.each(expressVersions)('LocalStrategy on Express $version', ({ express }) => {
  const make = (
    options?: LocalStrategyOptions,
    given: { hasher?: AuthOptions<Row, object>['hasher']; login?: AuthCore<Row>['login'] } = {},
  ) => {
    const users = userTable(
      { key: 1, login: 'adm', hash: 'plain:1:123' },
      { key: 2, login: 'bob', hash: 'plain:1:456' },
      { key: 3, login: 'new', hash: 'plain:1:789', state: 'pending' },
    );
    const hasher = countingHasher();
    const auth = createAuth({ users, secret: secretA, issuer, hasher: given.hasher ?? hasher });
    const passport = new passportModule.Passport();
    const strategy = new LocalStrategy(
      given.login === undefined ? auth : { ...auth, login: given.login },
      options,
    );
    passport.use(strategy);
    serializeSessions(passport, auth);
    const app = express();
    app.use(express.urlencoded({ extended: true }), express.json());
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    app.use(passport.session());
    app.get('/me', requireAuth(auth) as RequestHandler, (req, res) => {
      res.json((req.user as Row).key);
    });
    app.get('/messages', (req, res) => {
      res.json(Reflect.get(req.session, 'messages') ?? null);
    });
    const login = (...handlers: RequestHandler[]) => {
      app.post('/login', ...handlers, (req, res) => {
        res.json({ in: (req.user as Row | undefined)?.key ?? null });
      });
      app.use(authErrors());
      return app;
    };
    return { users, hasher, auth, passport, strategy, app, login, browser: browserOf(app) };
  };
  const plain = (options?: LocalStrategyOptions, given?: Parameters<typeof make>[1]) => {
    const made = make(options, given);
    made.login(made.passport.authenticate(made.strategy.name));
    return made;
  };

  describe('the form', () => {
    it('signs in with username and password', async () => {
      const { browser } = plain();
      expect((await browser.post('/login', adm)).body).toEqual({ in: 1 });
      expect((await browser.get('/me')).body).toBe(1);
    });

    it('reads the fields and the name that the host chose', async () => {
      const { browser } = plain({ usernameField: 'mail', passwordField: 'pwd', name: 'staff' });
      expect((await browser.post('/login', { mail: 'adm', pwd: '123' })).status).toBe(200);
      expect((await browser.post('/login', adm)).status).toBe(400);
    });

    it('does not read the query', async () => {
      const { browser, hasher } = plain();
      const { status, text } = await browser.post('/login?username=adm&password=123');
      expect([status, text, hasher.verified]).toEqual([400, 'Bad Request', []]);
    });

    it.each([
      ['nothing', {}],
      ['no password', { username: 'adm' }],
      ['no name', { password: '123' }],
      ['an empty password', { username: 'adm', password: '' }],
      ['an empty name', { username: '', password: '123' }],
      ['null', { username: null, password: null }],
      ['a list', ['adm', '123']],
      ['a bracket name', { 'user[name]': 'adm', password: '123' }],
    ])('answers 400 Missing credentials for %s', async (_what, body) => {
      const made = make();
      const heard: unknown[] = [];
      made.app.post('/login', (req, res, next) => {
        const answer = (...given: unknown[]): void => {
          heard.push(...given);
          res.end();
        };
        (made.passport.authenticate('local', answer) as RequestHandler)(req, res, next);
      });
      await request(made.app).post('/login').send(body);
      expect(heard).toEqual([null, false, { message: 'Missing credentials' }, 400]);
    });

    it('answers 400 where no parser has run', async () => {
      const { passport } = make();
      const app = express();
      app.post('/login', passport.authenticate('local', { session: false }));
      expect((await request(app).post('/login').type('form').send(adm)).status).toBe(400);
    });

    it.each([
      ['username=adm&username=bob&password=123'],
      ['username=adm&password=123&password=456'],
      ['username[]=adm&password=123'],
      ['username[a]=adm&password=123'],
      ['username=adm&password[$ne]=x'],
    ])('answers 400 for %s, and neither looks up nor compares', async (form) => {
      const { app, users, hasher } = plain();
      const answer = await request(app).post('/login').type('form').send(form);
      expect([answer.status, users.calls, hasher.verified]).toEqual([400, [], []]);
    });

    it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
      'takes %s for a field only when the form has it',
      async (usernameField) => {
        const { app, users } = plain({ usernameField });
        const answer = await request(app).post('/login').send({ password: '123' });
        expect([answer.status, users.calls]).toEqual([400, []]);
        await request(app)
          .post('/login')
          .type('json')
          .send(`{"${usernameField}":"adm","password":"123"}`)
          .expect(200);
      },
    );
  });

  describe('what Passport users expect', () => {
    const wrong = { username: 'adm', password: 'wrong' };

    it('redirects after a success and after a failure', async () => {
      const { login, passport, browser } = make();
      login(
        passport.authenticate('local', { successRedirect: '/home', failureRedirect: '/login?fail=true' }),
      );
      const failed = await browser.post('/login', wrong);
      expect([failed.status, failed.headers['location']]).toEqual([302, '/login?fail=true']);
      const signedIn = await browser.post('/login', adm);
      expect([signedIn.status, signedIn.headers['location']]).toEqual([302, '/home']);
    });

    it('keeps a message for the login page', async () => {
      const { login, passport, browser } = make();
      login(passport.authenticate('local', { failureRedirect: '/login', failureMessage: true }));
      await browser.post('/login', wrong);
      await browser.post('/login', { username: 'nobody', password: 'wrong' });
      const text = 'Incorrect username or password';
      expect((await browser.get('/messages')).body).toEqual([text, text]);
    });

    it('answers 401 by itself', async () => {
      const { browser } = plain();
      const { status, text } = await browser.post('/login', wrong);
      expect([status, text]).toEqual([401, 'Unauthorized']);
    });

    it('fails with an error when asked to', async () => {
      const { login, passport, app, browser } = make();
      login(passport.authenticate('local', { failWithError: true }));
      app.use(((error, _req, res, _next) => {
        res.json([error.name, error.status]);
      }) as ErrorRequestHandler);
      expect((await browser.post('/login', wrong)).body).toEqual(['AuthenticationError', 401]);
    });

    it('leaves the session alone with session: false', async () => {
      const { login, passport, browser } = make();
      login(passport.authenticate('local', { session: false }));
      const { body, headers } = await browser.post('/login', adm);
      expect([body, headers['set-cookie']]).toEqual([{ in: 1 }, undefined]);
      expect((await browser.get('/me')).status).toBe(401);
    });

    it('lets a session that is there go on with session: false, and with authorize', async () => {
      const { app, passport, browser } = make();
      app.post('/login', passport.authenticate('local'), (_req, res) => res.send('in') as never);
      app.post(
        '/check',
        passport.authenticate('local', { session: false }),
        (_req, res) => res.send('in') as never,
      );
      app.post('/link', passport.authorize('local'), (req, res) => {
        res.json(Reflect.get(req, 'account').key);
      });
      await browser.post('/login', adm);
      expect((await browser.post('/check', { username: 'bob', password: '456' })).status).toBe(200);
      expect((await browser.get('/me')).body).toBe(1);
      expect((await browser.post('/link', { username: 'bob', password: '456' })).body).toBe(2);
      expect((await browser.get('/me')).body).toBe(1);
    });

    it.each([
      ['the user', adm, [null, { key: 1, login: 'adm', hash: 'plain:1:123' }, undefined, undefined]],
      ['a refusal', wrong, [null, false, { message: 'Incorrect username or password' }, 401]],
      [
        'a pending account',
        { username: 'new', password: '789' },
        [null, false, { message: 'Verification required' }, 401],
      ],
    ])('hands %s to a callback', async (_what, form, expected) => {
      const { app, passport, browser } = make();
      const heard: unknown[] = [];
      app.post('/login', (req, res, next) => {
        const answer = (...given: unknown[]): void => {
          heard.push(given.concat(Array(4 - given.length).fill(undefined)));
          res.end();
        };
        (passport.authenticate('local', answer) as RequestHandler)(req, res, next);
      });
      await browser.post('/login', form);
      expect(heard).toEqual([expected]);
    });

    it('hands a fault of the user table to a callback, once', async () => {
      const { app, passport, users, browser } = make();
      const fault = new Error('the table is gone');
      users.findByIdentifier = () => Promise.reject(fault);
      const heard: unknown[] = [];
      app.post('/login', (req, res, next) => {
        const answer = (error: unknown): void => {
          heard.push(error);
          res.end();
        };
        (passport.authenticate('local', answer) as RequestHandler)(req, res, next);
      });
      await browser.post('/login', adm);
      expect(heard).toEqual([fault]);
    });

    it('works for two strategies under two names', async () => {
      const { app, passport, auth, browser } = make();
      passport.use(new LocalStrategy(auth, { name: 'staff', usernameField: 'staffId' }));
      app.post('/login', passport.authenticate(['local', 'staff']), (_req, res) => res.send('in') as never);
      expect((await browser.post('/login', { staffId: 'bob', password: '456' })).status).toBe(200);
      expect((await browser.get('/me')).body).toBe(2);
    });
  });

  describe('an answer that is not signed-in', () => {
    it.each([
      ['an unknown status', { status: 'second-factor', user: { key: 1 }, authentication: {} }],
      ['a status of another case', { status: 'Signed-In', user: { key: 1 } }],
      ['no status', { user: { key: 1 } }],
      ['verification-required', { status: 'verification-required' }],
    ])('signs nobody in: %s', async (_what, result) => {
      const { browser } = plain(undefined, { login: async () => result as never });
      expect((await browser.post('/login', adm)).status).toBe(401);
      expect((await browser.get('/me')).status).toBe(401);
    });

    it.each([[undefined], [null], ['signed-in']])(
      'signs nobody in: %j in place of a result',
      async (result) => {
        const { browser } = plain(undefined, { login: async () => result as never });
        expect((await browser.post('/login', adm)).status).toBeGreaterThanOrEqual(400);
        expect((await browser.get('/me')).status).toBe(401);
      },
    );
  });

  it('never delivers one request’s user to another on a shared instance', async () => {
    const waiting = new Map<string, () => void>();
    let arrived = (): void => undefined;
    const slow = countingHasher();
    const hasher = {
      ...slow,
      verify: (password: string, hash: string | null) =>
        new Promise<boolean>((resolve, reject) => {
          waiting.set(password, () => slow.verify(password, hash).then(resolve, reject));
          arrived();
        }),
    };
    const { login, passport, strategy, browser: alice, app } = make(undefined, { hasher });
    const bob = browserOf(app);
    login(passport.authenticate(strategy as never));
    const hashing = (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => waiting.size === count && resolve();
        arrived();
      });
    const first = alice.post('/login', adm);
    await hashing(1);
    const second = bob.post('/login', { username: 'bob', password: '456' });
    await hashing(2);
    waiting.get('123')?.();
    const answers = [first.then(({ body }) => ['alice', body]), second.then(({ body }) => ['bob', body])];
    expect(await Promise.race(answers)).toEqual(['alice', { in: 1 }]);
    waiting.get('456')?.();
    expect((await second).body).toEqual({ in: 2 });
    expect([(await alice.get('/me')).body, (await bob.get('/me')).body]).toEqual([1, 2]);
  });

  it('tells the events where the login came from', async () => {
    const { app, auth } = plain();
    app.set('trust proxy', true);
    const events: AuthEvent<'login.failed' | 'login.succeeded'>[] = [];
    auth.on('login.failed', (event) => events.push(event));
    auth.on('login.succeeded', (event) => events.push(event));
    const from = { 'X-Forwarded-For': '192.0.2.7', 'User-Agent': 'test/1' };
    await request(app)
      .post('/login')
      .set(from)
      .type('form')
      .send({ ...adm, password: 'wrong' });
    await request(app).post('/login').set(from).type('form').send(adm);
    expect(events).toMatchObject([
      { name: 'login.failed', ip: '192.0.2.7', userAgent: 'test/1', userId: 1 },
      { name: 'login.succeeded', ip: '192.0.2.7', userAgent: 'test/1', userId: 1 },
    ]);
  });

  it('does not let what one user proved vouch for another', async () => {
    const { app, passport, auth, users, browser } = make();
    app.post('/login', passport.authenticate('local', { session: false }), async (req, res, next) => {
      const bob = await users.findById(2);
      (req as Request).logIn(bob as Express.User, (error) => (error ? next(error) : res.send('in')));
    });
    app.get('/amr', requireAuth(auth) as RequestHandler, (req, res) => {
      res.json(Reflect.get(req, 'auth'));
    });
    await browser.post('/login', adm);
    expect((await browser.get('/amr')).body).toMatchObject({ sub: '2', amr: [] });
  });

  it('remembers what the user proved when the host signs the same user in', async () => {
    const { app, passport, auth, browser } = make();
    app.post('/login', passport.authenticate('local', { session: false }), (req, res, next) => {
      (req as Request).logIn(req.user as Express.User, (error) => (error ? next(error) : res.send('in')));
    });
    app.get('/amr', requireAuth(auth) as RequestHandler, (req, res) => {
      res.json(Reflect.get(req, 'auth'));
    });
    await browser.post('/login', adm);
    expect((await browser.get('/amr')).body).toMatchObject({ sub: '1', amr: ['pwd'] });
  });
});

describe('new LocalStrategy', () => {
  const auth = createAuth({ users: userTable(), secret: secretA, issuer });
  const verify = (): void => undefined;

  it.each([
    ['options and a verify function', [{ usernameField: 'mail' }, verify]],
    ['a verify function', [verify]],
    ['auth and a verify function', [auth, verify]],
    ['nothing', []],
    ['null', [null]],
    ['a text', ['local']],
    ['a list', [[auth]]],
  ])('refuses %s, and says what to write', (_what, given) => {
    const construct = (): unknown => Reflect.construct(LocalStrategy, given);
    expect(construct).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        option: 'LocalStrategy',
        message: expect.stringContaining('new LocalStrategy(auth, options)'),
      }),
    );
  });

  it.each([
    [{ usernameField: '' }, 'usernameField'],
    [{ usernameField: null }, 'usernameField'],
    [{ passwordField: 7 }, 'passwordField'],
    [{ passwordField: ['a'] }, 'passwordField'],
    [{ name: {} }, 'name'],
    [{ origins: 'https://shop.example' }, 'origins'],
    [{ passReqToCallback: true }, 'passReqToCallback'],
    [{ session: false }, 'session'],
  ])('refuses %j', (options, option) => {
    expect(() => new LocalStrategy(auth, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: `LocalStrategy.${option}` }),
    );
  });

  it('works as Passport calls it: through an object that inherits from it', async () => {
    const strategy = Object.create(new LocalStrategy(auth)) as LocalStrategy<Row>;
    const failed = new Promise((resolve) => {
      Object.assign(strategy, { fail: (...given: unknown[]) => resolve(given), error: resolve });
    });
    strategy.authenticate({ method: 'POST', headers: {}, body: {} });
    expect(await failed).toEqual([{ message: 'Missing credentials' }, 400]);
  });
});
