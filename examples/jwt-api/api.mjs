/** The routes. They are a function of `auth`, so that a test can hand in one of its own. */

import { STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { authErrors, fromBearer, fromHeader, jwks, refreshCookie, requireAuth } from 'ostiary/express';
import { loginRoutes } from './login-routes.mjs';
import { refuseWith, showFault } from './refusals.mjs';
import { sessionRoutes } from './session-routes.mjs';

/** Where clients put the token: in a header, never in the URL, which ends up in logs. */
const from = [fromBearer(), fromHeader('x-access-token')];

const clients = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
];

/** `secure: false` is for http://localhost alone: the refresh cookie then goes over plain HTTP. */
export function createApi(auth, { secure = true } = {}) {
  const signedIn = requireAuth(auth, { from });
  const cookie = refreshCookie({ secure });
  const app = express();
  app.disable('x-powered-by');
  // In production, behind a proxy that ends TLS: app.set('trust proxy', 1).
  app.use(keepNothing);

  app.get('/', (_request, response) => {
    response.json({ message: 'Everything is okay!' });
  });

  app.use(loginRoutes(auth, { signedIn, cookie }));
  app.use(sessionRoutes(auth, { from }));

  app
    .route(['/clientes', '/clients'])
    .all(signedIn) // all, so that neither HEAD nor OPTIONS is a way in
    .get((_request, response) => {
      response.json(clients);
    });

  // For services that check tokens by themselves. Empty, as long as tokens are signed with the secret.
  app.get('/.well-known/jwks.json', jwks(auth));

  app.use('/app', guardPage, express.static(fileURLToPath(new URL('browser', import.meta.url))));

  app.use((_request, response) => {
    response.status(404).json({ message: STATUS_CODES[404] });
  });
  app.use(refuseWith(auth.issuer));
  app.use(authErrors()); // what is left of ours: 400 for two different tokens, 403 for another site's, 429, 503
  app.use(showFault);
  return app;
}

/** What is answered is for one client at one time: a login's answer holds a key (RFC 6749 §5.1). */
function keepNothing(_request, response, next) {
  response.set('Cache-Control', 'no-store');
  next();
}

/**
 * A script of somebody else in the page would have the access token, and the cookie at its service: only files of this
 * folder run. No form is sent either, or a browser without scripts would put the password into a request of its own.
 */
function guardPage(_request, response, next) {
  response.set(
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  );
  response.set('X-Content-Type-Options', 'nosniff');
  response.set('Referrer-Policy', 'no-referrer');
  next();
}
