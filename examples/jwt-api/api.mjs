/** The routes. They are a function of `auth`, so that a test can hand in one of its own. */

import { STATUS_CODES } from 'node:http';
import express from 'express';
import { AuthError } from 'ostiary';
import { authErrors, fromBearer, fromHeader, getToken, requireAuth } from 'ostiary/express';

/** Where clients put the token: in a header, never in the URL, which ends up in logs. */
const from = [fromBearer(), fromHeader('x-access-token')];

/** What is answered with 401. Why a login failed, or what is wrong with a token, helps only those who forge. */
const refusals = {
  ERR_LOGIN_REJECTED: 'Invalid login!',
  ERR_INPUT_INVALID: 'Invalid login!',
  ERR_TOKEN_MISSING: 'No token provided.',
  ERR_TOKEN_INVALID: 'Failed to authenticate token.',
  ERR_TOKEN_EXPIRED: 'Failed to authenticate token.',
  ERR_TOKEN_REVOKED: 'Failed to authenticate token.',
};

const signedOut = { auth: false, token: null };

const clients = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
];

export function createApi(auth) {
  const signedIn = requireAuth(auth, { from });
  const app = express();
  app.disable('x-powered-by');
  // In production, behind a proxy that ends TLS: app.set('trust proxy', 1).
  app.use(keepNothing);

  app.get('/', (_request, response) => {
    response.json({ message: 'Everything is okay!' });
  });

  app.post('/login', express.json(), async (request, response, next) => {
    try {
      const { user, password } = request.body ?? {};
      const login = await auth.login({ identifier: user, password }, { ip: request.ip });
      if (login.status !== 'signed-in') throw new AuthError('ERR_LOGIN_REJECTED', login.status);
      const { accessToken } = await auth.tokens.issue(login.user, { authentication: login.authentication });
      response.json({ auth: true, token: accessToken });
    } catch (error) {
      next(error);
    }
  });

  app
    .route(['/clientes', '/clients'])
    .all(signedIn) // all, so that neither HEAD nor OPTIONS is a way in
    .get((_request, response) => {
      response.json(clients);
    });

  app.post(
    '/logout',
    signedIn,
    async (request, response, next) => {
      try {
        await auth.tokens.revoke(getToken(request));
        response.json(signedOut);
      } catch (error) {
        next(error);
      }
    },
    // Without a token, or with a bad one, there is nothing to end.
    (error, _request, response, next) => {
      if (error.status !== 401) return next(error);
      response.json(signedOut);
    },
  );

  app.use((_request, response) => {
    response.status(404).json({ message: STATUS_CODES[404] });
  });
  app.use(refuseWith(auth.issuer));
  app.use(authErrors()); // what is left of ours: 400 for two different tokens, 429, 503
  app.use(showFault);
  return app;
}

/** What is answered is for one client at one time: a login's answer holds a key (RFC 6749 §5.1). */
function keepNothing(_request, response, next) {
  response.set('Cache-Control', 'no-store');
  next();
}

function refuseWith(issuer) {
  return function refuse(error, _request, response, next) {
    // A login that is no JSON is refused like any other.
    const code = error.type === 'entity.parse.failed' ? 'ERR_INPUT_INVALID' : error.code;
    const message = refusals[code];
    if (message === undefined) return next(error);
    response.set({ 'WWW-Authenticate': `Bearer realm="${issuer}"`, ...error.headers });
    response.status(401).json({ auth: false, message });
  };
}

/** Anything else that went wrong. Express' errors of malformed requests carry a status of 400 and more. */
function showFault(error, _request, response, next) {
  if (response.headersSent) return next(error);
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  response.status(status).json({ message: STATUS_CODES[status] });
}
