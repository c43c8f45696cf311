/** Access tokens as JWTs (RFC 9068), really revoked. */

import type { TokenParts } from '../core/auth.ts';
import { randomId } from '../core/crypto.ts';
import { durationSeconds } from '../core/duration.ts';
import { AuthError, ConfigError, InputError } from '../core/errors.ts';
import { kindOf, optional, readOptions } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { Authentication } from '../core/ports/authentication.ts';
import type {
  AccessClaims,
  IssueOptions,
  TokenPair,
  TokenService,
  VerifyOptions,
} from '../core/ports/token-service.ts';
import type { UserId } from '../core/ports/user-store.ts';
import { secondsNow } from '../core/seconds-now.ts';
import { readAuthentication } from '../core/sessions/authentication.ts';
import {
  checkedExtraClaims,
  checkedScopes,
  grantedClaims,
  readAccessClaims,
  readScope,
  requiredAccessClaims,
} from '../core/tokens/claims.ts';
import type { Revocable } from '../core/tokens/revocation.ts';
import { isActive } from '../core/users.ts';
import { signJwt } from './issue.ts';
import { type KeyRing, keysOf, ringOf } from './key-ring.ts';
import { type LoadedKey, loadKey } from './loaded-key.ts';
import { invalid } from './registered-claims.ts';
import { frozen, VerifiedTokens } from './verified-tokens.ts';
import { type Expectation, verifySigned } from './verify-signed.ts';

/** Says which of the scopes that a client asks for it gets. */
export type GrantScopes<User> = (
  user: User,
  requested: readonly string[],
) => readonly string[] | Promise<readonly string[]>;

/** How the tokens of one `createAuth` are made; durations in seconds. */
export interface JwtTokenOptions<User> {
  readonly keys: KeyRing | undefined;
  readonly audience: string;
  readonly clientId: string;
  readonly expiresIn: number;
  readonly clockTolerance: number;
  readonly maxStaleness: number;
  readonly scopes: GrantScopes<User>;
}

interface Verified {
  readonly claims: AccessClaims;
  readonly userId: UserId;
  readonly revocable: Revocable;
}

const typ = 'at+jwt';

/**
 * The token service that `createAuth` makes unless the host hands in one. Its methods and nothing else: what a log
 * shows of `auth` must hold neither the secret nor the tokens that were verified.
 */
export function jwtTokenService<User>(
  parts: TokenParts<User>,
  options: JwtTokenOptions<User>,
): TokenService<User> {
  const service = new JwtTokenService(parts, options);
  return Object.freeze({
    issue: service.issue.bind(service),
    verify: service.verify.bind(service),
    revoke: service.revoke.bind(service),
    revokeAll: parts.endAll,
    jwks: service.jwks.bind(service),
  });
}

class JwtTokenService<User> {
  private readonly parts: TokenParts<User>;
  private readonly options: JwtTokenOptions<User>;
  private readonly expected: Expectation;
  private readonly signer: LoadedKey;
  private readonly verified = new VerifiedTokens<Verified>();

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

  async issue(row: User, options?: IssueOptions): Promise<TokenPair> {
    const { users, revocations, events, realm } = this.parts;
    const { clientId, expiresIn, scopes: grant } = this.options;
    const { authentication, requested, extra } = readIssueOptions(options);
    const user = users.toAuthUser(row);
    if (!isActive(user)) throw new AuthError('ERR_LOGIN_REJECTED', 'the account is not active');
    const gen = authentication?.gen === undefined ? await revocations.mark(user.id) : authentication.gen;
    const scopes = checkedScopes(await grant(row, requested));
    const jti = randomId();
    const granted = grantedClaims({ user, realm, clientId, authentication, gen, scopes, extra });
    const accessToken = await this.sign({ ...granted, jti });
    events.emit('token.issued', { userId: user.id, tokenId: jti });
    const scope = scopes.join(' ');
    return { tokenType: 'Bearer', accessToken, expiresIn, ...(scope === '' ? {} : { scope }) };
  }

  async verify(accessToken: string, options: VerifyOptions = {}): Promise<AccessClaims> {
    const staleness = stalenessOf(ownProperty(options, 'maxStaleness'), this.options.maxStaleness);
    const token = this.seenBefore(accessToken) ?? (await this.firstSeen(accessToken));
    const dead =
      ownProperty(options, 'ifStateUnavailable') === 'accept'
        ? await this.isKnownDead(token, staleness)
        : await this.parts.revocations.isDead(token.revocable, staleness);
    if (dead) throw new AuthError('ERR_TOKEN_REVOKED', 'the token has been revoked');
    return token.claims;
  }

