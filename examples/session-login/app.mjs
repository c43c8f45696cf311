/** Login with Passport and express-session, on a table of users that was there before. */

import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';
import session from 'express-session';
import { createAuth } from 'ostiary';
import { authErrors, requireAuth, safeRedirect } from 'ostiary/express';
import { LocalStrategy, logOut, serializeSessions } from 'ostiary/passport';
import passport from 'passport';
import { settings } from './settings.mjs';
import { listUsers, userStore } from './users.mjs';

const auth = createAuth({
  secret: settings.authSecret,
  issuer: 'https://session-login.example',
  users: userStore,
  sessions: { idle: settings.sessionMaxAge, absolute: settings.sessionAbsolute },
});
passport.use(new LocalStrategy(auth));
serializeSessions(passport, auth);

const app = express();
app.disable('x-powered-by');
app.set('view engine', 'ejs');
app.set('views', fileURLToPath(new URL('views', import.meta.url)));
// In production, behind a proxy that ends TLS: app.set('trust proxy', 1), and `secure: true` below.

app.use(setSecurityHeaders);
app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));
app.use(express.urlencoded({ extended: false }));
app.use(
  session({
    secret: settings.sessionSecret,
    resave: false,
    saveUninitialized: false,
    rolling: true, // every answer moves the cookie's end, as every request moves the session's
    cookie: {
      httpOnly: true,
      sameSite: 'lax',
      secure: false, // true wherever people come over HTTPS; http://localhost does not
      maxAge: settings.sessionMaxAge * 1000,
    },
    // In production: a `store` that outlives the process. The default one keeps sessions in memory.
  }),
);
app.use(passport.session());
app.use(preparePages);

const signedIn = requireAuth(auth, {
  redirectTo: (request) => loginUrl({ returnTo: request.method === 'GET' ? request.originalUrl : '/' }),
});

app.get('/login', (request, response) => {
  if (request.isAuthenticated()) return response.redirect('/');
  const returnTo = safeRedirect(request.query.returnTo, '/');
  response.render('login', { failed: request.query.fail === 'true', returnTo });
});

app.post(
  '/login',
  (request, response, next) => {
    const failureRedirect = loginUrl({ failed: true, returnTo: request.body?.returnTo });
    passport.authenticate('local', { failureRedirect })(request, response, next);
  },
  (request, response) => response.redirect(safeRedirect(request.body.returnTo, '/')),
);

app.post('/logout', (request, response, next) => {
  logOut(request).then(() => response.redirect('/login'), next);
});

app.get('/', signedIn, (request, response) => {
  const { username, email } = request.user;
  response.render('index', { username, email });
});

app.get('/users', signedIn, (_request, response) => {
  response.render('users', { users: listUsers() });
});

app.use((_request, response) => {
  response.status(404).render('error', { status: 404, title: STATUS_CODES[404] });
});
app.use(authErrors({ view: 'error' }));
app.use(showFault);

await serve();

/** Scripts, styles and forms only from and to this site, and no site may put a page of it into a frame. */
function setSecurityHeaders(_request, response, next) {
  response.set('Content-Security-Policy', "default-src 'self'; form-action 'self'; frame-ancestors 'none'");
  response.set('X-Content-Type-Options', 'nosniff');
  response.set('Referrer-Policy', 'same-origin');
  next();
}

/** What the page's head needs; and no page is kept, or the Back button would show it after the sign-out. */
function preparePages(request, response, next) {
  response.set('Cache-Control', 'no-store');
  response.locals.signedInAs = request.user?.username;
  response.locals.path = request.path;
  next();
}

/** `/login`, with the page to go on to afterwards unless that is the home page. */
function loginUrl({ failed = false, returnTo }) {
  const query = new URLSearchParams(failed ? { fail: 'true' } : {});
  // Never another site: the form hands in whatever the link to it said.
  const target = safeRedirect(returnTo, '/');
  if (target !== '/') query.set('returnTo', target);
  return query.size === 0 ? '/login' : `/login?${query}`;
}

/** Anything else that went wrong. Express' errors of malformed requests carry a status of 400 and more. */
function showFault(error, _request, response, next) {
  if (response.headersSent) return next(error);
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  response.status(status).render('error', { status, title: STATUS_CODES[status] });
}

async function serve() {
  const server = app.listen(settings.port);
  try {
    await once(server, 'listening');
  } catch (error) {
    const problem = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code})`;
    console.error(
      `Port ${settings.port} ${problem}. Stop what runs there, or choose another: PORT=3001 npm start`,
    );
    process.exit(1);
  }
  process.once('SIGTERM', () => stop(server));
  process.once('SIGINT', () => stop(server));
  console.log(welcome(server.address().port));
}

function welcome(port) {
  const lines = [`Listening on http://localhost:${port}`, 'Sign in as adm with the password 123.'];
  if (settings.missingSecrets.length > 0) {
    lines.push(
      `Not set: ${settings.missingSecrets.join(', ')}. Made at random for this run: after a restart everybody`,
      'has to sign in anew. To keep sessions, see examples/session-login/.env.example.',
    );
  }
  return lines.join('\n');
}

/** Takes no more requests, lets those under way finish for three seconds, and ends the hasher's threads. */
async function stop(server) {
  setTimeout(() => server.closeAllConnections(), 3000).unref();
  server.close();
  await once(server, 'close');
  await auth.close();
}
