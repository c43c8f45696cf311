/** What a guard found out about the request. */

import { ConfigError } from '../core/errors.ts';
import type { HttpRequest } from '../http/request.ts';

/** Who the request comes from, and how that is known. */
export interface RequestAuth {
  readonly via: 'session';
  /** The user's id as text. */
  readonly sub: string;
  /** Seconds since the epoch: when the user proved who they are. */
  readonly auth_time: number;
  /** How: RFC 8176 values. */
  readonly amr: readonly string[];
  /** As the user's row has them at this request. */
  readonly roles: readonly string[];
  /** Names the session, to end it. */
  readonly sid: string;
}

/** A symbol that the ESM and CommonJS copies share, and that no other middleware sets by accident. */
const guarded = Symbol.for('ostiary.express.auth');

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
  if (!(guarded in request)) {
    throw new ConfigError(
      'getAuth',
      'no guard ran for this request: put requireAuth(auth) before this handler',
    );
  }
  return Reflect.get(request, guarded) as RequestAuth | undefined;
}

/** Sets `req.auth` and `req.user`, and what {@link getAuth} answers. */
export function setAuth(request: HttpRequest, auth: RequestAuth | undefined, user: unknown): void {
  Object.defineProperty(request, guarded, { value: auth, configurable: true });
  Object.assign(request, { auth, user });
}
