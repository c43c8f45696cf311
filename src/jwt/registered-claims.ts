/** The claims that every JWT shares: who made it, for whom, and when. */

import { AuthError } from '../core/errors.ts';
import { ownProperty } from '../core/own-property.ts';

/** What a verifier expects of a token. */
export interface ExpectedClaims {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly required: readonly string[];
  readonly toleranceSeconds: number;
}

/**
 * Checks types first, because a list in the place of a text has fooled comparisons (CVE-2025-30144), then issuer,
 * audience and times.
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`; `ERR_TOKEN_EXPIRED` when nothing but its time is wrong.
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  expected: ExpectedClaims,
  nowSeconds: number,
): void {
  const own = (name: string): unknown => ownProperty(claims, name);
  const missing = expected.required.find((name) => own(name) === undefined || own(name) === null);
  if (missing !== undefined) throw invalid(`has no claim '${missing}'`);
  const mistyped = mistypedClaim(claims);
  if (mistyped !== undefined) throw invalid(`has a claim '${mistyped}' of the wrong type`);
  if (!expected.issuers.includes(own('iss') as string))
    throw invalid(`comes from another issuer than ${expected.issuers.join(' or ')}`);
  if (!isFor(own('aud'), expected.audiences))
    throw invalid(`is meant for another audience than ${expected.audiences.join(' or ')}`);
  checkTimes(claims, expected.toleranceSeconds, nowSeconds);
}

const registered: Readonly<Record<string, (value: unknown) => boolean>> = {
  iss: isText,
  sub: isText,
  jti: isText,
  exp: isDate,
  nbf: isDate,
  iat: isDate,
};

/** The name of a claim that RFC 7519 §4.1 has another type for. */
export function mistypedClaim(claims: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(registered).find((name) => {
    const value = ownProperty(claims, name);
    return value !== undefined && registered[name]?.(value) !== true;
  });
}

/**
 * Whether it is its time, of claims whose types are right.
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`.
 */
export function checkTimes(claims: Readonly<Record<string, unknown>>, tolerance: number, now: number): void {
  const own = (name: string): unknown => ownProperty(claims, name);
  const [notBefore, issuedAt, expires] = [own('nbf'), own('iat'), own('exp')];
  if (typeof notBefore === 'number' && notBefore > now + tolerance) throw invalid('is not valid yet');
  if (typeof issuedAt === 'number' && issuedAt > now + tolerance) throw invalid('was issued in the future');
  if (typeof expires === 'number' && expires + tolerance <= now) {
    throw new AuthError('ERR_TOKEN_EXPIRED', 'the token has expired');
  }
}

/** RFC 7519 §4.1.3: one audience, or a list that holds ours. */
function isFor(audience: unknown, ours: readonly string[]): boolean {
  const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return named.every(isText) && named.some((one) => ours.includes(one as string));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Seconds since the epoch. `1e999` is infinity, and past the exact integers one second is as good as another. */
export function isDate(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER;
}

/** The refusal of a token that is none of ours. */
export function invalid(problem: string): AuthError {
  return new AuthError('ERR_TOKEN_INVALID', `the token ${problem}`);
}
