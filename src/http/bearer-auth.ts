/** From a request to checked claims, for every adapter alike. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, optional, seconds } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { Duration } from '../core/ports/duration.ts';
import type { VerifyOptions } from '../core/ports/token-service.ts';
import type { AuthUser } from '../core/ports/user-store.ts';
import { userIdOf } from '../core/tokens/claims.ts';
import { type CheckedUsers, findExactly, isActive } from '../core/users.ts';
import { findToken, type ReadToken, readTokenPlaces, type TokenPlace } from './bearer.ts';
import { readOrigins, refuseForgery } from './csrf.ts';
import type { HttpRequest } from './request.ts';

/** Whoever checks tokens: `auth.tokens`, or a verifier for those of somebody else. */
export interface TokenVerifier {
  /** The claims of a token that is genuine and alive, among them `sub`; throws for every other. */
  verify(token: string, options?: VerifyOptions): Promise<object>;
}

/** How tokens are found and checked. */
export interface BearerOptions {
  /** Where the token is; more places than one are all looked at. Default: `fromBearer()`. */
  readonly from?: TokenPlace | ReadToken | readonly (TokenPlace | ReadToken)[];
  /** Further origins whose pages may send unsafe requests with this application's cookies. */
  readonly origins?: readonly string[];
  /** How old an answer about revocation may be: seconds or `'5s'`; zero asks each time. Default: the token service's. */
  readonly maxStaleness?: Duration;
  /** `accept` lets tokens pass that cannot be checked for revocation, and emits an event. Default: `refuse`. */
  readonly ifStateUnavailable?: 'refuse' | 'accept';
}

/** {@link BearerOptions}, read. */
export interface BearerRules {
  readonly from: readonly TokenPlace[];
  readonly origins: readonly string[];
  readonly maxStaleness: number | undefined;
  readonly ifStateUnavailable: VerifyOptions['ifStateUnavailable'];
}

/** The claims of a token, at least whose it is. */
export interface TokenClaims {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

/** A token that has been checked. */
export interface CheckedToken {
  readonly text: string;
  readonly claims: TokenClaims;
}

/** Reads {@link BearerOptions}, beside options of the adapter's own. */
export const bearerChecks: { readonly [Key in keyof BearerRules]-?: OptionCheck<BearerRules[Key]> } = {
  from: readTokenPlaces,
  origins: readOrigins,
  maxStaleness: optional(seconds({ min: 0, max: 3600, fallback: 0 })),
  ifStateUnavailable: readIfStateUnavailable,
};

/** What `verify` is told: once for all requests. */
export function verifyOptionsOf({ maxStaleness, ifStateUnavailable }: BearerRules): VerifyOptions {
  return Object.freeze({
    ...(maxStaleness === undefined ? {} : { maxStaleness }),
    ...(ifStateUnavailable === undefined ? {} : { ifStateUnavailable }),
  });
}

/**
 * The request's token and its claims, or `undefined` when it has none.
 *
 * @throws {AuthError} `ERR_REQUEST_AMBIGUOUS`, `ERR_CSRF_REJECTED` for a token that browsers send by themselves, and
 * what `verify` throws.
 */
export async function checkedToken(
  tokens: TokenVerifier,
  { from, origins }: BearerRules,
  verifyOptions: VerifyOptions,
  request: HttpRequest,
): Promise<CheckedToken | undefined> {
  const found = findToken(from, request);
  if (found === undefined) return undefined;
  if (found.ambient) refuseForgery(request, origins);
  const claims: unknown = await tokens.verify(found.token, verifyOptions);
  if (hasSubject(claims)) return { text: found.token, claims };
  // A service of the host's that answers nothing, or `false`, has let nobody in.
  throw new AuthError('ERR_TOKEN_INVALID', 'the token service answered without the claim sub');
}

/**
 * The user of a token as the table has them now.
 *
 * @throws {AuthError} `ERR_TOKEN_REVOKED` when there is none, or one that may not come in; what the table throws.
 */
export async function tokenUser<User>(
  users: CheckedUsers<User>,
  claims: TokenClaims,
): Promise<{ readonly row: User; readonly user: AuthUser }> {
  const id = userIdOf(claims);
  const found = id === null ? null : await findExactly(users, id);
  if (found !== null && isActive(found.user)) return found;
  throw new AuthError('ERR_TOKEN_REVOKED', 'the user of the token is gone or not active');
}

function hasSubject(claims: unknown): claims is TokenClaims {
  if (typeof claims !== 'object' || claims === null) return false;
  const sub = ownProperty(claims, 'sub');
  return typeof sub === 'string' && sub !== '';
}

function readIfStateUnavailable(value: unknown, path: string): VerifyOptions['ifStateUnavailable'] {
  if (value === undefined || value === 'refuse' || value === 'accept') return value;
  throw new ConfigError(path, `must be 'refuse' or 'accept', got ${kindOf(value)}`);
}
