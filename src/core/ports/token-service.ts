/** The port behind which access tokens are made and checked. */

import type { Authentication } from './authentication.ts';
import type { Duration } from './duration.ts';
import type { RequestContext } from './request-context.ts';
import type { UserId } from './user-store.ts';

/** What a login hands to a client. */
export interface TokenPair {
  readonly tokenType: 'Bearer';
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Good for one use: the answer to it holds the next one. Only where it was asked for. */
  readonly refreshToken?: string;
  /** The scopes that were granted, separated by spaces; absent when there are none. */
  readonly scope?: string;
}

/** The claims of an access token, as RFC 9068 §2.2 names them. */
export interface AccessClaims {
  /** Who issued it: the option `issuer`. */
  readonly iss: string;
  /** The user's id as text. */
  readonly sub: string;
  /** For whom it is: the option `audience`. */
  readonly aud: string | readonly string[];
  /** The application that asked for it: the option `tokens.clientId`. */
  readonly client_id: string;
  /** Seconds since the epoch: when it was issued. */
  readonly iat: number;
  /** Seconds since the epoch: when it ends. */
  readonly exp: number;
  /** Names this token, to revoke it. It opens nothing. */
  readonly jti: string;
  /** Seconds since the epoch: when the user proved who they are. Absent when nobody said so. */
  readonly auth_time?: number;
  /** How: RFC 8176 values. */
  readonly amr?: readonly string[];
  /** Granted scopes, separated by spaces (RFC 8693 §4.2). */
  readonly scope?: string;
  /** As the user's row had them when the token was issued. */
  readonly roles?: readonly string[];
  /** Names the login that the token belongs to, and its refresh tokens: `sessions.end` takes it. Absent without them. */
  readonly sid?: string;
  /** The user's revocation mark when the token was issued; absent when there was none. */
  readonly gen?: string;
  /** Absent for an application that names no realm. */
  readonly realm?: string;
  readonly [claim: string]: unknown;
}

/** What goes into a new token. Of the request, the list of sessions shows the device. */
export interface IssueOptions extends RequestContext {
  /** What the login proved: `auth_time`, `amr`, and the revocation mark from before the password was compared. */
  readonly authentication?: Authentication;
  /** The scopes that the client asks for, separated by spaces. What it gets is the host's to say: `tokens.scopes`. */
  readonly scope?: string;
  /** Further claims. Those that have a meaning here cannot be set. Refreshed tokens have them too. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** A refresh token too. Default: `false`. */
  readonly refresh?: boolean;
}

/** What is asked of a refresh. */
export interface RefreshOptions extends RequestContext {
  /** Fewer scopes than the login was granted, separated by spaces, for this access token only. Default: all of them. */
  readonly scope?: string;
}

/** How strictly a token is checked against revocation. */
export interface VerifyOptions {
  /**
   * How old an answer of the state store may be: seconds or `'5s'`. Zero asks the store every time. Default: the
   * service's own.
   */
  readonly maxStaleness?: Duration;
  /** What to do when the state store cannot be asked. `accept` emits an event. Default: `refuse`. */
  readonly ifStateUnavailable?: 'refuse' | 'accept';
}

/**
 * Issues, checks and revokes access tokens. `auth.tokens` is one over JWTs; `createAuth({ tokenService })` takes another.
 *
 * - `verify` throws for everything but a genuine token that is alive, and throws when it cannot know.
 * - After `revoke` or `revokeAll` has resolved, no `verify` with `maxStaleness: 0` accepts what was revoked, and no
 *   `refresh` continues it.
 * - Of all that use one refresh token, at whatever time, at most one line of tokens goes on.
 */
export interface TokenService<User> {
  /**
   * An access token for a user who has been authenticated.
   *
   * @throws {AuthError} `ERR_LOGIN_REJECTED` when the account is not active, `ERR_INPUT_INVALID`,
   * `ERR_STATE_UNAVAILABLE`, `ERR_CONFIG_INVALID`.
   */
  issue(user: User, options?: IssueOptions): Promise<TokenPair>;
  /**
   * A new pair for a refresh token, which is used up by it. A second use of it within the grace time is answered with the
   * same successor, for a client whose answer got lost; any other ends the login (RFC 9700 §4.14.2).
   *
   * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`, `ERR_TOKEN_REVOKED`, `ERR_TOKEN_REUSED`,
   * `ERR_INPUT_INVALID` for a scope that was not granted, `ERR_STATE_UNAVAILABLE`.
   */
  refresh(refreshToken: string, options?: RefreshOptions): Promise<TokenPair>;
  /**
   * The claims of a token that is genuine and alive; frozen, and the same object for the same token.
   *
   * @throws {AuthError} `ERR_TOKEN_INVALID`, `ERR_TOKEN_EXPIRED`, `ERR_TOKEN_REVOKED`, `ERR_STATE_UNAVAILABLE`.
   */
  verify(accessToken: string, options?: VerifyOptions): Promise<AccessClaims>;
  /**
   * Ends an access or a refresh token; of a login with refresh tokens, the whole login (RFC 7009 §2.1), also by a refresh
   * token that was used before. What is no token or a forged one, and an access token that is expired or already dead, is
   * no error and writes nothing (§2.2).
   *
   * @throws {AuthError} `ERR_STATE_UNAVAILABLE`: it is still alive; `ERR_INPUT_INVALID` for what is no text.
   */
  revoke(token: string): Promise<void>;
  /**
   * Ends every session and token of the user. The id in the table's own type: 7 is not '7'.
   *
   * @throws {AuthError} `ERR_STATE_UNAVAILABLE`: they are still alive; `ERR_INPUT_INVALID` for an id of another type.
   */
  revokeAll(userId: UserId): Promise<void>;
  /** The public keys for those who check tokens elsewhere (RFC 7517 §5); none when the key is a secret. */
  jwks(): Promise<{ readonly keys: readonly object[] }>;
}
