/** Passport as @types/passport describes it. */

import { type Express, Router } from 'express';
import { logIn, logOut, serializeSessions } from 'ostiary/passport';
import passport from 'passport';
import { auth } from '../shop/auth.js';
import type { Customer } from '../shop/customers.js';
import { ApiStrategy, bearer, FormStrategy, local } from '../shop/strategies.js';

passport.use(local);
passport.use(bearer).use('form', new FormStrategy(auth));
passport.use(new ApiStrategy());
serializeSessions(passport, auth);
const own = new passport.Passport();
serializeSessions(own, auth);
export const strategy: passport.Strategy = local;

export function mount(app: Express): void {
  app.use(passport.session());
  app.post('/login', passport.authenticate('local', { successRedirect: '/', failureRedirect: '/login' }));
  app.get('/orders', passport.authenticate('bearer', { session: false }), (req, res) => {
    res.json([(req.user as Customer).customerId]);
  });
  app.use(
    Router().post('/logout', (req, res, next) => {
      logOut(req).then(() => res.redirect('/login'), next);
    }),
  );
  app.post('/register', (req, res, next) => {
    const row: Customer = { customerId: 1, mail: '', pwd: null, status: 'active' };
    logIn(req, row, { methods: ['pwd'], at: 7 }, { keep: ['cart'] }).then(() => res.redirect('/'), next);
  });
}
