/** Tokens from before ostiary, such as jsonwebtoken's: accepted for a while, so that a deployment signs nobody out. */

import { digest } from '../core/crypto.ts';
import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, readOptions } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { UserId } from '../core/ports/user-store.ts';
import { checkedUserId } from '../core/tokens/end-all.ts';
import { encodeUserId } from '../core/user-id.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import type { JwtKey } from './key-object.ts';
import { type KeyRing, keysOf, ringOf } from './key-ring.ts';
import { loadKey } from './loaded-key.ts';
import { checkTimes, invalid, isDate } from './registered-claims.ts';
import { type JwsHeader, readPayload } from './strict-jws.ts';
import { frozen } from './verified-tokens.ts';
import { readAlgorithms } from './verify-options.ts';
import { verifySignature } from './verify-signed.ts';

/** What a token from before says, in our words. */
export interface LegacyClaims {
  /** The user's id, in the table's own type: of another type it would be somebody else's, and no logout would find it. */
  readonly sub: UserId;
  /** Scopes, separated by spaces. Only what is written here is granted. */
  readonly scope?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Seconds since the epoch: when the user logged in. Without it a route with `maxAge` refuses. */
  readonly auth_time?: number | undefined;
  readonly amr?: readonly string[] | undefined;
}

/** Tokens that somebody else has issued until now. */
export interface LegacyTokens {
  /** The secret or the public key. A secret may be shorter than RFC 7518 asks for: it cannot be changed any more. */
  readonly key: JwtKey;
  /** The algorithms that it was used with; one family only. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Whose token it is, of its payload: `({ id }) => ({ sub: id })`. `null` refuses it: of another issuer, say. */
  readonly claims: (payload: Readonly<Record<string, unknown>>) => LegacyClaims | null | undefined;
  /**
   * From then on they are refused, also those that have no end of their own: a `Date`, or a text with its time zone like
   * `2027-01-31T00:00:00Z`.
   */
  readonly until: Date | string;
}

/** {@link LegacyTokens}, read. */
export interface LegacyIssuer {
  readonly ring: KeyRing;
  readonly claims: LegacyTokens['claims'];
  /** Seconds since the epoch. */
  readonly until: number;
  readonly path: string;
}

/** A genuine token from before. */
export interface LegacyToken {
  /** What it grants, and `sub`, `idt`, `jti`, `iat` and `exp` as our own tokens have them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch: when it is refused, whatever has been found out about it. */
  readonly endsAtSeconds: number;
}

/** What a token is held against. */
export interface LegacyCircumstances {
  readonly seconds: number;
  readonly toleranceSeconds: number;
  /** Of what type the ids of the table are, as far as is known. */
  readonly idTypes: ReadonlySet<string>;
}

/** The kinds of tokens that are none of ours: `at+jwt` is never looked for here. */
const kinds: readonly unknown[] = [undefined, 'jwt'];
/** Bytes of a secret that nobody guesses. */
const longEnough = 32;
/** RFC 3339 §5.6. Without a zone, it would be another moment on another machine. */
const dateWithZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Reads the option `tokens.legacy`. */
export const readLegacyTokens: OptionCheck<readonly LegacyIssuer[]> = (value, path) => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(path, `must be a list, got ${kindOf(value)}`);
  return value.map((one, index) => readIssuer(one, `${path}.${index}`));
};

/**
 * The token, or `null` when none of the issuers can have made it, or none wants it.
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`; `ERR_CONFIG_INVALID` for what the host's function must
 * not answer.
 */
export async function readLegacyToken(
  text: string,
  header: JwsHeader,
  issuers: readonly LegacyIssuer[],
  now: LegacyCircumstances,
): Promise<LegacyToken | null> {
  if (!kinds.includes(header.typ)) return null;
  for (const issuer of issuers) {
    if (now.seconds >= issuer.until || !(await isSignedBy(issuer, text, header))) continue;
    const token = tokenOf(issuer, text, now);
    if (token !== null) return token;
  }
  return null;
}

async function isSignedBy(issuer: LegacyIssuer, text: string, header: JwsHeader): Promise<boolean> {
  try {
    await verifySignature(text, header, issuer.ring);
    return true;
  } catch (error) {
    if (AuthError.is(error, 'ERR_TOKEN_INVALID')) return false;
    throw error;
  }
}

