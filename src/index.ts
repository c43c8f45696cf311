/** The doorkeeper: {@link createAuth}, the ports that a host implements, and the errors. */

export type { ClassifyIdentifier, Identifier } from './core/accounts/identifier.ts';
export type { Accounts, Auth, AuthCore } from './core/auth.ts';
export { AuthError, type AuthErrorCode, ConfigError, InputError, RetryError } from './core/errors.ts';
export type {
  AuthEvent,
  AuthEventDetails,
  AuthEventListener,
  AuthEventName,
  EventOrigin,
  LoginFailure,
  RehashObstacle,
} from './core/events.ts';
export type { LoginInput } from './core/login/login-input.ts';
export type { LoginResult, RequestContext } from './core/login/password-login.ts';
export type { Authentication } from './core/ports/authentication.ts';
export type { Clock } from './core/ports/clock.ts';
export type { Duration } from './core/ports/duration.ts';
export type { PasswordHasher } from './core/ports/password-hasher.ts';
export type { StateStore } from './core/ports/state-store.ts';
export type {
  AccessClaims,
  IssueOptions,
  TokenPair,
  TokenService,
  VerifyOptions,
} from './core/ports/token-service.ts';
export type {
  AuthUser,
  CapabilitiesOf,
  Capability,
  IdentifierKind,
  NeedsUserStoreMethod,
  PasswordHashUpdate,
  UserCapabilities,
  UserId,
  UserStatus,
  UserStore,
} from './core/ports/user-store.ts';
export type { SessionStamp } from './core/sessions/session-stamp.ts';
export type { ResumedSession, Sessions } from './core/sessions/sessions.ts';
export { type AuthOptions, createAuth, type SessionOptions } from './create-auth.ts';
export type { GrantScopes } from './jwt/jwt-token-service.ts';
export type { TokenOptions } from './jwt/token-options.ts';
