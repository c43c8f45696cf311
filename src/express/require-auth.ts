/** The guard of a route. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { faultOf } from '../core/fault.ts';
import { kindOf } from '../core/options.ts';
import { rolesOf } from '../core/users.ts';
import { refuseAccess } from '../http/access-rules.ts';
import { checkedToken, tokenUser } from '../http/bearer-auth.ts';
import { refuseForgery } from '../http/csrf.ts';
import { resumeSession } from '../http/login-session.ts';
import { answered } from '../http/problem.ts';
import { refusalOf } from '../http/status.ts';
import { acceptsHtml, type HttpResponse, type Middleware, type NegotiatingRequest } from './middleware.ts';
import { bearerAuth, type RequestAuth, setAuth } from './request-auth.ts';
import { type Guard, type GuardAuth, type RequireAuthOptions, readGuard } from './require-auth-options.ts';

interface Caller {
  readonly auth: RequestAuth;
  readonly user: unknown;
  readonly token?: string;
}

/**
 * Lets only those pass who bring an access token or are signed in: `Authorization: Bearer`, a Passport session or one
 * of `sessionLogin`. Sets `req.auth`, and for a session or with `loadUser` also `req.user` (the row); what other
 * middleware has put there is not trusted. A token goes before a session, and a bad one is refused whatever else there
 * is. With a session or a cookie, a method other than GET, HEAD and OPTIONS must come from this application's own pages
 * or from a listed origin. OPTIONS is guarded too: mount `cors()` before.
 *
 * Refusals go to `next` with `status` and `headers` set: `ERR_TOKEN_MISSING`, `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`,
 * `ERR_TOKEN_REVOKED` and `ERR_ACCESS_STALE` 401, `ERR_REQUEST_AMBIGUOUS` (two different tokens) 400,
 * `ERR_ACCESS_SCOPE`, `ERR_ACCESS_ROLE` and `ERR_CSRF_REJECTED` 403, `ERR_STATE_UNAVAILABLE` 503.
 *
 * @throws {ConfigError} at construction, naming the option.
 *
 * @example
 * ```ts
 * app.get('/orders', requireAuth(auth, { redirectTo: '/login' }), listOrders);
 * app.delete('/users/:id', requireAuth(auth, { role: 'admin', maxAge: '10m' }), deleteUser);
 * app.use('/api', requireAuth(auth, { scope: 'read:orders', from: [fromBearer(), fromHeader('x-access-token')] }));
 * ```
 */
export function requireAuth<User>(auth: GuardAuth<User>, options?: RequireAuthOptions): Middleware {
  const guard = readGuard(auth, options);
  return function requireAuth(request, response, next) {
    check(guard, request)
      .then(
        () => next(),
        (error: unknown) => refuse(guard, error, request, response, next),
      )
      // An error whose properties throw, say: nothing that a host's service rejects with may end the process.
      .catch((fault: unknown) => next(faultOf(fault)));
  };
}

async function check<User>(guard: Guard<User>, request: NegotiatingRequest): Promise<void> {
  let caller: Caller | undefined;
  try {
    caller = (await tokenCaller(guard, request)) ?? (await sessionCaller(guard, request));
    if (caller !== undefined) refuseAccess(guard, caller.auth, guard.clock);
    else if (!guard.optional) {
      throw new AuthError('ERR_TOKEN_MISSING', 'the request has no token, and no session that is alive');
    }
  } catch (error) {
    // What other middleware has put there, or a session that a token goes before, must not reach an error page either.
    if (caller?.auth.via !== 'session') setAuth(request, undefined, undefined);
    throw error;
  }
  setAuth(request, caller?.auth, caller?.user, caller?.token);
}

async function tokenCaller<User>(
  guard: Guard<User>,
  request: NegotiatingRequest,
): Promise<Caller | undefined> {
  const checked = await checkedToken(guard.tokens, guard, guard.verifyOptions, request);
  if (checked === undefined) return undefined;
  const { claims, text: token } = checked;
  if (guard.users === undefined) return { auth: bearerAuth(claims), user: undefined, token };
  const { row, user } = await tokenUser(guard.users, claims);
  return { auth: bearerAuth({ ...claims, roles: rolesOf(user) }), user: row, token };
}

async function sessionCaller<User>(
  { sessions: auth, origins }: Guard<User>,
  request: NegotiatingRequest,
): Promise<Caller | undefined> {
  const session = auth === undefined ? null : await resumeSession(auth, request);
  if (auth === undefined || session === null) return undefined;
  refuseForgery(request, origins);
  const user = auth.users.toAuthUser(session.user);
  const found: RequestAuth = {
    via: 'session',
    sub: String(user.id),
    auth_time: session.authentication.at,
    amr: session.authentication.methods,
    roles: rolesOf(user),
    sid: session.stamp.id,
  };
  return { auth: found, user: session.user };
}

function refuse<User>(
  guard: Guard<User>,
  error: unknown,
  request: NegotiatingRequest,
  response: HttpResponse,
  next: (error: unknown) => void,
): void {
  const { issuer, maxAge, scope } = guard;
  try {
    const target = targetOf(guard, error, request);
    if (target !== undefined) {
      // 303: the login page is fetched with GET, whatever the refused request was (RFC 9110 §15.4.4).
      response.redirect(request.method === 'GET' || request.method === 'HEAD' ? 302 : 303, target);
      return;
    }
  } catch (fault) {
    // A function of the host's that fails here must not end the process.
    next(answered(fault, { issuer }));
    return;
  }
  next(
    answered(error, {
      issuer,
      maxAgeSeconds: AuthError.is(error, 'ERR_ACCESS_STALE') ? maxAge : undefined,
      scope: AuthError.is(error, 'ERR_ACCESS_SCOPE') ? scope?.join(' ') : undefined,
    }),
  );
}

function targetOf<User>(
  { redirectTo }: Guard<User>,
  error: unknown,
  request: NegotiatingRequest,
): string | undefined {
  if (redirectTo === undefined || !AuthError.is(error) || refusalOf(error.code).status !== 401)
    return undefined;
  // A client that speaks of tokens, or does not ask for a page, wants the status and not a login form.
  if (request.headers['authorization'] !== undefined || !acceptsHtml(request)) return undefined;
  const target: unknown = redirectTo(request);
  if (typeof target === 'string' && target !== '') return target;
  throw new ConfigError('requireAuth.redirectTo', `must return a path, got ${kindOf(target)}`);
}
