/** Signing in and out. */

import { Router } from 'express';
import { safeRedirect } from 'ostiary/express';
import { logOut } from 'ostiary/passport';
import { typed } from './forms.mjs';

/** What somebody has done who is sent to the login, by the name in the URL. */
const notices = new Map([
  ['verified', 'Your e-mail address is confirmed. You can sign in now.'],
  ['reset', 'Your password has been changed. Sign in with the new one.'],
  ['closed', 'Your account has been closed.'],
]);

export function loginPages(passport) {
  const pages = Router();

  pages.get('/login', (request, response) => {
    if (request.isAuthenticated()) return response.redirect('/');
    response.render('login', {
      failed: request.query.fail === 'true',
      notice: notices.get(request.query.done),
      returnTo: safeRedirect(request.query.returnTo, '/'),
    });
  });

  pages.post('/login', (request, response, next) => {
    const { username, returnTo } = request.body;
    const answer = (error, user, info) => {
      if (error) return next(error);
      if (!user && info.message === 'Verification required') {
        return response.status(403).render('unverified', { email: typed(username) });
      }
      if (!user) return response.redirect(loginUrl({ failed: true, returnTo }));
      request.logIn(user, (problem) => {
        if (problem) return next(problem);
        response.redirect(safeRedirect(returnTo, '/'));
      });
    };
    passport.authenticate('local', answer)(request, response, next);
  });

  pages.post('/logout', (request, response, next) => {
    logOut(request).then(() => response.redirect('/login'), next);
  });

  return pages;
}

/** `/login`, with the page to go on to afterwards unless that is the home page. */
export function loginUrl({ failed = false, returnTo }) {
  const query = new URLSearchParams(failed ? { fail: 'true' } : {});
  // Never another site: the form hands in whatever the link to it said.
  const target = safeRedirect(returnTo, '/');
  if (target !== '/') query.set('returnTo', target);
  return query.size === 0 ? '/login' : `/login?${query}`;
}
