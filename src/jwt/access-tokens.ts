/** Access tokens: signed, and verified once. */

import type { TokenParts } from '../core/auth.ts';
import { AuthError, ConfigError } from '../core/errors.ts';
import type { AccessClaims } from '../core/ports/token-service.ts';
import type { UserId } from '../core/ports/user-store.ts';
import { secondsNow } from '../core/seconds-now.ts';
import { readAccessClaims, requiredAccessClaims } from '../core/tokens/claims.ts';
import type { Revocable } from '../core/tokens/revocation.ts';
import { signJwt } from './issue.ts';
import { keysOf, ringOf } from './key-ring.ts';
import { type LegacyToken, readLegacyToken } from './legacy-tokens.ts';
import { type LoadedKey, loadKey } from './loaded-key.ts';
import { invalid } from './registered-claims.ts';
import { readJws } from './strict-jws.ts';
import type { JwtTokenOptions } from './token-options.ts';
import { frozen, VerifiedTokens } from './verified-tokens.ts';
import { type Expectation, verifySigned } from './verify-signed.ts';

/** A genuine token. Whether it has been revoked is another question. */
export interface AccessToken {
  readonly claims: AccessClaims;
  readonly userId: UserId;
  readonly revocable: Revocable;
  /** Whether it is from before ostiary. */
  readonly isLegacy: boolean;
}

const typ = 'at+jwt';

export class AccessTokens<User> {
  private readonly parts: TokenParts<User>;
  private readonly options: JwtTokenOptions<User>;
  private readonly expected: Expectation;
  private readonly signer: LoadedKey;
  private readonly verified = new VerifiedTokens<AccessToken>();

  constructor(parts: TokenParts<User>, options: JwtTokenOptions<User>) {
    this.parts = parts;
    this.options = options;
    const own = options.keys === undefined ? [] : keysOf(options.keys);
    const keys = [...own, ...derivedKeys(parts)];
    this.signer = signerOf(own, keys);
    this.expected = {
      ring: ringOf(keys),
      issuers: [parts.issuer],
      audiences: [options.audience],
      required: requiredAccessClaims,
      toleranceSeconds: options.clockTolerance,
      typ,
      clock: parts.clock,
    };
  }

  /** A token with these claims, that was issued at this second. */
  sign(claims: Readonly<Record<string, unknown>>, atSeconds: number): Promise<string> {
    const { audience, expiresIn: lifeSeconds } = this.options;
    const clock = { now: () => atSeconds * 1000 };
    return signJwt(claims, this.signer, { issuer: this.parts.issuer, audience, lifeSeconds, typ, clock });
  }

  /** The public keys. */
  jwks(): { readonly keys: readonly object[] } {
    return this.expected.ring.jwks();
  }

  /** @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`. */
  async read(text: string): Promise<AccessToken> {
    return this.seenBefore(text) ?? (await this.firstSeen(text));
  }

  /** Without a promise: most tokens have been seen before. */
  seenBefore(text: string): AccessToken | undefined {
    return this.verified.find(text, secondsNow(this.parts.clock));
  }

  async firstSeen(text: string): Promise<AccessToken> {
    const { realm, revocations, users, clock } = this.parts;
    const { expiresIn, clockTolerance } = this.options;
    const legacy = await this.legacyToken(text);
    const read = readAccessClaims(legacy?.claims ?? (await verifySigned(text, this.expected)), realm);
    if (read === null) throw invalid('is not one of ours');
    // Another request has verified it meanwhile: of two entries a logout would find one.
    const meanwhile = this.seenBefore(text);
    if (meanwhile !== undefined) return meanwhile;
    // Not of a token from before: the host's function has named the user, and may have named a text for a number.
    if (legacy === undefined) users.idTypes.add(typeof read.userId);
    const { exp, iat } = read.claims;
    // Also of a token from before `expiresIn` was lowered: what was revoked is not remembered for longer.
    const endsAt = legacy?.endsAtSeconds ?? Math.min(exp, iat + expiresIn) + clockTolerance;
    if (secondsNow(clock) >= endsAt) throw new AuthError('ERR_TOKEN_EXPIRED', 'the token has expired');
    const { gen, sessionId, userId } = read;
    const token = {
      claims: frozen(read.claims),
      userId,
      revocable: revocations.revocable(userId, gen, read.claims.jti, sessionId),
      isLegacy: legacy !== undefined,
    };
    // Nor kept while no id of the table was seen by which its own could be judged.
    if (legacy === undefined || users.idTypes.size > 0) this.verified.keep(text, token, endsAt);
    return token;
  }

  /** A token from before, as if it were one of ours; `undefined` for what is none. */
  private async legacyToken(text: string): Promise<LegacyToken | undefined> {
    const { legacy, audience, clientId, clockTolerance: toleranceSeconds } = this.options;
    const header = legacy.length === 0 ? null : readJws(text);
    if (header === null) return undefined;
    const { issuer, realm, clock, users } = this.parts;
    const now = { seconds: secondsNow(clock), toleranceSeconds, idTypes: users.idTypes };
    const token = await readLegacyToken(text, header, legacy, now);
    if (token === null) return undefined;
    const ours = { iss: issuer, aud: audience, client_id: clientId, ...(realm === '' ? {} : { realm }) };
    return { ...token, claims: { ...token.claims, ...ours } };
  }
}

/** One for each secret, so that a secret can be replaced; behind the host's own keys they go on verifying. */
function derivedKeys<User>({ secrets }: TokenParts<User>): readonly LoadedKey[] {
  return secrets
    .all('access-token')
    .map(({ secretId, key }) =>
      loadKey({ kid: secretId, algorithm: 'HS256', key, use: undefined }, 'secret'),
    );
}

/** The secret signs while the host's keys are only handed out, not when a public key was taken for a private one. */
function signerOf(own: readonly LoadedKey[], keys: readonly LoadedKey[]): LoadedKey {
  const signs = (key: LoadedKey): boolean => key.signing !== undefined;
  const signer = keys.find(signs);
  if (signer !== undefined && (own.some(signs) || own.every((key) => key.verifiesOnly))) return signer;
  throw new ConfigError(
    'tokens.keys',
    "hold no key that can sign: hand in the private key of one, or say use: 'verify' for all",
  );
}
