/** Opening an account. */

import { Router } from 'express';
import { InputError } from 'ostiary';
import { keepDeviceToken } from './device-cookie.mjs';
import { contextOf, problemsIn, typed } from './forms.mjs';

export function signUpPages(auth, { secure, verifyLifetime }) {
  const pages = Router();

  pages.get('/users/signup', (request, response) => {
    if (request.isAuthenticated()) return response.redirect('/');
    response.render('sign-up', { name: '', email: '', problems: {} });
  });

  pages.post('/users/signup', async (request, response) => {
    const { name, email, password } = request.body;
    try {
      const profile = { name: checkedName(name) };
      const { deviceToken } = await auth.register({ email, password, profile }, contextOf(request));
      keepDeviceToken(response, deviceToken, { secure, seconds: verifyLifetime });
    } catch (error) {
      const { status, problems } = problemsIn(error, ['name', 'email', 'password']);
      return response.status(status).render('sign-up', { name: typed(name), email: typed(email), problems });
    }
    // The same for an address that has an account already: its owner gets a mail that says so. And nobody is signed in.
    response.render('check-inbox', { email: typed(email) });
  });

  return pages;
}

/** One line that can be read: it stands on pages for others, and in mails to its owner. */
function checkedName(name) {
  const text = typed(name).trim();
  if (text === '') throw new InputError({ name: 'is missing' });
  if ([...text].length > 60) throw new InputError({ name: 'may have up to 60 characters' });
  if (/[\p{Control}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text)) {
    throw new InputError({ name: 'must be one line of text' });
  }
  return text;
}
