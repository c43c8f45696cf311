/** The port through which messages reach a user. */

/** What a message is about; a later version may add kinds. */
export type NotificationKind =
  /** Proves an address: to it, with a link. */
  | 'verify-email'
  /** Sets a new password: to the stored address, with a link. */
  | 'reset-password'
  /** Moves the account to another address: to that one, with a link. */
  | 'change-email'
  /** Somebody tried to register, or to move an account to, an address that has an account: to its owner. */
  | 'already-registered'
  /** The password was changed: to the owner. */
  | 'password-changed'
  /** The account was moved to another address: to the old one. */
  | 'email-changed'
  /** The account was closed: to its last address. */
  | 'account-closed';

/** One message to one address. */
export interface Notification<User = unknown> {
  readonly kind: NotificationKind;
  /** The address: one, without a line break. */
  readonly to: string;
  /** The host's own row: the name for the salutation, the language. It holds the password hash. */
  readonly user: User;
  /** Only for a kind with a link. Whoever has it can act for the account: it belongs into this message only. */
  readonly token?: string;
  /** The page of `links` with the token as `?token=`. */
  readonly url?: string;
  /** Seconds for which the link works. */
  readonly lifetimeSeconds?: number;
}

/**
 * Delivers messages: mail, mostly. `consoleNotifier()` prints them, for development.
 *
 * Nobody waits for it: a stranger must not learn from the time of an answer whether a message went out. What it throws
 * becomes the event `notification.failed`, and it is not asked again: a mailer that can wait and try again is the
 * place for that. An unknown `kind` is to be left alone, since a later version may add some.
 */
export interface Notifier<User = unknown> {
  /** May answer a promise, and reject. */
  deliver(message: Notification<User>): unknown;
}
