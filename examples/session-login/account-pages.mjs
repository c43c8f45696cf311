/** What signed-in people do with their account: each time with their password, or with the link that was mailed. */

import { Router } from 'express';
import { AuthError } from 'ostiary';
import { logIn, logOut } from 'ostiary/passport';
import { contextOf, isDeadLink, problemsIn, typed } from './forms.mjs';

/** What has just been done, by the name in the URL. */
const notices = new Map([
  ['password', 'Your password has been changed. All other browsers are signed out.'],
  ['address', 'We have sent a message to the new address. Nothing changes before you open the link in it.'],
  ['email', 'Your e-mail address has been changed.'],
]);

export function accountPages(auth, signedIn) {
  const pages = Router();

  pages.get('/account', signedIn, (request, response) => {
    showAccount(request, response, { notice: notices.get(request.query.done) });
  });

  // A form that was refused is shown under these addresses.
  pages.get(['/account/password', '/account/address', '/account/close'], (_request, response) => {
    response.redirect('/account');
  });

  pages.post('/account/password', signedIn, async (request, response) => {
    const { currentPassword, newPassword } = request.body;
    try {
      const input = { user: request.user, currentPassword, newPassword };
      const { user, authentication } = await auth.passwords.change(input, contextOf(request));
      // Every session has ended, this browser's too: it gets a new one.
      await logIn(request, user, authentication);
    } catch (error) {
      const { status, problems } = problemsIn(error, ['currentPassword', 'newPassword'], 'currentPassword');
      return showAccount(request, response.status(status), { form: 'password', problems });
    }
    response.redirect(303, '/account?done=password');
  });

  pages.post('/account/address', signedIn, async (request, response) => {
    const { currentPassword, newEmail } = request.body;
    try {
      const input = { user: request.user, newEmail, currentPassword };
      await auth.emails.requestChange(input, contextOf(request));
    } catch (error) {
      const { status, problems } = problemsIn(error, ['currentPassword', 'newEmail'], 'currentPassword');
      return showAccount(request, response.status(status), { form: 'address', problems, newEmail });
    }
    // The same for an address that has an account already: its owner gets a mail that says so.
    response.redirect(303, '/account?done=address');
  });

  pages.post('/account/close', signedIn, async (request, response) => {
    const { currentPassword } = request.body;
    try {
      await auth.accounts.close({ user: request.user, currentPassword }, contextOf(request));
    } catch (error) {
      const { status, problems } = problemsIn(error, ['currentPassword'], 'currentPassword');
      return showAccount(request, response.status(status), { form: 'close', problems });
    }
    await logOut(request);
    response.redirect(303, '/login?done=closed');
  });

  // Shows a button and does nothing else: programs that check mails for viruses open every link in them. Who is not
  // signed in comes back after the login: the link alone proves a mailbox, which may be a stranger's by a mistyped letter.
  pages.get('/account/email', signedIn, (request, response) => {
    const token = typed(request.query.token);
    if (token === '') return response.status(400).render('dead-link', { page: 'email' });
    response.render('confirm-email', { token });
  });

  pages.post('/account/email', signedIn, async (request, response) => {
    const { token } = request.body;
    try {
      // `user`: whoever is signed in must be whose link it is.
      await auth.emails.confirmChange({ token, user: request.user }, contextOf(request));
    } catch (error) {
      if (isDeadLink(error)) return response.status(400).render('dead-link', { page: 'email' });
      if (!AuthError.is(error, 'ERR_ACCOUNT_IDENTIFIER_TAKEN')) throw error;
      return response.status(409).render('dead-link', { page: 'taken' });
    }
    response.redirect(303, '/account?done=email');
  });

  return pages;
}

/** The page with its three forms; `form` is the one that was refused. */
function showAccount(request, response, { notice, form, problems = {}, newEmail }) {
  const { name, email } = request.user;
  const problemsOf = (each) => (each === form ? problems : {});
  response.render('account', { name, email, notice, form, problemsOf, newEmail: typed(newEmail) });
}
