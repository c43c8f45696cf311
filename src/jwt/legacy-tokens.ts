/** Tokens from before ostiary, such as jsonwebtoken's: accepted for a while, so that a deployment signs nobody out. */

import { digest } from '../core/crypto.ts';
import { AuthError, ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, readOptions } from '../core/options.ts';
import type { UserId } from '../core/ports/user-store.ts';
import { encodeUserId, isUserId } from '../core/user-id.ts';
import { type JwtAlgorithm, ruleOf } from './algorithms.ts';
import type { JwtKey } from './key-object.ts';
import { type KeyRing, keysOf, ringOf } from './key-ring.ts';
import { loadKey } from './loaded-key.ts';
import { checkTimes, invalid, mistypedClaim } from './registered-claims.ts';
import { type JwsHeader, readPayload } from './strict-jws.ts';
import { readAlgorithms } from './verify-options.ts';
import { verifySignature } from './verify-signed.ts';

/** What a token from before says, in our words. */
export interface LegacyClaims {
  /** The user's id, in the table's own type. */
  readonly sub: UserId;
  /** Scopes, separated by spaces. Only what is written here is granted. */
  readonly scope?: string;
  readonly roles?: readonly string[];
  /** Seconds since the epoch: when the user logged in. Without it a route with `maxAge` refuses. */
  readonly auth_time?: number;
  readonly amr?: readonly string[];
}

/** Tokens that somebody else has issued until now. */
export interface LegacyTokens {
  /** The secret or the public key. A secret may be shorter than RFC 7518 asks for: it cannot be changed any more. */
  readonly key: JwtKey;
  /** The algorithms that it was used with; one family only. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Whose token it is, of its payload: `({ id }) => ({ sub: id })`. `null` refuses it: of another issuer, say. */
  readonly claims: (payload: Readonly<Record<string, unknown>>) => LegacyClaims | null | undefined;
  /** From then on they are refused: a date, or a text like `2027-01-31T00:00:00Z`. Also those that have no end of their own. */
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
  readonly claims: Readonly<Record<string, unknown>> & { readonly exp: number };
}

/** The kinds of tokens that are none of ours: `at+jwt` is never looked for here. */
const kinds: readonly unknown[] = [undefined, 'jwt'];

/** Reads the option `tokens.legacy`. */
export const readLegacyTokens: OptionCheck<readonly LegacyIssuer[]> = (value, path) => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(path, `must be a list, got ${kindOf(value)}`);
  return value.map((one, index) => readIssuer(one, `${path}.${index}`));
};

/**
 * The token, or `null` when none of the issuers can have made it.
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`.
 */
export async function readLegacyToken(
  text: string,
  header: JwsHeader,
  issuers: readonly LegacyIssuer[],
  now: { readonly seconds: number; readonly toleranceSeconds: number },
): Promise<LegacyToken | null> {
  if (!kinds.includes(header.typ)) return null;
  for (const issuer of issuers) {
    if (now.seconds >= issuer.until || !(await isSignedBy(issuer, text, header))) continue;
    const payload = readPayload(text);
    if (payload === null) throw invalid('holds no claims');
    const mistyped = mistypedClaim(payload);
    if (mistyped !== undefined) throw invalid(`has a claim '${mistyped}' of the wrong type`);
    checkTimes(payload, now.toleranceSeconds, now.seconds);
    const claims = claimsOf(issuer, payload, text);
    if (claims !== null) return { claims };
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

function claimsOf(
  { claims, until, path }: LegacyIssuer,
  payload: Readonly<Record<string, unknown>>,
  text: string,
): LegacyToken['claims'] | null {
  const given: unknown = claims(payload);
  if (given === null || given === undefined) return null;
  const { sub: id, ...grants } = readGrants(given, `${path}.claims`);
  const [idType, sub] = encodeUserId(id);
  const { iat, exp } = payload as { readonly iat?: number; readonly exp?: number };
  return {
    ...grants,
    sub,
    ...(idType === 's' ? {} : { idt: idType }),
    iat: iat ?? 0,
    exp: Math.min(exp ?? until, until),
    // Of what is signed, and not of the whole text: of an ECDSA signature there are always two.
    jti: digest('legacy', text.slice(0, text.lastIndexOf('.'))),
  };
}

/** @throws {ConfigError} for what the host's function must not answer: a promise would be somebody's whole token. */
function readGrants(given: unknown, path: string): LegacyClaims {
  const read = readOptions<LegacyClaims>(path, given, {
    sub: (value) => value as UserId,
    scope: (value) => value as string,
    roles: (value) => value as readonly string[],
    auth_time: (value) => value as number,
    amr: (value) => value as readonly string[],
  });
  if (isUserId(read.sub)) {
    return Object.fromEntries(
      Object.entries(read).filter(([, value]) => value !== undefined),
    ) as unknown as LegacyClaims;
  }
  throw new ConfigError(
    `${path}.sub`,
    `must be the id of a user as the table has it, got ${kindOf(read.sub)}`,
  );
}

function readIssuer(value: unknown, path: string): LegacyIssuer {
  const { key, algorithms, claims, until } = readOptions<{
    key: unknown;
    algorithms: readonly JwtAlgorithm[];
    claims: LegacyTokens['claims'];
    until: number;
  }>(path, value, {
    key: (given) => given,
    algorithms: (given, at) => readAlgorithms(given ?? [], at) ?? [],
    claims: readClaims,
    until: readUntil,
  });
  const keys = algorithms.map((algorithm) =>
    loadKey({ kid: undefined, algorithm, key, use: 'verify', shortSecret: true }, `${path}.key`),
  );
  const ring = ringOf(keys);
  warnOfShortSecret(ring, path);
  return { ring, claims, until, path };
}

/** Whoever has one token can look for a short secret at leisure, and then make tokens for everybody. */
function warnOfShortSecret(ring: KeyRing, path: string): void {
  const short = keysOf(ring).some(
    ({ secret, algorithm }) => (secret?.symmetricKeySize ?? 64) < (ruleOf(algorithm).secretBytes ?? 0),
  );
  if (!short) return;
  process.emitWarning(
    `${path}.key is a short secret that can be guessed from any one token: choose an early until`,
    { code: 'OSTIARY_LEGACY_SECRET_SHORT' },
  );
}

function readClaims(value: unknown, path: string): LegacyTokens['claims'] {
  if (typeof value === 'function') return value as LegacyTokens['claims'];
  throw new ConfigError(path, `must be a function of a token's payload, got ${kindOf(value)}`);
}

function readUntil(value: unknown, path: string): number {
  const zoned = typeof value === 'string' && /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = value instanceof Date ? value.getTime() : zoned ? Date.parse(value as string) : Number.NaN;
  if (Number.isFinite(time)) return Math.floor(time / 1000);
  throw new ConfigError(path, `must be a Date or a text like '2027-01-31T00:00:00Z', got ${kindOf(value)}`);
}
