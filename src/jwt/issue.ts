/** Signing JWTs, without users or a store. */

import { CompactSign } from 'jose/jws/compact/sign';
import { randomId } from '../core/crypto.ts';
import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, readOptions, seconds } from '../core/options.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Duration } from '../core/ports/duration.ts';
import { secondsNow } from '../core/seconds-now.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import { macOf } from './jws-mac.ts';
import type { JwtKey } from './key-object.ts';
import { readAlgorithm, signingName } from './key-ring.ts';
import { type LoadedKey, loadKey, readKid } from './loaded-key.ts';
import { mistypedClaim } from './registered-claims.ts';
import { readJsonObject } from './strict-json.ts';
import { readClock, readTyp } from './verify-options.ts';

/** How a token is made. */
export interface IssueJwtOptions {
  /** A secret or a private key, for `algorithm` and nothing else. */
  readonly key: JwtKey;
  readonly algorithm: JwtAlgorithm;
  /** The key's name, for the header. Default: as for a key in a ring, there always is one. */
  readonly kid?: string;
  readonly issuer: string;
  /** For whom it is. */
  readonly audience: string | readonly string[];
  /** Seconds or `'15m'`; a year at most. */
  readonly expiresIn: Duration;
  /** The kind of token, for the header: `at+jwt`, or a name of your own, like `invite+jwt`. */
  readonly typ: string;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

/** What every token says beside the host's claims. */
export interface Standard {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  readonly lifeSeconds: number;
  readonly typ: string;
  readonly clock: Clock;
}

const year = 365 * 86_400;
/** Set from the options; in the claims they would contradict them. */
const fromOptions = ['iss', 'aud', 'exp', 'iat', '__proto__', 'toJSON'];

/**
 * A signed token with the claims, `iss`, `aud`, `iat`, `exp`, and a random `jti` unless the claims have one.
 *
 * @throws {ConfigError} naming the option or the claim.
 *
 * @example
 * ```ts
 * const invitation = await issueJwt(
 *   { sub: 'ann@shop.example' },
 *   { key: secret, algorithm: 'HS256', issuer, audience: issuer, expiresIn: '2d', typ: 'invite+jwt' },
 * );
 * ```
 */
export async function issueJwt(
  claims: Readonly<Record<string, unknown>>,
  options: IssueJwtOptions,
): Promise<string> {
  const { key, algorithm, kid, issuer, audience, expiresIn, typ, clock } = readOptions<{
    key: unknown;
    algorithm: JwtAlgorithm;
    kid: string | undefined;
    issuer: string;
    audience: string | readonly string[];
    expiresIn: number | undefined;
    typ: string;
    clock: Clock;
  }>('issueJwt', options, {
    key: (value) => value,
    algorithm: readAlgorithm,
    kid: readKid,
    issuer: readName,
    audience: readAudience,
    expiresIn: readLife,
    typ: readTyp,
    clock: readClock,
  });
  const signer = loadKey({ kid, algorithm, key, use: 'sign' }, 'issueJwt.key');
  const standard = { issuer, audience, lifeSeconds: expiresIn ?? 0, typ, clock };
  return signJwt(checkedClaims(claims), signer, standard);
}

/** Signs, and signs nothing that {@link verifyJwt} would not read: the host hears of it here and not from its users. */
export async function signJwt(
  claims: Readonly<Record<string, unknown>>,
  signer: LoadedKey,
  { issuer, audience, lifeSeconds, typ, clock }: Standard,
): Promise<string> {
  const now = secondsNow(clock);
  const payload = {
    jti: randomId(),
    ...claims,
    iss: issuer,
    aud: typeof audience === 'string' ? audience : [...audience],
    iat: now,
    exp: now + lifeSeconds,
  };
  const header = { alg: signer.algorithm, typ, kid: signingName(signer) };
  const token = await signedText(header, jsonOf(payload), signer);
  if (token.length <= defaults.tokenMaxLength) return token;
  throw new ConfigError(
    'claims',
    `make a token of ${token.length} characters, and ${defaults.tokenMaxLength} are read: put less into it`,
  );
}

async function signedText(
  header: { readonly alg: JwtAlgorithm; readonly typ: string; readonly kid: string },
  payload: string,
  { algorithm, signing, secret }: LoadedKey,
): Promise<string> {
  if (signing === undefined) throw new ConfigError('keys', 'hold no key that can sign');
  if (secret === undefined) {
    return new CompactSign(Buffer.from(payload)).setProtectedHeader(header).sign(await signing());
  }
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  return `${input}.${macOf(input, secret, algorithm).toString('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function jsonOf(payload: Readonly<Record<string, unknown>>): string {
  const mistyped = mistypedClaim(payload);
  if (mistyped !== undefined)
    throw new ConfigError(`claims.${mistyped}`, 'is of another type than RFC 7519 has');
  const text = plainJson(payload);
  if (readJsonObject(text) !== null) return text;
  throw new ConfigError('claims', 'hold a name that is refused (__proto__), or are nested too deep');
}

function plainJson(payload: object): string {
  try {
    return JSON.stringify(payload);
  } catch (cause) {
    throw new ConfigError('claims', 'must be plain JSON; see the cause', { cause });
  }
}

function checkedClaims(claims: unknown): Readonly<Record<string, unknown>> {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new ConfigError('issueJwt.claims', `must be an object, got ${kindOf(claims)}`);
  }
  const taken = Object.keys(claims).find((name) => fromOptions.includes(name));
  if (taken === undefined) return claims as Readonly<Record<string, unknown>>;
  throw new ConfigError(`issueJwt.claims.${taken}`, 'comes from the options and cannot be a claim here');
}

function readName(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ConfigError(path, `must be a text, got ${kindOf(value)}`);
}

function readAudience(value: unknown, path: string): string | readonly string[] {
  if (!Array.isArray(value)) return readName(value, path);
  if (value.length === 0) throw new ConfigError(path, 'is an empty list');
  return value.map((one, index) => readName(one, `${path}.${index}`));
}

const readLife: OptionCheck<number> = (value, path) => {
  if (value === undefined) throw new ConfigError(path, "is missing: seconds, or a text like '15m'");
  return seconds({ min: 1, max: year, fallback: year })(value, path);
};
