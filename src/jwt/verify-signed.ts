/** The one way in which a token is verified. */

import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { JOSEError } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';
import type { Clock } from '../core/ports/clock.ts';
import { secondsNow } from '../core/seconds-now.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import { macOf } from './jws-mac.ts';
import { isRing, type KeyRing, keyFor } from './key-ring.ts';
import { checkClaims, type ExpectedClaims, invalid } from './registered-claims.ts';
import type { ChangingKeys } from './remote-keys.ts';
import { type JwsHeader, readJws, readPayload } from './strict-jws.ts';

/** Keys, and what a token must say. */
export interface Expectation<Keys extends KeyRing | ChangingKeys = KeyRing> extends ExpectedClaims {
  readonly ring: Keys;
  /** As {@link mediaType} writes it. */
  readonly typ: string;
  readonly clock: Clock;
}

/** A genuine token. */
export interface SignedToken {
  readonly claims: Record<string, unknown>;
  /** Seconds since the epoch: from then on its key may have been taken out of those that are published. */
  readonly keyFreshUntil: number;
}

/**
 * A genuine token: the strict layer, its kind, its key, then jose and the signature, and only then what it says (RFC 8725
 * §3).
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`; `ERR_STATE_UNAVAILABLE` for keys that cannot be fetched.
 */
export async function readSigned(
  token: unknown,
  expected: Expectation<KeyRing | ChangingKeys>,
): Promise<SignedToken> {
  const header = readJws(token);
  if (header === null) throw invalid('is malformed');
  // One kind of token must not pass for another that the same keys sign (RFC 8725 §3.11).
  if (header.typ !== expected.typ)
    throw invalid(`is of another kind: its header does not say typ '${expected.typ}'`);
  const { ring, freshSeconds } = isRing(expected.ring)
    ? { ring: expected.ring, freshSeconds: Number.POSITIVE_INFINITY }
    : await expected.ring.ringFor(header);
  const keyFreshUntil = secondsNow(expected.clock) + freshSeconds;
  await verifySignature(token as string, header, ring);
  const claims = readPayload(token as string);
  if (claims === null) throw invalid('holds no claims');
  checkClaims(claims, expected, secondsNow(expected.clock));
  return { claims, keyFreshUntil };
}

/** The claims of {@link readSigned}. */
export async function verifySigned(
  token: unknown,
  expected: Expectation<KeyRing | ChangingKeys>,
): Promise<Record<string, unknown>> {
  return (await readSigned(token, expected)).claims;
}

/** @throws {AuthError} `ERR_TOKEN_INVALID` when none of these keys has signed it. */
export async function verifySignature(token: string, header: JwsHeader, ring: KeyRing): Promise<void> {
  const key = keyFor(ring, header);
  if (key === undefined) throw invalid('was signed with a key that is not known here');
  if (key.secret !== undefined) {
    if (isMac(token, key.secret, key.algorithm)) return;
    throw invalid('has a wrong signature');
  }
  const cryptoKey = await key.verifying();
  try {
    await compactVerify(token, cryptoKey, { algorithms: [key.algorithm] });
  } catch (error) {
    if (error instanceof JOSEError) throw invalid('has a wrong signature');
    throw error;
  }
}

function isMac(token: string, secret: KeyObject, algorithm: JwtAlgorithm): boolean {
  const end = token.lastIndexOf('.');
  const expected = macOf(token.slice(0, end), secret, algorithm);
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
