/** What a guard found out about the request. */

import { ConfigError } from '../core/errors.ts';
import { isSecond, isTextList } from '../core/sessions/authentication.ts';
import type { TokenClaims } from '../http/bearer-auth.ts';
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

/** A symbol that the ESM and CommonJS copies share, and that no other middleware sets by accident. */
const guarded = Symbol.for('ostiary.express.auth');

interface Found {
  readonly auth: RequestAuth | undefined;
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
  const found = foundBy(request);
  if (found !== undefined) return found.auth;
  throw new ConfigError(
    'getAuth',
    'no guard ran for this request: put requireAuth(auth) before this handler',
  );
}

/**
 * The token that the guard has checked, to revoke it. `undefined` for a session, and for nobody. It is not in `req.auth`,
 * which handlers like to answer with.
 *
 * @example
 * ```ts
 * app.post('/logout', requireAuth(auth), (req, res, next) => {
 *   auth.tokens.revoke(getToken(req) ?? '').then(() => res.sendStatus(204), next);
 * });
 * ```
 */
export function getToken(request: object): string | undefined {
  return foundBy(request)?.token;
}

/** Sets `req.auth` and `req.user`, and what {@link getAuth} and {@link getToken} answer. */
export function setAuth(
  request: HttpRequest,
  auth: RequestAuth | undefined,
  user: unknown,
  token?: string,
): void {
  const found: Found = { auth, token };
  Object.defineProperty(request, guarded, { value: found, configurable: true });
  Object.assign(request, { auth, user });
}

function foundBy(request: object): Found | undefined {
  return Reflect.get(request, guarded) as Found | undefined;
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
