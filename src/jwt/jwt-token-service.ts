/** The token service over JWTs (RFC 9068): issued, refreshed, really revoked. */

import type { TokenParts } from '../core/auth.ts';
import { randomId } from '../core/crypto.ts';
import { durationSeconds } from '../core/duration.ts';
import { AuthError, ConfigError, InputError } from '../core/errors.ts';
import { originOf } from '../core/login/request-context.ts';
import { flag, kindOf, optional, readOptions } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { Authentication } from '../core/ports/authentication.ts';
import type { RequestContext } from '../core/ports/request-context.ts';
import type {
  AccessClaims,
  IssueOptions,
  RefreshOptions,
  TokenPair,
  TokenService,
  VerifyOptions,
} from '../core/ports/token-service.ts';
import { secondsNow } from '../core/seconds-now.ts';
import { readAuthentication } from '../core/sessions/authentication.ts';
import { checkedExtraClaims, checkedScopes, grantedClaims, readScope } from '../core/tokens/claims.ts';
import type { OpenFamily } from '../core/tokens/refresh-rotation.ts';
import { readRefreshToken } from '../core/tokens/refresh-token.ts';
import { isActive } from '../core/users.ts';
import { type AccessToken, AccessTokens } from './access-tokens.ts';
import type { JwtTokenOptions } from './token-options.ts';

interface IssueRequest {
  readonly authentication: Authentication | undefined;
  readonly requested: readonly string[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly refresh: boolean;
  readonly context: RequestContext;
}

interface AccessGranted {
  readonly accessToken: string;
  readonly tokenId: string;
  readonly scope: string;
}

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
    refresh: service.refresh.bind(service),
    verify: service.verify.bind(service),
    revoke: service.revoke.bind(service),
    revokeAll: parts.endAll,
    jwks: service.jwks.bind(service),
  });
}

class JwtTokenService<User> {
  private readonly parts: TokenParts<User>;
  private readonly options: JwtTokenOptions<User>;
  private readonly tokens: AccessTokens<User>;

  constructor(parts: TokenParts<User>, options: JwtTokenOptions<User>) {
    this.parts = parts;
    this.options = options;
    this.tokens = new AccessTokens(parts, options);
  }

  async issue(row: User, options?: IssueOptions): Promise<TokenPair> {
    const { users, revocations, rotation, events, clock, realm } = this.parts;
    const { clientId, scopes: grant } = this.options;
    const { authentication, requested, extra, refresh, context } = readIssueOptions(options);
    const user = users.toAuthUser(row);
    if (!isActive(user)) throw new AuthError('ERR_LOGIN_REJECTED', 'the account is not active');
    const gen = authentication?.gen === undefined ? await revocations.mark(user.id) : authentication.gen;
    const scopes = checkedScopes(await grant(row, requested));
    const login = { user, scopes, claims: extra, authentication, gen };
    const sessionId = refresh ? randomId() : undefined;
    const granted = { user, realm, clientId, authentication, gen, scopes, extra, sessionId };
    // Before the login begins, for which another may have to end: claims may make too long a token.
    const access = await this.access(grantedClaims(granted), secondsNow(clock), scopes);
    const refreshToken =
      sessionId === undefined ? undefined : await rotation.start(sessionId, login, context);
    const session = sessionId === undefined ? {} : { sessionId };
    events.emit('token.issued', { userId: user.id, tokenId: access.tokenId, ...session });
    return this.pair(access, refreshToken);
  }

  async refresh(refreshToken: string, options?: RefreshOptions): Promise<TokenPair> {
    const { requested, context } = readRefreshOptions(options);
    if (typeof refreshToken !== 'string') {
      throw new InputError({ refreshToken: `must be a text, got ${kindOf(refreshToken)}` });
    }
    const { made, ...rotated } = await this.parts.rotation.rotate(refreshToken, context, (open) =>
      this.accessOf(open, requested),
    );
    const { userId, sessionId, repeated } = rotated;
    const { tokenId } = made;
    this.parts.events.emit('token.refreshed', {
      ...originOf(context),
      ...{ userId, tokenId, sessionId, repeated },
    });
    return this.pair(made, rotated.refreshToken);
  }

  async verify(accessToken: string, options: VerifyOptions = {}): Promise<AccessClaims> {
    const staleness = stalenessOf(ownProperty(options, 'maxStaleness'), this.options.maxStaleness);
    const token = this.tokens.seenBefore(accessToken) ?? (await this.tokens.firstSeen(accessToken));
    const dead =
      ownProperty(options, 'ifStateUnavailable') === 'accept'
        ? await this.isKnownDead(token, staleness)
        : await this.parts.revocations.isDead(token.revocable, staleness);
    if (dead) throw new AuthError('ERR_TOKEN_REVOKED', 'the token has been revoked');
    if (token.isLegacy) this.tellOfLegacy(token);
    return token.claims;
  }

