/** A website with accounts: Passport and express-session, on a table of users that was there before. */

import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';
import session from 'express-session';
import { createAuth } from 'ostiary';
import { authErrors, csrf, requireAuth } from 'ostiary/express';
import { LocalStrategy, serializeSessions } from 'ostiary/passport';
import passport from 'passport';
import { accountPages } from './account-pages.mjs';
import { createInbox, isFromThisMachine } from './inbox.mjs';
import { loginPages, loginUrl } from './login-pages.mjs';
import { mailNotifier } from './mail.mjs';
import { resetPages } from './reset-pages.mjs';
import { settings } from './settings.mjs';
import { signUpPages } from './sign-up-pages.mjs';
import { listUsers, userStore } from './users.mjs';
import { verifyPages } from './verify-pages.mjs';

const server = await listen();
// Set, and never read from a request: whoever asks for a mail could choose where its link leads.
const address = settings.address ?? `http://localhost:${server.address().port}`;
// Cookies go over HTTPS only where people come over HTTPS; http://localhost does not.
const secure = address.startsWith('https:');
const inbox = settings.smtpUrl === undefined ? createInbox() : undefined;

const auth = createAuth({
  secret: settings.authSecret,
  issuer: 'https://session-login.example',
  users: userStore,
  sessions: { idle: settings.sessionMaxAge, absolute: settings.sessionAbsolute },
  links: {
    verifyEmail: `${address}/users/verify`,
    resetPassword: `${address}/users/reset`,
    changeEmail: `${address}/account/email`,
    verifyLifetime: settings.verifyLifetime,
  },
  notifier: mailNotifier({ smtpUrl: settings.smtpUrl, from: settings.mailFrom, address, inbox }),
  // In production, with several processes: a `state` that they share. The default one is the memory of this process.
});
// Nobody waits for a mail, and so nobody sees that one was not sent: say it here.
auth.on('notification.failed', ({ kind, obstacle, fault }) => {
  console.error(`A mail was not sent: ${[kind, obstacle, fault].filter(Boolean).join(', ')}`);
});
passport.use(new LocalStrategy(auth));
serializeSessions(passport, auth);

const app = express();
app.disable('x-powered-by');
app.set('view engine', 'ejs');
app.set('views', fileURLToPath(new URL('views', import.meta.url)));
if (secure) app.set('trust proxy', 1); // the one in front, which ends TLS

app.use(setSecurityHeaders);
app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));
app.use(express.urlencoded({ extended: false }));
app.use(
  session({
    secret: settings.sessionSecret,
    resave: false,
    saveUninitialized: false,
    rolling: true, // every answer moves the cookie's end, as every request moves the session's
    cookie: { httpOnly: true, sameSite: 'lax', secure, maxAge: settings.sessionMaxAge * 1000 },
    // In production: a `store` that outlives the process. The default one keeps sessions in memory.
  }),
);
app.use(passport.session());
app.use(preparePages);
app.use(csrf()); // every form of this site, and of no other

const signedIn = requireAuth(auth, {
  redirectTo: (request) => loginUrl({ returnTo: request.method === 'GET' ? request.originalUrl : '/' }),
});

app.use(loginPages(passport));
app.use(signUpPages(auth, { secure, verifyLifetime: settings.verifyLifetime }));
app.use(verifyPages(auth, { secure }));
app.use(resetPages(auth));
app.use(accountPages(auth, signedIn));
if (inbox !== undefined) app.use(inbox.pages);

app.get('/', signedIn, (request, response) => {
  const { name, email } = request.user;
  response.render('index', { name, email });
});

app.get('/users', signedIn, (request, response) => {
  response.render('users', { users: listUsers(request.user) });
});

app.use((_request, response) => {
  response.status(404).render('error', { status: 404, title: STATUS_CODES[404] });
});
app.use(authErrors({ view: 'error' }));
app.use(showFault);

server.on('request', app);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
console.log(welcome());

/** Scripts, styles and forms only from and to this site, and no site may put a page of it into a frame. */
function setSecurityHeaders(_request, response, next) {
  response.set('Content-Security-Policy', "default-src 'self'; form-action 'self'; frame-ancestors 'none'");
  response.set('X-Content-Type-Options', 'nosniff');
  // The address of a page that a mail leads to holds a token, which must not go out as a `Referer`. Not `no-referrer`:
  // forms would then come with `Origin: null`, and be refused like those of another site.
  response.set('Referrer-Policy', 'strict-origin');
  next();
}

/** What every page needs; and no page is kept, or the Back button would show it after the sign-out. */
function preparePages(request, response, next) {
  response.set('Cache-Control', 'no-store');
  request.body ??= {}; // nothing was sent, or no form
  response.locals.signedInAs = request.user?.name;
  response.locals.path = request.path;
  response.locals.hasInbox = inbox !== undefined && isFromThisMachine(request);
  next();
}

/** Anything else that went wrong. Express' errors of malformed requests carry a status of 400 and more. */
function showFault(error, _request, response, next) {
  if (response.headersSent) return next(error);
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  response.status(status).render('error', { status, title: STATUS_CODES[status] });
}

/** Before anything else, because with PORT=0 only the open port knows its number. */
async function listen() {
  const opened = createServer().listen(settings.port);
  try {
    await once(opened, 'listening');
    return opened;
  } catch (error) {
    const problem = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code})`;
    console.error(
      `Port ${settings.port} ${problem}. Stop what runs there, or choose another: PORT=3001 npm start`,
    );
    process.exit(1);
  }
}

function welcome() {
  const url = `http://localhost:${server.address().port}`;
  const lines = [`Listening on ${url}`, 'Sign in as adm with the password 123.'];
  if (inbox !== undefined) {
    lines.push(
      `No mail is sent, since SMTP_URL is not set: ${url}/inbox shows every message, and so does this terminal.`,
      'That is for development only: whoever reads them can use the links in them.',
    );
  }
  if (settings.missingSecrets.length > 0) {
    lines.push(
      `Not set: ${settings.missingSecrets.join(', ')}. Made at random for this run: after a restart everybody`,
      'has to sign in anew. To keep sessions, see examples/session-login/.env.example.',
    );
  }
  return lines.join('\n');
}

/**
 * Takes no more requests, lets those under way finish for three seconds, waits for mails that are on their way, and ends
 * the hasher's threads.
 */
async function stop() {
  setTimeout(() => server.closeAllConnections(), 3000).unref();
  server.close();
  await once(server, 'close');
  await auth.close();
}
