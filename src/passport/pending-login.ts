/** What a strategy learnt at a login, kept until Passport serialises the user. */

import type { Authentication } from '../core/ports/authentication.ts';
import type { HttpRequest } from '../http/request.ts';

interface PendingLogin {
  readonly user: unknown;
  readonly authentication: Authentication | undefined;
}

/** Passport calls the serialiser before it sets `req.authInfo`, so that there is no other way from one to the other. */
const pending = new WeakMap<HttpRequest, PendingLogin>();

/** Leaves how the user was authenticated. */
export function leaveAuthentication(request: HttpRequest, login: PendingLogin): void {
  pending.set(request, login);
}

/** Takes it, for the same user only: what one user proved must not vouch for another (`req.logIn(someoneElse)`). */
export function takeAuthentication(request: HttpRequest, user: unknown): Authentication | undefined {
  const left = pending.get(request);
  pending.delete(request);
  return left !== undefined && left.user === user ? left.authentication : undefined;
}
