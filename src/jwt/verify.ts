/** Verifying JWTs, ours and other issuers', without users or a store. */

import { secondsNow } from '../core/seconds-now.ts';
import { frozen, VerifiedTokens } from './verified-tokens.ts';
import { readExpectation, type VerifyJwtOptions } from './verify-options.ts';
import { readSigned, verifySigned } from './verify-signed.ts';

/** The claims of a verified token: `iss`, `aud` and `exp` are there, of the right types, and as expected. */
export type JwtClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly aud: string | readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly sub?: string;
  readonly iat?: number;
  readonly jti?: string;
};

/** Verifies tokens of one kind. Fits `requireAuth({ tokens: verifier })`. */
export interface JwtVerifier {
  /**
   * The claims, frozen. A token verified once is looked up from then on, until it expires or its key has to be looked up
   * again.
   *
   * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`; `ERR_STATE_UNAVAILABLE` when the keys of `remoteJwks`
   * cannot be fetched.
   */
  verify(token: string): Promise<JwtClaims>;
}

/**
 * Verifies one token. For more than a few, {@link createJwtVerifier} reads its options and keys once.
 *
 * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`; `ERR_STATE_UNAVAILABLE` when the keys of `remoteJwks`
 * cannot be fetched.
 * @throws {ConfigError} naming the option.
 *
 * @example
 * ```ts
 * const claims = await verifyJwt(token, {
 *   keys: publicKeyPem,
 *   algorithms: ['RS256'],
 *   issuer: 'https://tenant.eu.auth0.com/',
 *   audience: 'https://api.shop.example',
 *   typ: 'JWT',
 *   requiredClaims: ['sub'],
 * });
 * ```
 */
export async function verifyJwt(token: string, options: VerifyJwtOptions): Promise<JwtClaims> {
  const expected = readExpectation(options, 'verifyJwt');
  return frozen(await verifySigned(token, expected)) as JwtClaims;
}

/**
 * A verifier with a bounded memory of what it has verified. It knows nothing of revocation: `auth.tokens` does.
 *
 * @throws {ConfigError} naming the option: a weak key, mixed algorithms, a missing issuer or audience.
 *
 * @example
 * ```ts
 * const tokens = createJwtVerifier({ keys, issuer: 'https://shop.example', audience: 'https://api.shop.example', typ: 'at+jwt' });
 * app.get('/orders', requireAuth({ tokens }), listOrders);
 * ```
 */
export function createJwtVerifier(options: VerifyJwtOptions): JwtVerifier {
  const expected = readExpectation(options, 'createJwtVerifier');
  const verified = new VerifiedTokens<JwtClaims>();
  return Object.freeze({
    verify: async (token: string) => {
      const known = verified.find(token, secondsNow(expected.clock));
      if (known !== undefined) return known;
      const signed = await readSigned(token, expected);
      const claims = frozen(signed.claims) as JwtClaims;
      // No longer than its key is known to be published: a key that is taken out ends its tokens.
      const endsAt = Math.min(claims.exp + expected.toleranceSeconds, signed.keyFreshUntil);
      verified.keep(token, claims, endsAt);
      return claims;
    },
  });
}
