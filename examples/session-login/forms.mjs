/** What the forms have in common: reading what was typed, and showing a form again with what is wrong in it. */

import { AuthError } from 'ostiary';

const statuses = {
  ERR_INPUT_INVALID: 400,
  ERR_LOGIN_REJECTED: 422,
  ERR_ACCOUNT_PASSWORD_UNACCEPTABLE: 422,
};

/** A field to be written into a page again. One that came twice is a list, and is not. */
export function typed(value) {
  return typeof value === 'string' ? value : '';
}

/** Where a request came from, for the events of ostiary. */
export function contextOf(request) {
  return { ip: request.ip, userAgent: request.get('user-agent') };
}

/**
 * The status and the problem of each field. `passwordField` is the one that a wrong password belongs to. What no field
 * of the form can mend is thrown on, and becomes the error page.
 */
export function problemsIn(error, fields, passwordField) {
  if (!AuthError.is(error)) throw error;
  const isWrongPassword = error.code === 'ERR_LOGIN_REJECTED' && passwordField !== undefined;
  const problems = isWrongPassword ? { [passwordField]: 'is not the right one' } : error.fields;
  if (!fields.some((name) => problems?.[name] !== undefined)) throw error;
  return { status: statuses[error.code] ?? 400, problems };
}

/** Whether a link out of a mail does not work, or not any more. */
export function isDeadLink(error) {
  if (AuthError.is(error, 'ERR_ACCOUNT_LINK_INVALID')) return true;
  return AuthError.is(error, 'ERR_INPUT_INVALID') && error.fields.token !== undefined;
}
