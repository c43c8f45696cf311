/** What a strategy learnt at a login, kept until Passport serialises the user. */

import type { Authentication } from '../core/ports/authentication.ts';
import type { HttpRequest } from '../http/request.ts';
import { memoryOf } from '../http/request-memory.ts';

interface PendingLogin {
  readonly user: unknown;
  readonly authentication: Authentication | undefined;
}

/**
 * Leaves how the user was authenticated. Passport calls the serialiser before it sets `req.authInfo`, so that there is
 * no other way from one to the other.
 */
export function leaveAuthentication(request: HttpRequest, { user, authentication }: PendingLogin): void {
  memoryOf(request).login = { user, authentication };
}

/** Takes it, for the same user only: what one user proved must not vouch for another (`req.logIn(someoneElse)`). */
export function takeAuthentication(request: HttpRequest, user: unknown): Authentication | undefined {
  const memory = memoryOf(request);
  const left = memory.login;
  memory.login = undefined;
  return left !== undefined && left.user === user ? left.authentication : undefined;
}
