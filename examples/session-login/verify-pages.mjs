/** Confirming that an address is one's own. */

import { Router } from 'express';
import { deviceTokenOf, forgetDeviceToken } from './device-cookie.mjs';
import { contextOf, isDeadLink, problemsIn, typed } from './forms.mjs';

export function verifyPages(auth, { secure }) {
  const pages = Router();

  // Shows a button and does nothing else: programs that check mails for viruses open every link in them.
  pages.get('/users/verify', (request, response) => {
    const { token } = request.query;
    if (token === undefined) return response.render('verify-again', { email: '', problems: {} });
    response.render('verify', { token: typed(token), asksPassword: false, problems: {} });
  });

  pages.post('/users/verify', async (request, response) => {
    const { token, password } = request.body;
    const page = { token: typed(token), asksPassword: true, problems: {} };
    try {
      const context = { ...contextOf(request), deviceToken: deviceTokenOf(request) };
      const { status } = await auth.emails.verify({ token, password }, context);
      if (status !== 'verified') return response.render('verify', page);
    } catch (error) {
      if (isDeadLink(error)) return response.status(400).render('dead-link', { page: 'verify' });
      const { status, problems } = problemsIn(error, ['password'], 'password');
      return response.status(status).render('verify', { ...page, problems });
    }
    forgetDeviceToken(response, { secure });
    response.redirect(303, '/login?done=verified');
  });

  pages.get('/users/verify/again', (_request, response) => response.redirect('/users/verify'));

  pages.post('/users/verify/again', async (request, response) => {
    const { email } = request.body;
    try {
      await auth.emails.requestVerification({ email });
    } catch (error) {
      const { status, problems } = problemsIn(error, ['email']);
      return response.status(status).render('verify-again', { email: typed(email), problems });
    }
    response.render('check-inbox', { email: typed(email) });
  });

  return pages;
}
