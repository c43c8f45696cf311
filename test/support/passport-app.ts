/** A Passport application as its users write it, on Express 4 or 5. */

import express5 from 'express';
import session from 'express-session';
import express4 from 'express4';
import passportModule from 'passport';
import { authErrors, csrf, getAuth, requireAuth } from '../../src/express/index.ts';
import type { AuthCore } from '../../src/index.ts';
import { LocalStrategy, logOut, serializeSessions } from '../../src/passport/index.ts';
import type { Row } from './user-table.ts';

/** Both versions, for `describe.each`. */
export const expressVersions: readonly { readonly version: number; readonly express: typeof express5 }[] = [
  { version: 4, express: express4 as unknown as typeof express5 },
  { version: 5, express: express5 },
];

/** What {@link passportApp} makes. */
export interface PassportApp {
  readonly app: express5.Express;
  readonly store: session.Store;
}

/** The application, its session store and its Passport. */
export function passportApp(
  express: typeof express5,
  auth: AuthCore<Row>,
  options: { readonly store?: session.Store } = {},
): PassportApp {
  const passport = new passportModule.Passport();
  const store = options.store ?? new session.MemoryStore();
  const app = express();
  passport.use(new LocalStrategy(auth));
  serializeSessions(passport, auth);
  app.use(express.urlencoded({ extended: true }), express.json());
  app.use(session({ secret: 'for-tests-only', resave: false, saveUninitialized: false, store }));
  app.use(passport.session());
  app.post(
    '/login',
    passport.authenticate('local', {
      successRedirect: '/',
      failureRedirect: '/login?fail=true',
      failureMessage: true,
    }),
  );
  app.post('/api/login', passport.authenticate('local', { session: false }), (req, res) => {
    res.json({ id: (req.user as Row).key });
  });
  app.post('/logout', (req, res, next) => {
    logOut(req).then(() => res.redirect('/login'), next);
  });
  app.get('/messages', (req, res) => {
    res.json((req.session as { messages?: string[] }).messages ?? []);
  });
  app.get('/me', requireAuth(auth), (req, res) => {
    res.json({ id: String((req.user as Row).key), auth: getAuth(req), passport: req.isAuthenticated() });
  });
  app.get('/admin', requireAuth(auth, { role: 'admin' }), (_req, res) => {
    res.send('admin');
  });
  app.get('/page', requireAuth(auth, { redirectTo: '/login' }), (_req, res) => {
    res.send('page');
  });
  app.post('/orders', requireAuth(auth), (_req, res) => {
    res.send('ordered');
  });
  app.post('/host', csrf(), (_req, res) => {
    res.send('host');
  });
  app.use(authErrors());
  return { app, store };
}
