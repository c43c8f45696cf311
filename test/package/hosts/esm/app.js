/** The routes of a host, as an ES module. */

import session from 'express-session';
import { authErrors, getAuth, getToken, requireAuth, sessionLogin } from 'ostiary/express';
import { BearerStrategy, LocalStrategy, logOut, serializeSessions } from 'ostiary/passport';
import passportModule from 'passport';
import { accountRoutes } from '../account-routes.cjs';
import { slowRequest } from '../slow-request.cjs';
import { selfTest } from './self-test.js';

export const createApp = (express, { auth, table, inbox, hashes }) => {
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

  app.post('/login', passport.authenticate('local'), (req, res) => res.json({ user: req.user.name }));
  app.post('/logout', (req, res, next) => {
    logOut(req).then(() => res.sendStatus(204), next);
  });
  app.get('/private', requireAuth(auth), (req, res) => {
    const { via, sub, amr } = getAuth(req);
    res.json({ via, sub, amr, reads: table.reads });
  });

  app.post('/session', (req, res, next) => {
    const { username, password } = req.body;
    auth
      .login({ identifier: username, password })
      .then(({ user, authentication }) => signIn(req, user, authentication))
      .then(() => res.sendStatus(204), next);
  });
  app.delete('/session', (req, res, next) => {
    signOut(req).then(() => res.sendStatus(204), next);
  });
  app.post('/vouch', requireAuth(auth), (req, res, next) => {
    req.logIn(req.user, (error) => (error ? next(error) : res.sendStatus(204)));
  });

  const slow = slowRequest();
  app.post('/slow/begin', slow.begin);
  app.post('/slow/end', slow.end);

  app.post('/token', (req, res, next) => {
    const { username, password } = req.body;
    auth
      .login({ identifier: username, password })
      .then(({ user, authentication }) => auth.tokens.issue(user, { authentication }))
      .then((pair) => res.json(pair), next);
  });
  app.get('/orders', requireAuth(auth), (req, res) => {
    const { via, sub, amr } = getAuth(req);
    res.json({ via, sub, amr });
  });
  app.get('/profile', passport.authenticate('bearer', { session: false }), (req, res) => {
    res.json({ user: req.user.name, sub: req.authInfo.sub });
  });
  app.post('/revoke', requireAuth(auth), (req, res, next) => {
    auth.tokens.revoke(getToken(req)).then(() => res.sendStatus(204), next);
  });

  accountRoutes(app, { auth, inbox });
  app.get('/self-test', (_req, res, next) => {
    selfTest(hashes).then((results) => res.json(results), next);
  });
  app.use(authErrors());
  return app;
};
