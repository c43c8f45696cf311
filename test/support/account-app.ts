/** An application with a login and a page for a new password, signed in to in three ways. */

import type express5 from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import passportModule from 'passport';
import { authErrors, requireAuth, sessionLogin } from '../../src/express/index.ts';
import type { Authentication } from '../../src/index.ts';
import { LocalStrategy, logIn, serializeSessions } from '../../src/passport/index.ts';
import type { AccountDoor } from './account-door.ts';
import { BreakableSessions } from './breakable-stores.ts';
import { type Browser, browserOf } from './browser.ts';
import { rightPassword } from './door.ts';
import { expressVersions } from './passport-app.ts';
import type { Row } from './user-table.ts';

export interface AccountApp {
  readonly app: express5.Express;
  readonly sessions: BreakableSessions;
  browser(cookie?: string): Browser;
  /** A browser that alice is signed in with. */
  signedIn(password?: string): Promise<Browser>;
}

export const identifier = 'alice@shop.example';

/** The six applications, for `describe.each`. */
export const accountApps: readonly {
  readonly adapter: string;
  readonly version: number;
  make(door: AccountDoor): AccountApp;
}[] = expressVersions.flatMap(({ version, express }) =>
  (['LocalStrategy', 'logIn', 'sessionLogin'] as const).map((adapter) => ({
    adapter,
    version,
    make: (door: AccountDoor) => accountApp(express, adapter, door),
  })),
);

type SignIn = (req: Request, user: Row, authentication?: Authentication) => Promise<void>;

function accountApp(express: typeof express5, adapter: string, { auth }: AccountDoor): AccountApp {
  const app = express();
  const sessions = new BreakableSessions();
  app.use(express.urlencoded({ extended: true }), express.json());
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store: sessions }));
  const passport = new passportModule.Passport();
  if (adapter !== 'sessionLogin') {
    passport.use(new LocalStrategy(auth, { usernameField: 'identifier' }));
    serializeSessions(passport, auth);
    app.use(passport.session());
  }
  const signIn: SignIn = adapter === 'sessionLogin' ? sessionLogin(auth).signIn : logIn;
  if (adapter === 'LocalStrategy') {
    app.post('/login', passport.authenticate('local'), (_req, res) => {
      res.send('in');
    });
  }
  app.post(
    '/login',
    handler(async (req, res) => {
      const result = await auth.login(req.body, { ip: req.ip });
      if (result.status !== 'signed-in') {
        res.status(401).send('Unauthorized');
        return;
      }
      await signIn(req, result.user, result.authentication);
      res.send('in');
    }),
  );
  app.post(
    '/hasty-login',
    handler(async (req, res) => {
      // A host that does not look at the status.
      const result = (await auth.login(req.body)) as { user: Row; authentication: Authentication };
      await signIn(req, result.user, result.authentication);
      res.send('in');
    }),
  );
  app.post(
    '/password',
    requireAuth(auth),
    handler(async (req, res) => {
      const { user, authentication } = await auth.passwords.change({ ...req.body, user: req.user });
      await signIn(req, user, authentication);
      res.send('changed');
    }),
  );
  app.get('/me', requireAuth(auth), (req, res) => {
    res.json({ key: (req.user as Row).key });
  });
  app.use(authErrors());
  const browser = (cookie?: string): Browser => browserOf(app, cookie);
  const signedIn = async (password = rightPassword): Promise<Browser> => {
    const own = browser();
    const { status } = await own.post('/login', { identifier, password });
    if (status !== 200) throw new Error(`the login answered ${status}`);
    return own;
  };
  return { app, sessions, browser, signedIn };
}

function handler(act: (req: Request, res: Response) => Promise<void>): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    act(req, res).catch(next);
  };
}
