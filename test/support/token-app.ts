/** One page behind guards and behind the strategy, for tokens and for sessions, on Express 4 or 5. */

import type express5 from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import request, { type Response } from 'supertest';
import {
  authErrors,
  getAuth,
  type RequireAuthOptions,
  requireAuth,
  sessionLogin,
} from '../../src/express/index.ts';
import type { IssueOptions, UserId } from '../../src/index.ts';
import { BearerStrategy, type BearerStrategyOptions } from '../../src/passport/index.ts';
import { type Browser, browserOf } from './browser.ts';
import { type Door, type DoorParts, door } from './door.ts';
import { type Row, userTable } from './user-table.ts';

export interface TokenApp extends Door {
  readonly app: express5.Express;
  /** The errors that reached the end, in order. */
  readonly errors: unknown[];
  /** A token of the user with this key. */
  token(key?: UserId, options?: IssueOptions): Promise<string>;
  /** Asks for a page; without a path the guarded one. */
  ask(headers?: Headers, asked?: { readonly method?: Method; readonly path?: string }): Promise<Response>;
  /** A browser that the user with this key is signed in with. */
  signedIn(key?: UserId): Promise<Browser>;
}

export interface TokenAppOptions {
  /** The guards of `/page`. */
  readonly guards?: readonly (RequireAuthOptions | undefined)[];
  /** Of the strategy in front of `/strategy`. */
  readonly strategy?: BearerStrategyOptions;
  readonly parts?: DoorParts<Door['hasher']>;
  /** Runs before everything of ours. */
  readonly before?: RequestHandler;
}

type Headers = Readonly<Record<string, string>>;
type Method = 'get' | 'head' | 'options' | 'post' | 'put' | 'patch' | 'delete';

/** The paths on which a token is asked for. */
export const guardedPaths = ['/page', '/strategy'] as const;

export function tokenApp(
  express: typeof express5,
  { guards = [undefined], strategy, parts, before }: TokenAppOptions = {},
): TokenApp {
  const made = door({
    table: userTable(
      { key: 1, login: 'adm', hash: null, roles: ['admin'] },
      { key: 2, login: 'bob', hash: null, roles: ['administrator'] },
      { key: 3, login: 'gone', hash: null },
    ),
    tokens: { scopes: (_user, requested) => requested },
    ...parts,
  });
  const { auth, table } = made;
  const app = express();
  const errors: unknown[] = [];
  app.use(express.json(), express.urlencoded({ extended: true }));
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }));
  app.post('/login/:key', (req, res, next) => {
    const row = rowOf(Number(req.params.key));
    sessionLogin(auth)
      .signIn(req, row)
      .then(() => res.send('in'), next);
  });
  if (before !== undefined) app.use(before);
  app.all('/page', ...guards.map((options) => requireAuth(auth, options) as RequestHandler), (req, res) => {
    res.json({ user: req.user ?? null, auth: getAuth(req) ?? null });
  });
  const passport = new passportModule.Passport();
  passport.use(new BearerStrategy(auth, { ...strategy, name: 'bearer' }));
  app.all('/strategy', passport.authenticate('bearer', { session: false }), (req, res) => {
    res.json({ user: req.user ?? null, auth: req.authInfo });
  });
  app.use(((error, _req, _res, next) => {
    errors.push(error);
    next(error);
  }) as ErrorRequestHandler);
  app.use(authErrors());
  app.use(((_error, _req, res, _next) => {
    res.status(500).send('failed');
  }) as ErrorRequestHandler);

  const rowOf = (key: UserId): Row => {
    const row = table.rows.find((each) => each.key === key);
    if (row === undefined) throw new Error(`there is no user ${key}`);
    return row;
  };
  return {
    ...made,
    app,
    errors,
    token: async (key = 1, options = {}) => (await auth.tokens.issue(rowOf(key), options)).accessToken,
    ask: async (headers = {}, { method = 'get', path = '/page' } = {}) =>
      request(app)
        [method](path)
        .set({ ...headers }),
    signedIn: async (key = 1) => {
      const browser = browserOf(app);
      await browser.post(`/login/${key}`);
      return browser;
    },
  };
}

/** The header that shows a token. */
export function shown(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}