  async revoke(text: string): Promise<void> {
    // `revoke(req.token)`, of a property that is not there, is a logout that ends nothing: it must not look like one.
    if (typeof text !== 'string') throw new InputError({ token: `must be a text, got ${kindOf(text)}` });
    if (/^Bearer /i.test(text)) throw new InputError({ token: 'is a whole header: leave out Bearer' });
    if (readRefreshToken(text) !== null) return this.revokeLogin(text);
    const token = await this.tokens.read(text).catch(nullForRefusal);
    if (token === null || (await this.parts.revocations.isDead(token.revocable, 0))) return;
    await this.revokeAccess(token);
  }

  async jwks(): Promise<{ readonly keys: readonly object[] }> {
    return this.tokens.jwks();
  }

  private async revokeLogin(refreshToken: string): Promise<void> {
    const { rotation, ending, events } = this.parts;
    const found = await rotation.find(refreshToken);
    if (found === null) return;
    await ending.end(found.userId, found.sessionId);
    events.emit('token.revoked', found);
  }

  private async revokeAccess({ userId, claims, revocable }: AccessToken): Promise<void> {
    const { revocations, ending, events, clock } = this.parts;
    const { sessionId } = revocable;
    if (sessionId === undefined) {
      // Twice: a machine whose clock is ahead must not drop what one whose clock is behind still has to refuse.
      const endsInSeconds = claims.exp + 2 * this.options.clockTolerance - secondsNow(clock);
      // By its name and never by its text: of an ECDSA signature there are always two.
      await revocations.deny(userId, claims.jti, Math.max(1, endsInSeconds));
    } else {
      await ending.end(userId, sessionId);
    }
    revocations.markEnded(revocable);
    const session = sessionId === undefined ? {} : { sessionId };
    events.emit('token.revoked', { userId, tokenId: claims.jti, ...session });
  }

  /** The access token of a refresh: with what the user may do now, and never more than the login was granted. */
  private async accessOf(
    { id, family, row, user, at }: OpenFamily<User>,
    requested: readonly string[],
  ): Promise<AccessGranted> {
    const { realm } = this.parts;
    const { clientId, scopes: grant } = this.options;
    const tooMuch = requested.find((scope) => !family.scopes.includes(scope));
    if (tooMuch !== undefined) throw new InputError({ scope: 'asks for more than the login was granted' });
    const wanted = requested.length === 0 ? family.scopes : requested;
    const now = wanted.length === 0 ? [] : checkedScopes(await grant(row, wanted));
    const scopes = wanted.filter((scope) => now.includes(scope));
    const { gen, claims: extra, authentication } = family;
    return this.access(
      grantedClaims({
        ...{ user, realm, clientId, gen, scopes, extra, sessionId: id },
        authentication: authentication ?? undefined,
      }),
      at,
      scopes,
    );
  }

  private async access(
    claims: Readonly<Record<string, unknown>>,
    atSeconds: number,
    scopes: readonly string[],
  ): Promise<AccessGranted> {
    const tokenId = randomId();
    const accessToken = await this.tokens.sign({ ...claims, jti: tokenId }, atSeconds);
    return { accessToken, tokenId, scope: scopes.join(' ') };
  }

  private pair({ accessToken, scope }: AccessGranted, refreshToken: string | undefined): TokenPair {
    return {
      ...{ tokenType: 'Bearer', accessToken, expiresIn: this.options.expiresIn },
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(scope === '' ? {} : { scope }),
    };
  }

  /** For guards that would rather let a revoked token pass than nobody. A record that cannot be read still refuses. */
  private async isKnownDead({ revocable, userId, claims }: AccessToken, staleness: number): Promise<boolean> {
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

  private tellOfLegacy({ userId, claims }: AccessToken): void {
    this.parts.events.emit('token.legacy-accepted', { userId, tokenId: claims.jti });
  }
}

function readIssueOptions(options: unknown): IssueRequest {
  const { scope, claims, ip, userAgent, deviceToken, ...read } = readOptions<{
    authentication: Authentication | undefined;
    scope: readonly string[];
    claims: Readonly<Record<string, unknown>>;
    refresh: boolean;
    ip: string | undefined;
    userAgent: string | undefined;
    deviceToken: string | undefined;
  }>('tokens.issue', options, {
    authentication: optional(readAuthentication),
    scope: readScope,
    claims: checkedExtraClaims,
    refresh: flag(false),
    ...contextChecks,
  });
  return { ...read, requested: scope, extra: claims, context: { ip, userAgent, deviceToken } };
}

function readRefreshOptions(options: unknown): Pick<IssueRequest, 'requested' | 'context'> {
  const { scope, ...context } = readOptions<{
    scope: readonly string[];
    ip: string | undefined;
    userAgent: string | undefined;
    deviceToken: string | undefined;
  }>('tokens.refresh', options, { scope: readScope, ...contextChecks });
  return { requested: scope, context };
}

/** What a request brings is not checked: a header that came twice must not be a fault of the host's. */
const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const contextChecks = { ip: textOrNothing, userAgent: textOrNothing, deviceToken: textOrNothing };

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
