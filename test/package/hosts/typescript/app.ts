/** The routes of a host, in TypeScript. */

import express, { type Express } from 'express';
import session from 'express-session';
import { AuthError } from 'ostiary';
import { authErrors, getAuth, getToken, requireAuth, sessionLogin } from 'ostiary/express';
import { BearerStrategy, LocalStrategy, logOut, serializeSessions } from 'ostiary/passport';
import passportModule from 'passport';
import { accountRoutes } from './account-routes.js';
import type { Door } from './auth.js';
import type { Customer } from './customer-table.js';
import { selfTest } from './self-test.js';
import { slowRequest } from './slow-request.js';

export function createApp(door: Door): Express {
  const { auth, table } = door;
  const passport = new passportModule.Passport();
  passport.use(new LocalStrategy(auth));
  passport.use(new BearerStrategy(auth));
  serializeSessions(passport, auth);
  const { signIn, signOut } = sessionLogin(auth);

  const app = express();
  app.use((_req, _res, next) => {
    table.reads = 0;
    next();
  });
  app.use(express.json(), express.urlencoded({ extended: false }));
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }));
  app.use(passport.session());

  app.post('/login', passport.authenticate('local'), (req, res) => {
    res.json({ user: (req.user as Customer).name });
  });
  app.post('/logout', (req, res, next) => {
    logOut(req).then(() => res.sendStatus(204), next);
  });
  app.get('/private', requireAuth(auth), (req, res) => {
    const found = getAuth(req);
    res.json({ via: found?.via, sub: found?.sub, amr: found?.amr, reads: table.reads });
  });

  app.post('/session', async (req, res) => {
    const { user, authentication } = await logIn(req.body);
    await signIn(req, user, authentication);
    res.sendStatus(204);
  });
  app.delete('/session', async (req, res) => {
    await signOut(req);
    res.sendStatus(204);
  });
  app.post('/vouch', requireAuth(auth), (req, res, next) => {
    req.logIn(req.user as Customer, (error) => (error ? next(error) : res.sendStatus(204)));
  });

  const slow = slowRequest();
  app.post('/slow/begin', slow.begin);
  app.post('/slow/end', slow.end);

  app.post('/token', async (req, res) => {
    const { user, authentication } = await logIn(req.body);
    res.json(await auth.tokens.issue(user, { authentication }));
  });
  app.get('/orders', requireAuth(auth), (req, res) => {
    const found = getAuth(req);
    res.json({ via: found?.via, sub: found?.sub, amr: found?.amr });
  });
  app.get('/profile', passport.authenticate('bearer', { session: false }), (req, res) => {
    res.json({ user: (req.user as Customer).name, sub: Reflect.get(req.authInfo ?? {}, 'sub') });
  });
  app.post('/revoke', requireAuth(auth), async (req, res) => {
    await auth.tokens.revoke(getToken(req));
    res.sendStatus(204);
  });

  app.use(accountRoutes(door));
  app.get('/self-test', async (_req, res) => {
    res.json(await selfTest());
  });
  app.use(authErrors());
  return app;

  async function logIn(body: { readonly username: string; readonly password: string }) {
    const result = await auth.login({ identifier: body.username, password: body.password });
    if (result.status !== 'signed-in') throw new AuthError('ERR_LOGIN_REJECTED', result.status);
    return result;
  }
}