  async revoke(accessToken: string): Promise<void> {
    const { revocations, events, clock } = this.parts;
    // `revoke(req.token)`, of a property that is not there, is a logout that ends nothing: it must not look like one.
    if (typeof accessToken !== 'string')
      throw new InputError({ token: `must be a text, got ${kindOf(accessToken)}` });
    const token = this.seenBefore(accessToken) ?? (await this.firstSeen(accessToken).catch(nullForRefusal));
    if (token === null || (await revocations.isDead(token.revocable, 0))) return;
    const { exp, jti } = token.claims;
    // Twice: a machine whose clock is ahead must not drop what one whose clock is behind still has to refuse.
    const endsInSeconds = exp + 2 * this.options.clockTolerance - secondsNow(clock);
    // By its name and never by its text: of an ECDSA signature there are always two.
    await revocations.deny(token.userId, jti, Math.max(1, endsInSeconds));
    revocations.markEnded(token.revocable);
    events.emit('token.revoked', { userId: token.userId, tokenId: jti });
  }

  async jwks(): Promise<{ readonly keys: readonly object[] }> {
    return this.expected.ring.jwks();
  }

  private sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { issuer, clock } = this.parts;
    const { audience, expiresIn: lifeSeconds } = this.options;
    return signJwt(claims, this.signer, { issuer, audience, lifeSeconds, typ, clock });
  }

  private seenBefore(text: string): Verified | undefined {
    return this.verified.find(text, secondsNow(this.parts.clock));
  }

  /** A genuine token. Whether it has been revoked is not known yet. */
  private async firstSeen(text: string): Promise<Verified> {
    const { realm, revocations, users, clock } = this.parts;
    const { expiresIn, clockTolerance } = this.options;
    const read = readAccessClaims(await verifySigned(text, this.expected), realm);
    if (read === null) throw invalid('is not one of ours');
    // Another request has verified it meanwhile: of two entries a logout would find one.
    const meanwhile = this.seenBefore(text);
    if (meanwhile !== undefined) return meanwhile;
    users.idTypes.add(typeof read.userId);
    // Also of a token from before `expiresIn` was lowered: what was revoked is not remembered for longer.
    const endsAt = Math.min(read.claims.exp, read.claims.iat + expiresIn) + clockTolerance;
    if (secondsNow(clock) >= endsAt) throw new AuthError('ERR_TOKEN_EXPIRED', 'the token has expired');
    const token = {
      claims: frozen(read.claims),
      userId: read.userId,
      revocable: revocations.revocable(read.userId, read.gen, read.claims.jti),
    };
    this.verified.keep(text, token, endsAt);
    return token;
  }

  /** For guards that would rather let a revoked token pass than nobody. A record that cannot be read still refuses. */
  private async isKnownDead({ revocable, userId, claims }: Verified, staleness: number): Promise<boolean> {
    const { revocations, events } = this.parts;
    if (revocable.dead) return true;
    let stored: string | null;
    try {
      stored = await revocations.answer(revocable, staleness);
    } catch (error) {
      if (revocable.dead || !AuthError.is(error, 'ERR_STATE_UNAVAILABLE')) throw error;
      events.emit('token.accepted-unchecked', { userId, tokenId: claims.jti });
      return false;
    }
    return revocations.isDeadBy(revocable, stored, staleness);
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

function readIssueOptions(options: unknown): {
  readonly authentication: Authentication | undefined;
  readonly requested: readonly string[];
  readonly extra: Readonly<Record<string, unknown>>;
} {
  const read = readOptions<{
    authentication: Authentication | undefined;
    scope: readonly string[];
    claims: Readonly<Record<string, unknown>>;
    refresh: false;
  }>('tokens.issue', options, {
    authentication: optional(readAuthentication),
    scope: readScope,
    claims: checkedExtraClaims,
    refresh: refuseRefresh,
  });
  return { authentication: read.authentication, requested: read.scope, extra: read.claims };
}

function refuseRefresh(value: unknown, path: string): false {
  if (value === undefined || value === false) return false;
  throw new ConfigError(path, 'is not there yet: this version issues access tokens only');
}

function stalenessOf(given: unknown, fallback: number): number {
  if (given === undefined) return fallback;
  const read = durationSeconds(given);
  if (read !== null) return read;
  throw new ConfigError('tokens.verify.maxStaleness', "must be whole seconds or a text like '5s'");
}

/** A token that is none, or no longer one, is nothing to revoke. */
function nullForRefusal(error: unknown): null {
  if (AuthError.is(error, 'ERR_TOKEN_INVALID') || AuthError.is(error, 'ERR_TOKEN_EXPIRED')) return null;
  throw error;
}
