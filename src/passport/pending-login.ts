/** What a strategy learnt of a user, kept until Passport serialises them. */

import { ConfigError } from '../core/errors.ts';
import type { Authentication } from '../core/ports/authentication.ts';
import type { HttpRequest } from '../http/request.ts';

interface PendingLogin {
  readonly user: unknown;
  /** `token`: nobody has signed in, a token was shown. */
  readonly authentication: Authentication | 'token' | undefined;
}

/** Passport calls the serialiser before it sets `req.authInfo`, so that there is no other way from one to the other. */
const pending = new WeakMap<HttpRequest, PendingLogin>();

/** Leaves how the user was authenticated. */
export function leaveAuthentication(request: HttpRequest, login: PendingLogin): void {
  pending.set(request, login);
}

/**
 * Takes it, for the same user only: what one user proved must not vouch for another (`req.logIn(someoneElse)`).
 *
 * @throws {ConfigError} when the user came with a token: whoever finds one that lives for minutes would have a session
 * of hours.
 */
export function takeAuthentication(request: HttpRequest, user: unknown): Authentication | undefined {
  const left = pending.get(request);
  if (left === undefined || left.user !== user) {
    pending.delete(request);
    return undefined;
  }
  if (left.authentication === 'token') {
    throw new ConfigError(
      'passport.authenticate',
      "would make a session of an access token: write passport.authenticate('bearer', { session: false })",
    );
  }
  pending.delete(request);
  return left.authentication;
}
