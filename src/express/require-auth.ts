/** The guard of a route. */

import type { Duration } from '../core/duration.ts';
import { AuthError, ConfigError } from '../core/errors.ts';
import { flag, kindOf, optional, readOptions, seconds } from '../core/options.ts';
import { readOrigins, refuseForgery } from '../http/csrf.ts';
import { checkAuth, resumeSession, type SessionAuth } from '../http/login-session.ts';
import { answered } from '../http/problem.ts';
import { acceptsHtml, type HttpResponse, type Middleware, type NegotiatingRequest } from './middleware.ts';
import { type RequestAuth, setAuth } from './request-auth.ts';

/** Which requests a guard lets pass. */
export interface RequireAuthOptions {
  /** One of these roles, compared exactly. */
  readonly role?: string | readonly string[];
  /** How long ago the user may have signed in: seconds or `'10m'`. Default: as long as the session lives. */
  readonly maxAge?: Duration;
  /** Lets a request without any credentials pass; `getAuth(req)` is then `undefined`. Default: `false`. */
  readonly optional?: boolean;
  /** Where a browser without a session is sent, instead of a 401: a path, or a function of the request. */
  readonly redirectTo?: string | ((request: { readonly originalUrl: string }) => string);
  /** Further origins whose pages may send unsafe requests with this application's session. */
  readonly origins?: readonly string[];
}

type RedirectTarget = (request: NegotiatingRequest) => string;

interface Guard {
  readonly role: readonly string[] | undefined;
  readonly maxAge: number | undefined;
  readonly optional: boolean;
  readonly redirectTo: RedirectTarget | undefined;
  readonly origins: readonly string[];
}

/**
 * Lets only signed-in users pass: a Passport session or one of `sessionLogin`. Sets `req.user` (the row) and `req.auth`;
 * what other middleware has put there is not trusted. A method other than GET, HEAD and OPTIONS must come from this
 * application's own pages or from a listed origin.
 *
 * Refusals go to `next` with `status` and `headers` set: `ERR_TOKEN_MISSING` and `ERR_ACCESS_STALE` 401,
 * `ERR_ACCESS_ROLE` and `ERR_CSRF_REJECTED` 403, `ERR_STATE_UNAVAILABLE` 503.
 *
 * @throws {ConfigError} at construction, naming the option.
 *
 * @example
 * ```ts
 * app.get('/orders', requireAuth(auth, { redirectTo: '/login' }), listOrders);
 * app.delete('/users/:id', requireAuth(auth, { role: 'admin', maxAge: '10m' }), deleteUser);
 * ```
 */
export function requireAuth<User>(auth: SessionAuth<User>, options?: RequireAuthOptions): Middleware {
  checkAuth(auth, 'requireAuth');
  refuseUndefined(options);
  const guard = readOptions<Guard>('requireAuth', options, {
    role: readRoles,
    maxAge: optional(seconds({ min: 1, max: 365 * 86_400, fallback: 1 })),
    optional: flag(false),
    redirectTo: readRedirect,
    origins: readOrigins,
  });
  return function requireAuth(request, response, next) {
    check(auth, guard, request).then(
      () => next(),
      (error: unknown) => refuse(auth, guard, error, request, response, next),
    );
  };
}

async function check<User>(
  auth: SessionAuth<User>,
  guard: Guard,
  request: NegotiatingRequest,
): Promise<void> {
  const session = await resumeSession(auth, request);
  if (session === null) {
    setAuth(request, undefined, undefined);
    if (guard.optional) return;
    throw new AuthError('ERR_TOKEN_MISSING', 'the request has no session that is alive');
  }
  refuseForgery(request, guard.origins);
  const { id, roles } = auth.users.toAuthUser(session.user);
  const found: RequestAuth = {
    via: 'session',
    sub: String(id),
    auth_time: session.authentication.at,
    amr: session.authentication.methods,
    // A text in place of a list would hold its parts: `administrator` is no `admin`.
    roles: Array.isArray(roles) ? [...roles] : [],
    sid: session.stamp.id,
  };
  if (guard.role !== undefined && !guard.role.some((role) => found.roles.includes(role))) {
    throw new AuthError('ERR_ACCESS_ROLE', 'the user has none of the roles that this route asks for');
  }
  if (guard.maxAge !== undefined) refuseStale(auth, found.auth_time, guard.maxAge);
  setAuth(request, found, session.user);
}

/** A time in the future proves nothing: it fails like one that is missing. */
function refuseStale<User>(auth: SessionAuth<User>, authenticatedAt: number, maxAge: number): void {
  const age = Number(auth.clock.now()) / 1000 - authenticatedAt;
  if (age > -1 && age <= maxAge) return;
  throw new AuthError('ERR_ACCESS_STALE', `this route asks for a login of the last ${maxAge} seconds`);
}

function refuse<User>(
  auth: SessionAuth<User>,
  guard: Guard,
  error: unknown,
  request: NegotiatingRequest,
  response: HttpResponse,
  next: (error: unknown) => void,
): void {
  try {
    const target = targetOf(guard, error, request);
    if (target !== undefined) {
      // 303: the login page is fetched with GET, whatever the refused request was (RFC 9110 §15.4.4).
      response.redirect(request.method === 'GET' || request.method === 'HEAD' ? 302 : 303, target);
      return;
    }
  } catch (fault) {
    // A function of the host's that fails here must not end the process.
    next(answered(fault, { issuer: auth.issuer }));
    return;
  }
  const maxAgeSeconds = AuthError.is(error, 'ERR_ACCESS_STALE') ? guard.maxAge : undefined;
  next(answered(error, { issuer: auth.issuer, maxAgeSeconds }));
}

function targetOf(guard: Guard, error: unknown, request: NegotiatingRequest): string | undefined {
  if (guard.redirectTo === undefined) return undefined;
  if (!AuthError.is(error, 'ERR_TOKEN_MISSING') && !AuthError.is(error, 'ERR_ACCESS_STALE')) return undefined;
  // A client that speaks of tokens, or does not ask for a page, wants the status and not a login form.
  if (request.headers['authorization'] !== undefined || !acceptsHtml(request)) return undefined;
  const target: unknown = guard.redirectTo(request);
  if (typeof target === 'string' && target !== '') return target;
  throw new ConfigError('requireAuth.redirectTo', `must return a path, got ${kindOf(target)}`);
}

/** `role: config.adminRol` must not become a guard without a role. */
function refuseUndefined(options: unknown): void {
  for (const key of ['role', 'maxAge'] as const) {
    if (typeof options !== 'object' || options === null || !Object.hasOwn(options, key)) continue;
    if (Reflect.get(options, key) !== undefined) continue;
    throw new ConfigError(`requireAuth.${key}`, 'is undefined: leave it out if this route needs none');
  }
}

function readRoles(value: unknown, path: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const roles: readonly unknown[] = Array.isArray(value) ? value : [value];
  // An empty list would let nobody in, or everybody, depending on who reads it.
  if (roles.length > 0 && roles.every((role) => typeof role === 'string' && role !== '')) {
    return roles as readonly string[];
  }
  throw new ConfigError(path, 'must be a role or a list of at least one role, each a text');
}

function readRedirect(value: unknown, path: string): RedirectTarget | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as RedirectTarget;
  if (typeof value === 'string' && value !== '') return () => value;
  throw new ConfigError(path, `must be a path or a function, got ${kindOf(value)}`);
}
