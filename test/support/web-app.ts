/** One small application, signed in to in three ways, on Express 4 and 5. */

import type express5 from 'express';
import type { NextFunction, Request, RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import { authErrors, getAuth, requireAuth, sessionLogin } from '../../src/express/index.ts';
import { type AuthCore, type AuthOptions, createAuth } from '../../src/index.ts';
import { LocalStrategy, logIn, logOut, serializeSessions } from '../../src/passport/index.ts';
import { BreakableSessions, type BreakableState, breakableState } from './breakable-stores.ts';
import { type Browser, browserOf } from './browser.ts';
import { type CountingHasher, countingHasher } from './counting-hasher.ts';
import { issuer, secretA } from './fixed-secret.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { expressVersions } from './passport-app.ts';
import { type Row, type UserTable, userTable } from './user-table.ts';

/** How the application signs people in and out. */
export type Adapter = 'LocalStrategy' | 'logIn' | 'sessionLogin';

/** Everything a test reaches for. */
export interface WebApp {
  readonly app: express5.Express;
  readonly auth: AuthCore<Row>;
  readonly users: UserTable;
  readonly hasher: CountingHasher;
  readonly state: BreakableState;
  readonly sessions: BreakableSessions;
  readonly clock: MovableClock;
  /** The errors that reached the end, in order. */
  readonly errors: unknown[];
  browser(cookie?: string): Browser;
  /** A browser that `adm` is signed in with. */
  signedIn(login?: string, password?: string): Promise<Browser>;
}

export interface WebAppOptions {
  readonly keep?: readonly string[];
  /** Awaited by `GET /slow` before it writes to the session. */
  readonly slow?: () => Promise<void>;
  /** Runs before everything of ours. */
  readonly before?: RequestHandler;
  readonly sessions?: AuthOptions<Row, object>['sessions'];
  readonly hasher?: CountingHasher;
}

/** The six applications, for `describe.each`. */
export const webApps: readonly {
  readonly adapter: Adapter;
  readonly version: number;
  make(options?: WebAppOptions): WebApp;
}[] = expressVersions.flatMap(({ version, express }) =>
  (['LocalStrategy', 'logIn', 'sessionLogin'] as const).map((adapter) => ({
    adapter,
    version,
    make: (options: WebAppOptions = {}) => webApp(express, adapter, options),
  })),
);

function webApp(express: typeof express5, adapter: Adapter, options: WebAppOptions): WebApp {
  const clock = movableClock();
  const state = breakableState();
  const hasher = options.hasher ?? countingHasher();
  const users = userTable(
    { key: 1, login: 'adm', hash: 'plain:1:123', roles: ['admin'] },
    { key: 2, login: 'bob', hash: 'plain:1:456', roles: ['administrator'] },
    { key: 3, login: 'gone', hash: 'plain:1:789', state: 'disabled' },
  );
  const auth = createAuth({
    ...{ users, secret: secretA, issuer, hasher, state, clock },
    ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
  });
  const sessions = new BreakableSessions();
  const errors: unknown[] = [];
  const app = express();
  // Wide open: what a parser lets through must be refused by us.
  app.use(express.urlencoded({ extended: true, limit: '5mb' }), express.json({ limit: '5mb' }));
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store: sessions }));
  if (options.before !== undefined) app.use(options.before);
  mountSignIn(app, adapter, auth, options.keep ?? []);
  mountPages(app, auth, options.slow ?? (async () => undefined));
  app.use((error: unknown, _req: Request, _res: express5.Response, next: NextFunction) => {
    errors.push(error);
    next(error);
  });
  app.use(authErrors());
  // Express' own answer would print the stack.
  app.use((error: unknown, _req: Request, res: express5.Response, next: NextFunction) => {
    const status: unknown = Reflect.get(Object(error) as object, 'status');
    if (res.headersSent) next();
    else res.status(typeof status === 'number' ? status : 500).send('failed');
  });
  const browser = (cookie?: string): Browser => browserOf(app, cookie);
  const signedIn = async (login = 'adm', password = '123'): Promise<Browser> => {
    const own = browser();
    const { status } = await own.post('/login', { username: login, password });
    if (status !== 200) throw new Error(`the login answered ${status}`);
    return own;
  };
  return { app, auth, users, hasher, state, sessions, clock, errors, browser, signedIn };
}

function mountSignIn(
  app: express5.Express,
  adapter: Adapter,
  auth: AuthCore<Row>,
  keep: readonly string[],
): void {
  const { signIn, signOut } = sessionLogin(auth, { keep });
  if (adapter !== 'sessionLogin') {
    const passport = new passportModule.Passport();
    passport.use(new LocalStrategy(auth));
    serializeSessions(passport, auth);
    app.use(passport.session());
    if (adapter === 'LocalStrategy') app.post('/login', passport.authenticate('local'));
  }
  app.post('/login', (req, res, next) => {
    const act = async (): Promise<void> => {
      if (adapter !== 'LocalStrategy') {
        const { username, password } = req.body ?? {};
        const result = await auth.login({ identifier: username, password }, { ip: req.ip });
        if (result.status !== 'signed-in') throw new Error(result.status);
        if (adapter === 'logIn') await logIn(req, result.user, result.authentication, { keep });
        else await signIn(req, result.user, result.authentication);
      }
      res.send('in');
    };
    act().catch(next);
  });
  const leave = adapter === 'sessionLogin' ? signOut : logOut;
  app.all('/logout', (req, res, next) => {
    leave(req).then(() => res.send('out'), next);
  });
}

function mountPages(app: express5.Express, auth: AuthCore<Row>, slow: () => Promise<void>): void {
  const data = (req: Request): Record<string, unknown> => req.session as unknown as Record<string, unknown>;
  app.get('/', (_req, res) => {
    res.send('home');
  });
  app.post('/data', (req, res) => {
    Object.assign(data(req), req.body);
    res.send('kept');
  });
  app.get('/data', (req, res) => {
    const { cookie, passport, ostiary, ...rest } = data(req);
    res.json(rest);
  });
  app.get('/me', requireAuth(auth), (req, res) => {
    res.json({ key: String((req.user as Row).key), auth: getAuth(req) });
  });
  app.all('/act', requireAuth(auth), (_req, res) => {
    res.send('done');
  });
  app.get('/slow', requireAuth(auth), (req, res, next) => {
    slow().then(() => {
      data(req)['visits'] = 1;
      res.send('slow');
    }, next);
  });
}
