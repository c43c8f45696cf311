/** The options of a guard, read once. */

import { ConfigError } from '../core/errors.ts';
import { flag, kindOf, readOptions } from '../core/options.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Duration } from '../core/ports/duration.ts';
import type { VerifyOptions } from '../core/ports/token-service.ts';
import { type CheckedUsers, checkedUsers } from '../core/users.ts';
import { type AccessRules, accessChecks } from '../http/access-rules.ts';
import {
  type BearerOptions,
  type BearerRules,
  bearerChecks,
  type TokenVerifier,
  verifyOptionsOf,
} from '../http/bearer-auth.ts';
import type { SessionAuth } from '../http/login-session.ts';
import { refuseUndefined } from '../http/undefined-options.ts';
import type { NegotiatingRequest } from './middleware.ts';

/** Who is asked: what `createAuth` returned, or `{ tokens }` where tokens are only checked. */
export interface GuardAuth<User> extends Partial<SessionAuth<User>> {
  readonly tokens: TokenVerifier;
}

/** Which requests a guard lets pass. */
export interface RequireAuthOptions extends BearerOptions {
  /** All of these scopes: `'read:orders write:orders'` or a list. A session has none. */
  readonly scope?: string | readonly string[];
  /** One of these roles, compared exactly. */
  readonly role?: string | readonly string[];
  /** How long ago the user may have signed in: seconds or `'10m'`. Default: as long as the session or token lives. */
  readonly maxAge?: Duration;
  /** Lets a request without any credentials pass; `getAuth(req)` is then `undefined`. Default: `false`. */
  readonly optional?: boolean;
  /** Loads the user of a token into `req.user` too, and refuses one who is not active. Default: `false`. */
  readonly loadUser?: boolean;
  /** Where a browser that is not signed in is sent, instead of a 401: a path, or a function of the request. */
  readonly redirectTo?: string | ((request: { readonly originalUrl: string }) => string);
}

/** A place to send a browser to. */
type RedirectTarget = (request: NegotiatingRequest) => string;

interface Chosen extends BearerRules, AccessRules {
  readonly optional: boolean;
  readonly loadUser: boolean;
  readonly redirectTo: RedirectTarget | undefined;
}

/** A guard with everything that does not depend on the request. */
export interface Guard<User> extends Chosen {
  readonly tokens: TokenVerifier;
  readonly verifyOptions: VerifyOptions;
  readonly issuer: string;
  readonly clock: Clock;
  /** Absent where only tokens are checked. */
  readonly sessions: SessionAuth<User> | undefined;
  /** Where the users of tokens are loaded from; absent where they are not. */
  readonly users: CheckedUsers<User> | undefined;
}

/** @throws {ConfigError} naming the option. */
export function readGuard<User>(auth: GuardAuth<User>, options: unknown): Guard<User> {
  checkGuardAuth(auth);
  refuseUndefined('requireAuth', options, ['scope', 'role', 'maxAge', 'maxStaleness', 'loadUser']);
  const chosen = readOptions<Chosen>('requireAuth', options, {
    ...bearerChecks,
    ...accessChecks,
    optional: flag(false),
    loadUser: flag(false),
    redirectTo: readRedirect,
  });
  return Object.freeze({
    ...chosen,
    tokens: auth.tokens,
    verifyOptions: verifyOptionsOf(chosen),
    issuer: auth.issuer ?? 'ostiary',
    clock: auth.clock ?? Date,
    sessions: isObject(auth.sessions) ? (auth as SessionAuth<User>) : undefined,
    users: chosen.loadUser ? usersOf(auth) : undefined,
  });
}

function checkGuardAuth(auth: unknown): void {
  const tokens: unknown = isObject(auth) ? Reflect.get(auth, 'tokens') : undefined;
  if (isObject(tokens) && typeof Reflect.get(tokens, 'verify') === 'function') return;
  throw new ConfigError(
    'requireAuth',
    `takes what createAuth returned as its first argument, or { tokens } that has verify, got ${kindOf(auth)}`,
  );
}

function usersOf<User>({ users }: GuardAuth<User>): CheckedUsers<User> {
  if (users !== undefined) return checkedUsers(users);
  throw new ConfigError('requireAuth.loadUser', 'needs users, which what createAuth returned has');
}

function readRedirect(value: unknown, path: string): RedirectTarget | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as RedirectTarget;
  if (typeof value === 'string' && value !== '') return () => value;
  throw new ConfigError(path, `must be a path or a function, got ${kindOf(value)}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