/** By the dates that jsonwebtoken went by: `iat` it wrote and did not check, and hosts set it in milliseconds. */
function tokenOf(issuer: LegacyIssuer, text: string, now: LegacyCircumstances): LegacyToken | null {
  const payload = readPayload(text);
  if (payload === null) throw invalid('holds no claims');
  const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => ownProperty(payload, name));
  if (![exp, nbf].every((date) => date === undefined || isDate(date))) {
    throw invalid('has a date of the wrong type');
  }
  checkTimes({ exp, nbf }, now.toleranceSeconds, now.seconds);
  // Whole seconds: a state store takes no others, and the life of a denial is counted from it.
  const end = Math.min(Math.ceil((exp as number | undefined) ?? issuer.until), issuer.until);
  const grants = grantsOf(issuer, payload, now.idTypes);
  if (grants === null) return null;
  const claims = {
    ...grants,
    iat: isDate(iat) && (iat as number) <= now.seconds ? Math.floor(iat as number) : 0,
    exp: end,
    // Of what is signed, and not of the whole text: of an ECDSA signature there are always two.
    jti: digest('legacy', text.slice(0, text.lastIndexOf('.'))),
  };
  return { claims, endsAtSeconds: Math.min(end + now.toleranceSeconds, issuer.until) };
}

function grantsOf(
  { claims, path }: LegacyIssuer,
  payload: Readonly<Record<string, unknown>>,
  idTypes: ReadonlySet<string>,
): Readonly<Record<string, unknown>> | null {
  // Frozen: what one function changes, the next one would take for signed.
  const given: unknown = claims(frozen(payload));
  if (given === null || given === undefined) return null;
  // Nobody will await it, and its rejection would end the process.
  if (given instanceof Promise) {
    given.catch(() => undefined);
    throw new ConfigError(`${path}.claims`, 'answered a promise: it must answer at once');
  }
  const { sub: id, ...grants } = readGrants(given, `${path}.claims`);
  const [idType, sub] = encodeUserId(idOf(id, `${path}.claims.sub`, idTypes));
  return { ...grants, sub, ...(idType === 's' ? {} : { idt: idType }) };
}

/** @throws {ConfigError} for what the host's function must not answer: the payload as it is would grant what it says. */
function readGrants(given: unknown, path: string): Readonly<Record<string, unknown>> {
  const read = readOptions<Record<keyof LegacyClaims, unknown>>(path, given, {
    sub: asGiven,
    // A list of none, joined.
    scope: (given) => (given === '' ? undefined : given),
    roles: asGiven,
    auth_time: asGiven,
    amr: asGiven,
  });
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** What it is, is checked where the claims of all tokens are. A copy: it will be frozen, and a list may be the host's. */
function asGiven(value: unknown): unknown {
  return Array.isArray(value) ? [...value] : value;
}

/** A sign-out everywhere of user 7 would not end the token of a user '7'. */
function idOf(id: unknown, path: string, idTypes: ReadonlySet<string>): UserId {
  try {
    return checkedUserId(id, idTypes);
  } catch (cause) {
    throw new ConfigError(path, `must be the id of a user as the table has it, got ${kindOf(id)}`, { cause });
  }
}

function readIssuer(value: unknown, path: string): LegacyIssuer {
  const { key, algorithms, claims, until } = readOptions<{
    key: unknown;
    algorithms: readonly JwtAlgorithm[];
    claims: LegacyTokens['claims'];
    until: number;
  }>(path, value, {
    key: (given) => given,
    algorithms: readOwnAlgorithms,
    claims: readClaims,
    until: readUntil,
  });
  const keys = algorithms.map((algorithm) => ({
    ...loadKey({ kid: undefined, algorithm, key, use: 'verify', shortSecret: true }, `${path}.key`),
    // Also of a JWK that has a name: there is one key, whatever its tokens call it.
    kid: undefined,
  }));
  const ring = ringOf(keys);
  warnOfShortSecret(ring, path);
  return { ring, claims, until, path };
}

/** Whoever has one token can look for a short secret at leisure, and then make tokens for everybody. */
function warnOfShortSecret(ring: KeyRing, path: string): void {
  if (
    !keysOf(ring).some(({ secret }) => secret !== undefined && (secret.symmetricKeySize ?? 0) < longEnough)
  ) {
    return;
  }
  process.emitWarning(
    `${path}.key is shorter than ${longEnough} bytes and can be guessed from any one token: choose an early until`,
    { code: 'OSTIARY_LEGACY_SECRET_SHORT' },
  );
}

function readOwnAlgorithms(value: unknown, path: string): readonly JwtAlgorithm[] {
  const read = readAlgorithms(value, path);
  if (read !== undefined) return read;
  throw new ConfigError(path, "is missing: say which the key was used with, like ['HS256']");
}

function readClaims(value: unknown, path: string): LegacyTokens['claims'] {
  if (typeof value === 'function') return value as LegacyTokens['claims'];
  throw new ConfigError(path, `must be a function of a token's payload, got ${kindOf(value)}`);
}

function readUntil(value: unknown, path: string): number {
  const zoned = typeof value === 'string' && dateWithZone.test(value);
  const time = value instanceof Date ? value.getTime() : zoned ? Date.parse(value as string) : Number.NaN;
  if (Number.isFinite(time)) return Math.floor(time / 1000);
  throw new ConfigError(path, `must be a Date or a text like '2027-01-31T00:00:00Z', got ${kindOf(value)}`);
}
