/** What a route asks of somebody who is known: scopes, roles, a recent login. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { type OptionCheck, optional, seconds } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { Clock } from '../core/ports/clock.ts';
import { isSecond, isTextList } from '../core/sessions/authentication.ts';

/** What is asked for; `undefined` asks for nothing. */
export interface AccessRules {
  /** All of these. */
  readonly scope: readonly string[] | undefined;
  /** One of these. */
  readonly role: readonly string[] | undefined;
  /** Seconds since the login, at most. */
  readonly maxAge: number | undefined;
}

/** Reads the options of these names. */
export const accessChecks: { readonly [Key in keyof AccessRules]-?: OptionCheck<AccessRules[Key]> } = {
  scope: readScopes,
  role: readRoles,
  maxAge: optional(seconds({ min: 1, max: 365 * 86_400, fallback: 1 })),
};

/**
 * Holds the claims of a caller against the rules. A claim counts when it is the caller's own and of its type: in a text
 * `administrator` there is no role `admin`.
 *
 * @throws {AuthError} `ERR_ACCESS_SCOPE`, `ERR_ACCESS_ROLE`, `ERR_ACCESS_STALE`
 */
export function refuseAccess({ scope, role, maxAge }: AccessRules, caller: object, clock: Clock): void {
  if (scope !== undefined && !hasAll(scope, ownProperty(caller, 'scope'))) {
    throw new AuthError('ERR_ACCESS_SCOPE', 'the token lacks a scope that this route asks for');
  }
  if (role !== undefined && !hasOne(role, ownProperty(caller, 'roles'))) {
    throw new AuthError('ERR_ACCESS_ROLE', 'the user has none of the roles that this route asks for');
  }
  if (maxAge !== undefined && !isRecent(maxAge, ownProperty(caller, 'auth_time'), clock)) {
    const hint =
      ownProperty(caller, 'auth_time') === undefined ? '; hand `authentication` to tokens.issue' : '';
    throw new AuthError(
      'ERR_ACCESS_STALE',
      `this route asks for a login of the last ${maxAge} seconds${hint}`,
    );
  }
}

/** A session has no scopes, it has roles: what a client may do for a user was granted to a token. */
function hasAll(asked: readonly string[], granted: unknown): boolean {
  if (typeof granted !== 'string') return false;
  const scopes = granted.split(' ');
  return asked.every((scope) => scopes.includes(scope));
}

function hasOne(asked: readonly string[], roles: unknown): boolean {
  return isTextList(roles) && asked.some((role) => roles.includes(role));
}

/** A time in the future proves nothing: it fails like one that is missing. */
function isRecent(maxAge: number, authenticatedAt: unknown, clock: Clock): boolean {
  if (!isSecond(authenticatedAt)) return false;
  const age = Number(clock.now()) / 1000 - authenticatedAt;
  return age > -1 && age <= maxAge;
}

function readScopes(value: unknown, path: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const scopes: unknown = typeof value === 'string' ? value.split(' ') : value;
  // RFC 6749 §3.3: what no token can hold would be a guard that nobody passes.
  if (isTextList(scopes) && scopes.length > 0 && scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope))) {
    return Object.freeze([...scopes]);
  }
  throw new ConfigError(
    path,
    "must be scopes like 'read:orders write:orders', or a list of at least one, each without spaces and quotes",
  );
}

function readRoles(value: unknown, path: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const roles: unknown = typeof value === 'string' ? [value] : value;
  // An empty list would let nobody in, or everybody, depending on who reads it.
  if (isTextList(roles) && roles.length > 0 && roles.every((role) => role !== '')) {
    return Object.freeze([...roles]);
  }
  throw new ConfigError(path, 'must be a role or a list of at least one role, each a text');
}
