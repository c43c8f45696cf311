/** Every refusal of this library is an {@link AuthError} with a stable code. */

/**
 * The codes, `ERR_<AREA>_<REASON>`. Hosts switch on them; `docs/reference/errors.md` has a row for each.
 */
export type AuthErrorCode =
  | 'ERR_LOGIN_REJECTED'
  | 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE'
  | 'ERR_ACCOUNT_IDENTIFIER_TAKEN'
  | 'ERR_ACCOUNT_LINK_INVALID'
  | 'ERR_TOKEN_MISSING'
  | 'ERR_TOKEN_INVALID'
  | 'ERR_TOKEN_EXPIRED'
  | 'ERR_TOKEN_REVOKED'
  | 'ERR_TOKEN_REUSED'
  | 'ERR_REQUEST_AMBIGUOUS'
  | 'ERR_ACCESS_SCOPE'
  | 'ERR_ACCESS_ROLE'
  | 'ERR_ACCESS_STALE'
  | 'ERR_CSRF_REJECTED'
  | 'ERR_INPUT_INVALID'
  | 'ERR_STATE_UNAVAILABLE'
  | 'ERR_SERVER_BUSY'
  | 'ERR_CONFIG_INVALID';

/** Shared by the ESM and the CommonJS copy of this module, which `instanceof` would tell apart. */
const brand = Symbol.for('ostiary.AuthError');

/**
 * A refusal, or a fault of the host's set-up. Messages are for developers and never hold a secret, a token or an
 * address; what a visitor reads is the host's to write, by `code`.
 */
export class AuthError extends Error {
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'AuthError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Whether a caught value is one of our errors. Holds across the ESM and CommonJS copies of the package, where
   * `instanceof` does not.
   */
  static is(error: unknown): error is AuthError;
  /**
   * Whether it is one of our errors and has that code. One that has another code is still an `AuthError` afterwards.
   *
   * @example
   * ```ts
   * if (AuthError.is(error, 'ERR_LOGIN_REJECTED')) res.redirect('/login?fail=true');
   * ```
   */
  static is<Code extends AuthErrorCode>(
    error: unknown,
    code: Code,
  ): error is AuthError & { readonly code: Code };
  static is(error: unknown, code?: AuthErrorCode): boolean {
    if (typeof error !== 'object' || error === null || Reflect.get(error, brand) !== true) return false;
    return code === undefined || Reflect.get(error, 'code') === code;
  }
}

/** A mistake in the set-up: `option` is the dotted path of the option, method or argument to mend. */
export class ConfigError extends AuthError {
  readonly option: string;

  constructor(option: string, message: string, options?: { readonly cause?: unknown }) {
    super('ERR_CONFIG_INVALID', `${option}: ${message}`, options);
    this.name = 'ConfigError';
    this.option = option;
  }
}

/** Input that is refused before any work: `fields` says what is wrong with each, in words a form can show. */
export class InputError extends AuthError {
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: Readonly<Record<string, string>>) {
    super('ERR_INPUT_INVALID', `refused input: ${Object.keys(fields).join(', ')}`);
    this.name = 'InputError';
    this.fields = fields;
  }
}

/** Why a new password is refused. Stable names: a host that speaks other languages translates them. */
export type PasswordReason =
  /** Fewer code points than `passwords.minLength`. */
  | 'too-short'
  /** One of the most common passwords. */
  | 'too-common'
  /** Too little is left of it without the user's own address and name. */
  | 'contains-identifier'
  /** Too little is left of it without the issuer's name and the words of `passwords.words`. */
  | 'contains-word'
  /** The hook `passwords.breached` knows it. */
  | 'breached';

/** A new password that is refused: `reasons` for programs, `fields` in words that a form can show. */
export class PasswordError extends AuthError {
  readonly reasons: readonly PasswordReason[];
  readonly fields: Readonly<Record<string, string>>;

  constructor(reasons: readonly PasswordReason[], fields: Readonly<Record<string, string>>) {
    super('ERR_ACCOUNT_PASSWORD_UNACCEPTABLE', `refused password: ${reasons.join(', ')}`);
    this.name = 'PasswordError';
    this.reasons = reasons;
    this.fields = fields;
  }
}

/** An identifier that somebody else has: `fields` says which. */
export class TakenError extends AuthError {
  readonly fields: Readonly<Record<string, string>>;

  constructor(field: string) {
    super('ERR_ACCOUNT_IDENTIFIER_TAKEN', `taken: ${field}`);
    this.name = 'TakenError';
    this.fields = { [field]: 'is taken' };
  }
}

/** A refusal that ends by itself: try again after `retryAfterSeconds`. */
export class RetryError extends AuthError {
  readonly retryAfterSeconds: number;

  constructor(
    code: 'ERR_STATE_UNAVAILABLE' | 'ERR_SERVER_BUSY',
    message: string,
    options: { readonly retryAfterSeconds: number; readonly cause?: unknown },
  ) {
    super(code, message, options);
    this.name = 'RetryError';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
