/** Passport's `req.logIn` and `req.logOut` as promises. */

import { ConfigError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import type { Authentication } from '../core/sessions/authentication.ts';
import { readOrigins, refuseCrossSite, refuseForgery } from '../http/csrf.ts';
import { keptOf, readKeep } from '../http/kept-keys.ts';
import {
  canBeEnded,
  denyStamp,
  hostSession,
  isEmpty,
  save,
  settled,
  stampOf,
} from '../http/login-session.ts';
import type { HttpRequest } from '../http/request.ts';
import { leaveAuthentication } from './pending-login.ts';

/** What a sign-in through Passport carries over, and from where it may come. */
export interface LogInOptions {
  /** Keys of the session to carry over, such as `['cart']`. Default: none. */
  readonly keep?: readonly string[];
  /** Further origins whose pages may sign people in. */
  readonly origins?: readonly string[];
}

/** From where a sign-out may come. */
export interface LogOutOptions {
  /** Further origins whose pages may sign people out. */
  readonly origins?: readonly string[];
}

/**
 * Signs the user in through Passport under a new session id, and ends the session the browser had. Without
 * `authentication` the session says that the host vouches for the user: after a registration, or a login by a provider.
 *
 * @throws {AuthError} `ERR_LOGIN_REJECTED` when the account is not active, `ERR_CSRF_REJECTED`,
 * `ERR_STATE_UNAVAILABLE`, `ERR_CONFIG_INVALID`; what the session store throws comes through. Nobody is signed in then.
 */
export async function logIn(
  request: HttpRequest,
  user: unknown,
  authentication?: Authentication,
  options?: LogInOptions,
): Promise<void> {
  const { keep, origins } = readOptions<Required<LogInOptions>>('logIn', options, {
    keep: readKeep,
    origins: readOrigins,
  });
  refuseForgery(request, origins);
  const kept = keptOf(hostSession(request), keep);
  const call = passportMethod(request, 'logIn');
  refuseUnseen(request, 'logIn');
  // Not in the serialiser only, which is not reached when the session cannot be regenerated.
  await denyStamp(undefined, request);
  leaveAuthentication(request, { user, authentication });
  await settled((callback) => call(user, callback));
  if (Object.keys(kept).length === 0) return;
  Object.assign(hostSession(request), kept);
  await save(request);
}

/**
 * Signs the user out through Passport, whatever a slower request may still save of the session.
 *
 * @throws {AuthError} `ERR_CSRF_REJECTED`, `ERR_CONFIG_INVALID`; `ERR_STATE_UNAVAILABLE`: this browser is out, a copy
 * of the session may not be.
 */
export async function logOut(request: HttpRequest, options?: LogOutOptions): Promise<void> {
  const { origins } = readOptions<Required<LogOutOptions>>('logOut', options, { origins: readOrigins });
  refuseCrossSite(request, origins);
  const session = hostSession(request);
  const call = passportMethod(request, 'logOut');
  if (isEmpty(session)) return;
  refuseUnseen(request, 'logOut');
  try {
    await denyStamp(undefined, request);
  } finally {
    await settled((callback) => call({}, callback));
  }
}

/** A sign-out that could not end the session must not look like one that did. */
function refuseUnseen(request: HttpRequest, name: string): void {
  if (stampOf(request) !== undefined && !canBeEnded(request)) throw notMounted(name);
}

function passportMethod(
  request: HttpRequest,
  name: 'logIn' | 'logOut',
): (...given: readonly unknown[]) => unknown {
  const method: unknown = Reflect.get(request, name);
  if (typeof method === 'function') return (...given) => Reflect.apply(method, request, given);
  throw notMounted(name);
}

function notMounted(name: string): ConfigError {
  return new ConfigError(
    `req.${name}`,
    'Passport has not seen this request: mount passport.session() before this route',
  );
}
