import type { ErrorRequestHandler, RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { authErrors, requireAuth } from '../../src/express/index.ts';
import { AuthError, createAuth } from '../../src/index.ts';
import {
  BearerStrategy,
  type BearerStrategyOptions,
  fromBearer,
  fromCookie,
  fromHeader,
  LocalStrategy,
  logIn,
  serializeSessions,
  type TokenAuth,
} from '../../src/passport/index.ts';
import { browserOf } from '../support/browser.ts';
import { type DoorParts, door } from '../support/door.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { expressVersions } from '../support/passport-app.ts';
import { shown } from '../support/token-app.ts';
import { type Row, userTable } from '../support/user-table.ts';

const realm = `Bearer realm="${issuer}"`;
const invalid = `${realm}, error="invalid_token"`;

describe.each(expressVersions)('BearerStrategy on Express $version', ({ express }) => {
  const make = (
    options?: BearerStrategyOptions,
    { parts = {}, given = {} }: { parts?: DoorParts<never>; given?: Partial<TokenAuth<Row>> } = {},
  ) => {
    const table = userTable(
      { key: 1, login: 'adm', hash: 'plain:1:123' },
      { key: 2, login: 'bob', hash: null },
    );
    const made = door({ ...parts, table });
    const { auth } = made;
    const passport = new passportModule.Passport();
    const strategy = new BearerStrategy({ ...auth, ...given }, options);
    passport.use(strategy);
    passport.use(new LocalStrategy(auth));
    serializeSessions(passport, auth);
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
    const errors: unknown[] = [];
    const route = (...handlers: RequestHandler[]) => {
      app.all('/', ...handlers, (req, res) => {
        res.json({ key: (req.user as Row | undefined)?.key ?? null, info: req.authInfo });
      });
      app.use(((error, _req, _res, next) => {
        errors.push(error);
        next(error);
      }) as ErrorRequestHandler);
      app.use(authErrors());
      app.use(((error, _req, res, _next) => {
        res.status(error?.status ?? 500).send('failed');
      }) as ErrorRequestHandler);
      return app;
    };
    const token = async (key = 1) => {
      const row = table.rows.find((each) => each.key === key) as Row;
      return (await auth.tokens.issue(row)).accessToken;
    };
    const ask = async (headers: Record<string, string> = {}) => request(app).get('/').set(headers);
    return { ...made, table, passport, strategy, app, route, token, ask, errors };
  };
  const stateless = { session: false } as const;
  const plain = (...given: Parameters<typeof make>) => {
    const made = make(...given);
    made.route(made.passport.authenticate(made.strategy.name, stateless));
    return made;
  };

  it('loads the user, and hands the claims on', async () => {
    const { ask, token } = plain();
    const { status, body, headers } = await ask(shown(await token()));
    expect([status, body.key, headers['set-cookie']]).toEqual([200, 1, undefined]);
    expect(body.info).toMatchObject({ sub: '1', idt: 'n', iss: issuer, aud: issuer });
  });

  it('challenges a request without a token', async () => {
    const { status, headers, text } = await plain().ask();
    expect([status, headers['www-authenticate'], text]).toEqual([401, realm, 'Unauthorized']);
  });

  it('challenges a request with a bad token', async () => {
    const { ask, token, auth, clock } = plain();
    const [revoked, old] = [await token(), await token()];
    await auth.tokens.revoke(revoked);
    const answers = [await ask(shown('a.b.c')), await ask(shown(revoked))];
    clock.advance(300);
    answers.push(await ask(shown(old)), await ask({ Authorization: 'Bearer' }));
    for (const { status, headers } of answers) {
      expect([status, headers['www-authenticate']]).toEqual([401, invalid]);
    }
  });

  it.each([
    ['is gone', (rows: Row[]) => rows.splice(0)],
    ['is disabled', (rows: Row[]) => Object.assign(rows[0] ?? {}, { state: 'disabled' })],
    ['is pending', (rows: Row[]) => Object.assign(rows[0] ?? {}, { state: 'pending' })],
    ['has the id of another type', (rows: Row[]) => Object.assign(rows[0] ?? {}, { key: '1' })],
  ])('challenges a token whose user %s', async (_what, change) => {
    const { ask, token, table } = plain();
    const text = await token();
    change(table.rows);
    const { status, headers } = await ask(shown(text));
    expect([status, headers['www-authenticate']]).toEqual([401, invalid]);
  });

  it('answers two different tokens with 400', async () => {
    const { ask } = plain({ from: [fromBearer(), fromHeader('x-access-token')] });
    const { status, text } = await ask({ ...shown('a'), 'x-access-token': 'b' });
    expect([status, text]).toEqual([400, 'Bad Request']);
  });

  it('says 503 while the state store is down, unless it is told to accept', async () => {
    const [strict, lenient] = [plain(), plain({ ifStateUnavailable: 'accept' })];
    for (const { state } of [strict, lenient]) state.failing.add('get');
    const refused = await strict.ask(shown(await strict.token().catch(() => 'a.b.c')));
    expect(refused.status).toBe(401);
    const tokens = await Promise.all(
      [strict, lenient].map(async ({ token, state }) => {
        state.failing.delete('get');
        const text = await token();
        state.failing.add('get');
        return text;
      }),
    );
    const down = await strict.ask(shown(tokens[0] ?? ''));
    expect([down.status, down.headers['retry-after'], down.body.code]).toEqual([
      503,
      '1',
      'ERR_STATE_UNAVAILABLE',
    ]);
    expect((await lenient.ask(shown(tokens[1] ?? ''))).body.key).toBe(1);
    expect(lenient.events.at(-1)).toMatchObject({ name: 'token.accepted-unchecked', userId: 1 });
  });

  it('reports what the table throws, once', async () => {
    const { ask, token, table, errors } = plain();
    const text = await token();
    const fault = new Error('the table is gone');
    table.findById = () => Promise.reject(fault);
    expect([(await ask(shown(text))).status, errors]).toEqual([500, [fault]]);
  });

  it('reports what a service of the host’s throws, whatever it is', async () => {
    const tokens = { verify: () => Promise.reject(undefined) };
    const { ask, errors } = plain({}, { given: { tokens } });
    expect([(await ask(shown('a'))).status, errors]).toEqual([500, [expect.any(Error)]]);
  });

  it('challenges where a service of the host’s answers no subject', async () => {
    const tokens = { verify: async () => ({}) };
    const { ask } = plain({}, { given: { tokens } });
    expect((await ask(shown('a'))).headers['www-authenticate']).toBe(invalid);
  });

  describe('what Passport users expect', () => {
    it.each([
      ['no token', {}, [null, false, realm, 401]],
      ['a bad token', { Authorization: 'Bearer a.b.c' }, [null, false, invalid, 401]],
      [
        'two tokens',
        { Authorization: 'Bearer a', 'x-access-token': 'b' },
        [null, false, `${realm}, error="invalid_request"`, 400],
      ],
    ])('hands %s to a callback', async (_what, headers, expected) => {
      const { app, passport, ask } = make({ from: [fromBearer(), fromHeader('x-access-token')] });
      const heard: unknown[] = [];
      app.get('/', (req, res, next) => {
        const answer = (...told: unknown[]): void => {
          heard.push(told);
          res.end();
        };
        (passport.authenticate('bearer', answer) as RequestHandler)(req, res, next);
      });
      await ask(headers);
      expect(heard).toEqual([expected]);
    });

    it('fails with an error when asked to', async () => {
      const { route, passport, ask } = make();
      route(passport.authenticate('bearer', { ...stateless, failWithError: true }));
      const { status, headers } = await ask(shown('a.b.c'));
      expect([status, headers['www-authenticate']]).toEqual([401, invalid]);
    });

    it('lets the next strategy try when there is no token', async () => {
      const { route, passport, app } = make();
      route(passport.authenticate(['bearer', 'local'], stateless));
      const sent = request(app).post('/').type('form').send({ username: 'adm', password: '123' });
      expect((await sent).body.key).toBe(1);
    });

    it('works for two strategies under two names', async () => {
      const { route, passport, auth, ask, token } = make();
      passport.use(new BearerStrategy(auth, { name: 'cookie', from: fromCookie('token') }));
      route(passport.authenticate(['bearer', 'cookie'], stateless));
      const text = await token(2);
      expect((await ask({ Cookie: `token=${text}` })).body.key).toBe(2);
      expect((await ask(shown(text))).body.key).toBe(2);
      const { status, headers } = await ask();
      expect([status, headers['www-authenticate']]).toEqual([401, `${realm}, ${realm}`]);
    });

    it('lets transformAuthInfo write to the claims of this request', async () => {
      const { route, passport, ask, token } = make();
      passport.transformAuthInfo(
        (info: { sub: string; seen?: boolean }, done: (...given: unknown[]) => void) => {
          const seen = info.seen === true;
          info.seen = true;
          done(null, { seen });
        },
      );
      route(passport.authenticate('bearer', stateless));
      const headers = shown(await token());
      for (const _time of [1, 2]) expect((await ask(headers)).body.info).toEqual({ seen: false });
    });
  });

  it('never delivers one request’s user to another on a shared instance', async () => {
    const waiting = new Map<unknown, () => void>();
    let arrived = (): void => undefined;
    const { table, route, passport, strategy, ask, token } = make();
    const tokens = [await token(1), await token(2)] as const;
    route(passport.authenticate(strategy as never, stateless));
    const { findById } = table;
    table.findById = (id) =>
      new Promise((resolve, reject) => {
        waiting.set(id, () => findById(id).then(resolve, reject));
        arrived();
      });
    const loading = (count: number) =>
      new Promise<void>((resolve) => {
        arrived = () => waiting.size === count && resolve();
        arrived();
      });
    const first = ask(shown(tokens[0])).then(({ body }) => ['adm', body.key]);
    await loading(1);
    const second = ask(shown(tokens[1])).then(({ body }) => ['bob', body.key]);
    await loading(2);
    waiting.get(1)?.();
    expect(await Promise.race([first, second])).toEqual(['adm', 1]);
    waiting.get(2)?.();
    expect(await second).toEqual(['bob', 2]);
  });

  describe('a session', () => {
    const refused = {
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining("passport.authenticate('bearer', { session: false })"),
    };

    it('is not made of a token', async () => {
      const { route, passport, token, app, errors, auth } = make();
      app.get('/me', requireAuth(auth) as RequestHandler, (_req, res) => {
        res.send('in');
      });
      route(passport.authenticate('bearer'));
      const browser = browserOf(app);
      expect((await browser.get('/', shown(await token()))).status).toBe(500);
      expect(errors).toMatchObject([refused]);
      expect((await browser.get('/me')).status).toBe(401);
    });

    it('is not made over serializers of the host’s own either', async () => {
      const { route, token, app, ask, errors, auth } = make();
      const own = new passportModule.Passport();
      own.use(new BearerStrategy(auth));
      own.serializeUser((_user, done) => done(null, 1));
      app.use(own.initialize());
      route(own.authenticate('bearer'));
      expect((await ask(shown(await token()))).status).toBe(500);
      expect(errors).toMatchObject([refused]);
    });

    it('is made when the host says so in so many words', async () => {
      const { route, passport, token, app, auth } = make();
      app.get('/me', requireAuth(auth) as RequestHandler, (_req, res) => {
        res.send('in');
      });
      route(passport.authenticate('bearer', stateless), (req, _res, next) => {
        logIn(req, req.user, { methods: [], at: 0 }).then(() => next(), next);
      });
      const browser = browserOf(app);
      expect((await browser.get('/', shown(await token()))).status).toBe(200);
      expect((await browser.get('/me')).status).toBe(200);
    });

    it('of somebody who logs in by password beside is made', async () => {
      const { route, passport, app } = make();
      route(passport.authenticate(['bearer', 'local']));
      const sent = request(app).post('/').type('form').send({ username: 'adm', password: '123' });
      expect((await sent).headers['set-cookie']).toHaveLength(1);
    });
  });
});

describe('new BearerStrategy', () => {
  const auth = createAuth({ users: userTable(), secret: secretA, issuer });
  const verify = (): void => undefined;

  it.each([
    ['options and a verify function', [{ secretOrKey: 'x' }, verify]],
    ['a verify function', [verify]],
    ['auth and a verify function', [auth, verify]],
    ['nothing', []],
    ['null', [null]],
    ['a text', ['bearer']],
    ['a list', [[auth]]],
  ])('refuses %s, and says what to write', (_what, given) => {
    expect(() => Reflect.construct(BearerStrategy, given)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        option: 'BearerStrategy',
        message: expect.stringContaining('new BearerStrategy(auth, options)'),
      }),
    );
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ from: [] }, 'from'],
    [{ from: 'header' }, 'from'],
    [{ maxStaleness: '5' }, 'maxStaleness'],
    [{ maxStaleness: undefined }, 'maxStaleness'],
    [{ ifStateUnavailable: 'pass' }, 'ifStateUnavailable'],
    [{ origins: 'https://shop.example' }, 'origins'],
    [{ passReqToCallback: true }, 'passReqToCallback'],
    [{ scope: 'read' }, 'scope'],
    [{ session: false }, 'session'],
  ])('refuses %j', (options, option) => {
    expect(() => new BearerStrategy(auth, options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: `BearerStrategy.${option}` }),
    );
  });

  it('refuses to do without users', () => {
    const { tokens } = auth;
    expect(() => new BearerStrategy({ issuer, tokens } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'users' }),
    );
  });

  it('works as Passport calls it: through an object that inherits from it', async () => {
    const strategy = Object.create(new BearerStrategy(auth)) as BearerStrategy<Row>;
    const failed = new Promise((resolve) => {
      Object.assign(strategy, { fail: (...given: unknown[]) => resolve(given), error: resolve });
    });
    strategy.authenticate({ method: 'GET', headers: {} });
    expect(await failed).toEqual([realm, 401]);
  });

  it('goes on after a callback that throws what it is handed', async () => {
    const tokens = { verify: () => Promise.reject(new AuthError('ERR_STATE_UNAVAILABLE', 'down')) };
    const strategy = Object.create(new BearerStrategy({ ...auth, tokens })) as BearerStrategy<Row>;
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    Object.assign(strategy, {
      error: (problem: unknown) => {
        throw problem;
      },
    });
    strategy.authenticate({ method: 'GET', headers: { authorization: 'Bearer a' } });
    expect(await warned).toMatchObject({ code: 'OSTIARY_CALLBACK_FAILED' });
  });
});
