/** The answers to what is refused, in the words of the tutorial, and to faults. */

import { STATUS_CODES } from 'node:http';

/** What is answered with 401. Why a login failed, or what is wrong with a token, helps only those who forge. */
const refusals = {
  ERR_LOGIN_REJECTED: 'Invalid login!',
  ERR_TOKEN_MISSING: 'No token provided.',
  ERR_TOKEN_INVALID: 'Failed to authenticate token.',
  ERR_TOKEN_EXPIRED: 'Failed to authenticate token.',
  ERR_TOKEN_REVOKED: 'Failed to authenticate token.',
  ERR_TOKEN_REUSED: 'Failed to authenticate token.',
};

export function refuseWith(issuer) {
  return function refuse(error, _request, response, next) {
    const message = refusals[error.code];
    if (message === undefined) return next(error);
    response.set({ 'WWW-Authenticate': `Bearer realm="${issuer}"`, ...error.headers });
    response.status(401).json({ auth: false, message });
  };
}

/** Anything else that went wrong. Express' errors of malformed requests carry a status of 400 and more. */
export function showFault(error, _request, response, next) {
  if (response.headersSent) return next(error);
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  response.status(status).json({ message: STATUS_CODES[status] });
}
