/** The claims of our own access tokens: RFC 9068, and a few that revocation and realms need. */

import { ConfigError, InputError } from '../errors.ts';
import { kindOf } from '../options.ts';
import { ownProperty } from '../own-property.ts';
import type { Authentication } from '../ports/authentication.ts';
import type { AccessClaims } from '../ports/token-service.ts';
import type { AuthUser, UserId } from '../ports/user-store.ts';
import { isSecond, isTextList } from '../sessions/authentication.ts';
import { decodeUserId, encodeUserId } from '../user-id.ts';
import { rolesOf } from '../users.ts';

/** Required in each token of ours (RFC 9068 §2.2). */
export const requiredAccessClaims: readonly string[] = [
  'iss',
  'sub',
  'aud',
  'client_id',
  'iat',
  'exp',
  'jti',
];

/** Claims with a meaning here; a host that could set them could forge what we say. */
const reserved: readonly string[] = [
  ...requiredAccessClaims,
  ...['idt', 'nbf', 'auth_time', 'amr', 'scope', 'roles', 'gen', 'realm', 'sid', 'via'],
  // No claims: these two would change what all the others are when they are copied or written.
  ...['__proto__', 'toJSON'],
];

/** What a token says of its user. */
export interface AccessGrant {
  readonly user: AuthUser;
  readonly realm: string;
  readonly clientId: string;
  readonly authentication: Authentication | undefined;
  readonly gen: string | null;
  readonly scopes: readonly string[];
  readonly extra: Readonly<Record<string, unknown>>;
  /** The login with refresh tokens that it belongs to. */
  readonly sessionId: string | undefined;
}

/** The claims of a new token, without those that every JWT has (`iss`, `aud`, `iat`, `exp`, `jti`). */
export function grantedClaims(grant: AccessGrant): Readonly<Record<string, unknown>> {
  const { user, realm, clientId, authentication, gen, scopes, extra, sessionId } = grant;
  const [idType, sub] = encodeUserId(user.id);
  const roles = rolesOf(user);
  return {
    ...extra,
    sub,
    ...(idType === 's' ? {} : { idt: idType }),
    client_id: clientId,
    // Only what somebody has vouched for: without it, a route that asks for a recent login refuses.
    ...(authentication === undefined
      ? {}
      : { auth_time: authentication.at, amr: [...authentication.methods] }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(sessionId === undefined ? {} : { sid: sessionId }),
    ...(gen === null ? {} : { gen }),
    ...(realm === '' ? {} : { realm }),
  };
}

/** Claims as we write them. */
export interface ReadClaims {
  readonly claims: AccessClaims;
  readonly userId: UserId;
  readonly gen: string | null;
  readonly sessionId: string | undefined;
}

/** Whose token it is, or `null` when a claim is not as we write it. Standard dates and names are checked before. */
export function readAccessClaims(
  claims: Readonly<Record<string, unknown>>,
  realm: string,
): ReadClaims | null {
  const userId = userIdOf(claims);
  const own = (name: string): unknown => ownProperty(claims, name);
  const gen = own('gen') ?? null;
  // Two kinds of users in one process share keys, issuer and audience if the host says so, and nothing else.
  const ownRealm = (own('realm') ?? '') === realm;
  const typed =
    isText(own('client_id')) &&
    (gen === null || isText(gen)) &&
    isAbsentOr(own('auth_time'), isSecond) &&
    isAbsentOr(own('amr'), isTextList) &&
    isAbsentOr(own('roles'), isTextList) &&
    isAbsentOr(own('scope'), isText) &&
    isAbsentOr(own('sid'), isText);
  if (userId === null || !ownRealm || !typed) return null;
  const sessionId = own('sid') as string | undefined;
  return { claims: claims as AccessClaims, userId, gen: gen as string | null, sessionId };
}

/** The user's id in the host's own type. */
export function userIdOf(claims: Readonly<Record<string, unknown>>): UserId | null {
  return decodeUserId([ownProperty(claims, 'idt') ?? 's', ownProperty(claims, 'sub')]);
}

/** The scopes that a client asks for: RFC 6749 §3.3. */
export function readScope(scope: unknown): readonly string[] {
  if (scope === undefined || scope === '') return [];
  if (typeof scope !== 'string') throw new InputError({ scope: `must be a text, got ${kindOf(scope)}` });
  const scopes = scope.split(' ');
  if (scope.length <= 1024 && scopes.every(isScope)) return [...new Set(scopes)];
  throw new InputError({ scope: 'must be names separated by one space, 1024 characters at most' });
}

/** What the host's `tokens.scopes` answered. */
export function checkedScopes(granted: unknown): readonly string[] {
  if (isTextList(granted) && granted.every(isScope)) return [...new Set(granted)];
  throw new ConfigError(
    'tokens.scopes',
    `must return a list of scopes, each a text without spaces, got ${kindOf(granted)}`,
  );
}

/** Claims of the host's own, plain JSON. */
export function checkedExtraClaims(claims: unknown): Readonly<Record<string, unknown>> {
  if (claims === undefined) return {};
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new ConfigError('tokens.issue.claims', `must be an object, got ${kindOf(claims)}`);
  }
  const copy = { ...claims } as Readonly<Record<string, unknown>>;
  const taken = Object.keys(copy).find((name) => reserved.includes(name));
  if (taken === undefined) return copy;
  throw new ConfigError(`tokens.issue.claims.${taken}`, 'is set by ostiary and cannot be handed in');
}

function isScope(text: string): boolean {
  return /^[!#-[\]-~]+$/.test(text);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isAbsentOr(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value);
}
