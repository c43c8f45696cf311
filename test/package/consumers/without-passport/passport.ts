/** Passport without types of its own: the application describes what it uses, and no request has a user. */

import type { Express, Request, RequestHandler } from 'express';
import { logIn, logOut, serializeSessions } from 'ostiary/passport';
import { auth } from '../shop/auth.js';
import type { Customer } from '../shop/customers.js';
import { ApiStrategy, bearer, FormStrategy, local } from '../shop/strategies.js';

interface Passport {
  use(strategy: { authenticate(request: never, options?: never): void }): Passport;
  authenticate(name: string, options?: object): RequestHandler;
  serializeUser(serialize: (...given: never[]) => void): void;
  deserializeUser(deserialize: (...given: never[]) => void): void;
}

export function mount(app: Express, passport: Passport, row: Customer): void {
  passport.use(local).use(bearer).use(new ApiStrategy()).use(new FormStrategy(auth));
  serializeSessions(passport, auth);
  app.post('/login', passport.authenticate('local', { successRedirect: '/', failureRedirect: '/login' }));
  app.post('/logout', (req, res, next) => {
    logOut(req).then(() => res.redirect('/login'), next);
  });
  app.post('/register', (req, res, next) => {
    logIn(req, row).then(() => res.redirect('/'), next);
  });
}

declare const request: Request;
// @ts-expect-error typed by @types/passport or by 'ostiary/express/augment', which are not here
request.user;
