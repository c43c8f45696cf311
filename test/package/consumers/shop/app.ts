/** The application of the guides, on Express' own types. */

import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import session from 'express-session';
import { AuthError } from 'ostiary';
import {
  authErrors,
  csrf,
  fromBearer,
  fromCookie,
  fromHeader,
  getAuth,
  getToken,
  jwks,
  problemOf,
  type RequireAuthOptions,
  refreshCookie,
  requireAuth,
  safeRedirect,
  sessionLogin,
} from 'ostiary/express';
import { auth, plainAuth } from './auth.js';

export const guard = requireAuth(auth);
export const from = [fromBearer(), fromHeader('x-access-token'), fromCookie('token')];
export const guardOf = (more: RequireAuthOptions = {}) => requireAuth(plainAuth, { from, ...more });
export const handler: RequestHandler = requireAuth({ tokens: auth.tokens });
export const errorHandler: ErrorRequestHandler = authErrors({ view: 'error' });
export const answer = authErrors();
export const { signIn, signOut } = sessionLogin(auth, { keep: ['cart'] });
export const caller = (req: Request) => getAuth(req);
export const cookie = refreshCookie({ name: 'shop', maxAge: '14d', origins: ['https://app.shop.example'] });
export const forgery = csrf({ origins: ['https://admin.shop.example'] });
export const problem = problemOf(new AuthError('ERR_LOGIN_REJECTED', 'refused'));

const logRefusal: ErrorRequestHandler = (error, req, _res, next) => {
  if (AuthError.is(error)) process.emitWarning(`${req.method} ${error.code}`);
  next(error);
};

export const app = express();
app.use(express.json(), express.urlencoded({ extended: false }));
app.use(session({ secret: 'secret', resave: false, saveUninitialized: false }), forgery);
app.post('/login', async (req, res, next) => {
  try {
    const { username, password } = req.body ?? {};
    const result = await auth.login({ identifier: username, password }, { ip: req.ip });
    if (result.status !== 'signed-in') return res.redirect('/login?fail=true');
    await signIn(req, result.user, result.authentication);
    res.redirect(safeRedirect(req.body.next, '/'));
  } catch (error) {
    next(error);
  }
});
app.post('/token', (req, res, next) => {
  const issue = async () => {
    const result = await auth.login(req.body, { ip: req.ip, userAgent: req.get('user-agent') });
    if (result.status !== 'signed-in') return res.status(401).json({ message: result.status });
    return res.json(await auth.tokens.issue(result.user, { authentication: result.authentication }));
  };
  issue().catch(next);
});
app.post('/refresh', async (req, res, next) => {
  try {
    const { refreshToken, ...pair } = await auth.tokens.refresh(cookie.read(req) ?? '', {
      scope: 'read:orders',
    });
    cookie.write(res, { refreshToken });
    res.json(pair);
  } catch (error) {
    next(error);
  }
});
app.get('/.well-known/jwks.json', jwks(auth));
app.get('/devices', guard, async (req, res) => {
  const list = await auth.sessions.list(1, { current: getAuth(req)?.sid });
  res.json(
    list.map(({ id, device, lastSeen, current }) => ({ id, device, at: lastSeen.getTime(), current })),
  );
});
app.get('/', requireAuth(auth, { redirectTo: (req) => `/login?next=${req.originalUrl}` }), (req, res) => {
  res.send(`Customer ${getAuth(req)?.sub}`);
});
app.get<{ id: string }, { total: number }>('/orders/:id', guard, (req, res) => {
  const id: string = req.params.id;
  res.json({ total: id.length });
});
app.get('/mine', guard, (req: Request, res: Response<string>) => void res.send(getAuth(req)?.via));
app.use('/api', requireAuth(auth, { scope: 'read:orders', from, maxAge: '10m', maxStaleness: 5 }));
app.use('/own', requireAuth(auth, { from: (req) => req.headers['x-token'] as string | undefined }));
app
  .route('/account')
  .all(requireAuth(auth, { role: ['admin', 'auditor'], loadUser: true }))
  .delete((_req, res) => void res.sendStatus(204));
app.post('/logout', guard, (req, res, next) => {
  auth.tokens.revoke(getToken(req)).then(() => res.sendStatus(204), next);
});
app.post('/leave', (req, res, next) => {
  cookie.clear(res);
  signOut(req).then(() => res.redirect('/login'), next);
});
export const router: express.Router = express.Router();
router.use(guardOf({ optional: true, ifStateUnavailable: 'accept' }));
app.use('/router', handler, router);
app.use(logRefusal, answer);
app.use(errorHandler);
app.use(authErrors());

// @ts-expect-error a misspelt option
requireAuth(auth, { scopes: 'read:orders' });
// @ts-expect-error undefined is not an option's value
requireAuth(auth, { scope: undefined });
// @ts-expect-error the options are not the first argument
requireAuth({ scope: 'read:orders' });
