/** What a guard found out about the request. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { isSecond, isTextList } from '../core/sessions/authentication.ts';
import type { TokenClaims } from '../http/bearer-auth.ts';
import { answered } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';

/** Who the request comes from, and how that is known. */
export interface RequestAuth {
  /** `bearer` has every claim of the token too. */
  readonly via: 'session' | 'bearer';
  /** The user's id as text. */
  readonly sub: string;
  /** Seconds since the epoch: when the user proved who they are. Absent when the token does not say. */
  readonly auth_time?: number;
  /** How: RFC 8176 values. */
  readonly amr?: readonly string[];
  /** As the user's row has them at this request; of a token without `loadUser`, as it had them when it was issued. */
  readonly roles?: readonly string[];
  /** What the token may be used for, separated by spaces. A session has none. */
  readonly scope?: string;
  /** Names the session, to end it. */
  readonly sid?: string;
  readonly [claim: string]: unknown;
}

/**
 * A symbol that the ESM and CommonJS copies share, and that no other middleware sets by accident. It marks what a guard
 * has put into `req.auth`; only where that is nothing the request itself. Express' requests have a hidden class each, and
 * every property they get costs more than all else that a guard does.
 */
const guarded = Symbol.for('ostiary.express.auth');

interface Found {
  readonly token: string | undefined;
}

/**
 * What the guard in front of this handler found out. `undefined` only behind a guard with `optional: true`.
 *
 * @throws {ConfigError} when no `requireAuth` ran for this request: a handler that asks who is calling must not go on
 * as if nobody were.
 *
 * @example
 * ```ts
 * app.get('/orders', requireAuth(auth), (req, res) => res.json(ordersOf(getAuth(req)?.sub)));
 * ```
 */
export function getAuth(request: object): RequestAuth | undefined {
  const auth: unknown = Reflect.get(request, 'auth');
  if (foundIn(auth) !== undefined) return auth as RequestAuth;
  if (guarded in request) return undefined;
  throw noGuard('getAuth');
}

/**
 * The token that the guard has checked, to revoke it. It is not in `req.auth`, which handlers like to answer with.
 *
 * @throws {AuthError} `ERR_TOKEN_MISSING` when the guard let a session or nobody pass: a logout that ends nothing must
 * not look like one.
 * @throws {ConfigError} when no `requireAuth` ran for this request.
 *
 * @example
 * ```ts
 * app.post('/logout', requireAuth(auth), (req, res, next) => {
 *   auth.tokens.revoke(getToken(req)).then(() => res.sendStatus(204), next);
 * });
 * ```
 */
export function getToken(request: object): string {
  const token = foundIn(Reflect.get(request, 'auth'))?.token;
  if (token !== undefined) return token;
  getAuth(request);
  throw answered(new AuthError('ERR_TOKEN_MISSING', 'the guard has checked no token for this request'), {
    issuer: 'ostiary',
  });
}

/** Sets `req.auth` and `req.user`, and what {@link getAuth} and {@link getToken} answer. */
export function setAuth(
  request: HttpRequest,
  auth: RequestAuth | undefined,
  user: unknown,
  token?: string,
): void {
  const found: Found = { token };
  Object.defineProperty(auth ?? request, guarded, { value: found, configurable: true });
  const changes = Reflect.get(request, 'user') === user ? { auth } : { auth, user };
  Object.assign(request, changes);
}

function foundIn(auth: unknown): Found | undefined {
  if (typeof auth !== 'object' || auth === null || !Object.hasOwn(auth, guarded)) return undefined;
  return Reflect.get(auth, guarded) as Found;
}

function noGuard(name: string): ConfigError {
  return new ConfigError(name, 'no guard ran for this request: put requireAuth(auth) before this handler');
}

/** The claims for one request: the ones of the token are shared by all requests that bring it. */
export function bearerAuth(claims: TokenClaims): RequestAuth {
  const auth: Record<string, unknown> & RequestAuth = { ...claims, via: 'bearer' };
  for (const [name, isTyped] of typedClaims) {
    // Of another issuer's token: `'administrator'.includes('admin')` is true, where a handler expects a list.
    if (auth[name] !== undefined && !isTyped(auth[name])) delete auth[name];
  }
  return auth;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const typedClaims: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['auth_time', isSecond],
  ['amr', isTextList],
  ['roles', isTextList],
  ['scope', isText],
  ['sid', isText],
];
