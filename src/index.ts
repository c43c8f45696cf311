/** The doorkeeper: {@link createAuth}, the ports that a host implements, and the errors. */

export type { CloseInput } from './core/accounts/account-closing.ts';
export type { AccountServices, Accounts, Emails, Passwords } from './core/accounts/account-services.ts';
export {
  type PwnedPasswordsOptions,
  pwnedPasswords,
  type RangeResponse,
} from './core/accounts/breached-passwords.ts';
export type { ConfirmChangeInput, EmailChangeInput } from './core/accounts/email-change.ts';
export type {
  VerificationRequestInput,
  VerifyInput,
  VerifyResult,
} from './core/accounts/email-verification.ts';
export type { ClassifyIdentifier, Identifier } from './core/accounts/identifier.ts';
export type { LinkOptions } from './core/accounts/link-options.ts';
export type { ChangedPassword, PasswordChangeInput } from './core/accounts/password-change.ts';
export type { BreachedPasswords, PasswordOptions } from './core/accounts/password-options.ts';
export type { ResetInput, ResetRequestInput } from './core/accounts/password-reset.ts';
export type { RegisterResult } from './core/accounts/registration.ts';
export type { RegistrationInput } from './core/accounts/registration-input.ts';
export type { Auth, AuthCore } from './core/auth.ts';
export {
  AuthError,
  type AuthErrorCode,
  ConfigError,
  InputError,
  PasswordError,
  type PasswordReason,
  RetryError,
  TakenError,
} from './core/errors.ts';
export type {
  AuthEvent,
  AuthEventDetails,
  AuthEventListener,
  AuthEventName,
  EventOrigin,
  LinkFailure,
  LinkPurpose,
  LoginFailure,
  NotificationObstacle,
  PasswordUse,
  RehashObstacle,
} from './core/events.ts';
export type { LoginInput } from './core/login/login-input.ts';
export type { LoginResult } from './core/login/password-login.ts';
export type { RequestContext } from './core/login/request-context.ts';
export type { Authentication } from './core/ports/authentication.ts';
export type { Clock } from './core/ports/clock.ts';
export type { Duration } from './core/ports/duration.ts';
export type { Notification, NotificationKind, Notifier } from './core/ports/notifier.ts';
export type { PasswordHasher } from './core/ports/password-hasher.ts';
export type { StateStore } from './core/ports/state-store.ts';
export type {
  AccessClaims,
  IssueOptions,
  RefreshOptions,
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
  NewUser,
  PasswordHashUpdate,
  Profile,
  UserCapabilities,
  UserId,
  UserStatus,
  UserStore,
} from './core/ports/user-store.ts';
export type { ListedSession, SessionKind } from './core/sessions/session-registry.ts';
export type { SessionStamp } from './core/sessions/session-stamp.ts';
export type { ResumedSession, Sessions } from './core/sessions/sessions.ts';
export { type AuthOptions, createAuth, type SessionOptions } from './create-auth.ts';
export type { LegacyClaims, LegacyTokens } from './jwt/legacy-tokens.ts';
export type { GrantScopes, RefreshLife, TokenOptions } from './jwt/token-options.ts';
export { type ConsoleNotifierOptions, consoleNotifier } from './notifiers/console-notifier.ts';
