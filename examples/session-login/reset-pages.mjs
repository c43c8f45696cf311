/** Replacing a forgotten password. */

import { Router } from 'express';
import { contextOf, isDeadLink, problemsIn, typed } from './forms.mjs';

export function resetPages(auth) {
  const pages = Router();

  pages.get('/users/forgot', (_request, response) => {
    response.render('forgot', { identifier: '', problems: {} });
  });

  pages.post('/users/forgot', async (request, response) => {
    const { identifier } = request.body;
    try {
      await auth.passwords.requestReset({ identifier }, contextOf(request));
    } catch (error) {
      const { status, problems } = problemsIn(error, ['identifier']);
      return response.status(status).render('forgot', { identifier: typed(identifier), problems });
    }
    // The same whether there is such an account or not.
    response.render('forgot-sent', { identifier: typed(identifier) });
  });

  // Shows a form and does nothing else: programs that check mails for viruses open every link in them.
  pages.get('/users/reset', (request, response) => {
    const token = typed(request.query.token);
    if (token === '') return response.status(400).render('dead-link', { page: 'reset' });
    response.render('reset', { token, problems: {} });
  });

  pages.post('/users/reset', async (request, response) => {
    const { token, newPassword } = request.body;
    try {
      await auth.passwords.reset({ token, newPassword }, contextOf(request));
    } catch (error) {
      if (isDeadLink(error)) return response.status(400).render('dead-link', { page: 'reset' });
      // The link works on: a password that is refused does not use it.
      const { status, problems } = problemsIn(error, ['newPassword']);
      return response.status(status).render('reset', { token: typed(token), problems });
    }
    // Nobody is signed in by a link: whoever reads the mail still has to know the password.
    response.redirect(303, '/login?done=reset');
  });

  return pages;
}
