/** What happened, told to whoever listens. */

import { channel } from 'node:diagnostics_channel';
import { ConfigError } from './errors.ts';
import { faultName } from './fault.ts';
import { kindOf } from './options.ts';
import type { Clock } from './ports/clock.ts';
import type { NotificationKind } from './ports/notifier.ts';
import type { UserId, UserStatus } from './ports/user-store.ts';

/** Why a login failed: the true reason, which the answer to the visitor never holds. */
export type LoginFailure =
  /** The user store finds nobody under what was typed. */
  | 'unknown-identifier'
  /** The account is there, the password is another. */
  | 'wrong-password'
  /** The row has no hash: `passwordHash` is `null`. */
  | 'no-password'
  /** The hasher cannot read the row's hash: another format, or dearer than it accepts. */
  | 'hash-unusable'
  /** The password was right, the account is not active. */
  | 'disabled'
  /** The password was right, and was changed or the account disabled while it was compared. */
  | 'changed-meanwhile'
  /** The password was right, the status is `pending`: `login` answers `verification-required`. */
  | 'verification-required';

/** Why an old hash was not replaced at login. The login itself succeeded. */
export type RehashObstacle =
  /** The queue in front of the hasher was full, or the hasher failed. */
  | 'busy'
  /** The state store could not take the record that keeps the user's other sessions alive. */
  | 'predecessor-not-recorded'
  /** Somebody else wrote another hash first. */
  | 'changed-meanwhile'
  /** The column cut the new hash, and the old one was put back. Widen it; until a restart no hash is replaced. */
  | 'column-too-short'
  /** The user store failed. */
  | 'store-failed';

/** What a link that was mailed is for. */
export type LinkPurpose = 'verify-email' | 'reset-password' | 'change-email';

/** Why a link was refused: the true reason, which the answer to the visitor never holds. */
export type LinkFailure =
  /** It is no link of this application, purpose and realm, or its secret is not listed any more. */
  | 'not-genuine'
  /** Its time is over. */
  | 'expired'
  /** It was used before. */
  | 'used'
  /** Whoever is signed in is another user than the one of the link. */
  | 'of-another'
  /** Its account is gone, or disabled. */
  | 'no-account'
  /** The password or the address of the account was changed since it was sent, or the address registered anew. */
  | 'superseded';

/** What somebody wanted who did not know the current password of the account. */
export type PasswordUse = 'change-password' | 'change-email' | 'close-account' | 'verify-email';

/** Why a message did not go out. */
export type NotificationObstacle =
  /** The notifier threw or rejected. */
  | 'failed'
  /** It did not answer in time; the message may have gone out. */
  | 'timed-out'
  /** Too many messages were under way, in all or of this kind for this account. */
  | 'queue-full'
  /** The account has no address, or one that a mailer could read as several or as a header. */
  | 'no-address'
  /** What had to be looked up for the message could not be: the user store or the state store failed. */
  | 'store-failed';

/** Where a request came from, as far as the host's framework knows. */
export interface EventOrigin {
  /** The visitor's address: Express' `req.ip`, or what the call was given. */
  readonly ip?: string;
  /** The header `User-Agent`, cut to 512 characters. */
  readonly userAgent?: string;
}

/** The payload of each event. Ids, never secrets. */
export interface AuthEventDetails {
  /** A password was right and the account may be used. */
  'login.succeeded': EventOrigin & { readonly userId: UserId };
  /** A login was refused. An unknown identifier appears as its HMAC only: people type passwords into name fields. */
  'login.failed': EventOrigin & {
    readonly reason: LoginFailure;
    /** Absent for `unknown-identifier`. */
    readonly userId?: UserId;
    /** Only for `unknown-identifier`: the same for the same text, and of no use without the secret. */
    readonly identifierHash?: string;
  };
  /** An old hash was replaced by one of today's cost. */
  'password.rehashed': { readonly userId: UserId };
  /** An old hash could not be replaced; the login went on with it. */
  'password.rehash-skipped': {
    readonly userId: UserId;
    readonly obstacle: RehashObstacle;
    /** The name or the code of the fault. Not its message: some query builders put the bound values into it. */
    readonly fault?: string;
  };
  /** A password was replaced by another, and every session and token of the user was ended. */
  'password.changed': EventOrigin & { readonly userId: UserId; readonly by: 'change' | 'reset' };
  /** Somebody who is signed in, or holds a link, did not know the current password. */
  'password.rejected': EventOrigin & { readonly userId: UserId; readonly use: PasswordUse };
  /** A reset was asked for. An unknown identifier appears as its HMAC only. */
  'password.reset-requested': EventOrigin & {
    readonly userId?: UserId;
    /** Only for an identifier that nobody has. */
    readonly identifierHash?: string;
  };
  /** The hook `passwords.breached` failed or did not answer in time; the password was accepted without it. */
  'password.breach-check-failed': {
    /** The name or the code of the fault, or `timeout`. */
    readonly fault?: string;
  };
  /** An account was made, or an unverified one was taken over by whoever registered its address anew. */
  'account.registered': EventOrigin & {
    readonly userId: UserId;
    /** Whether the address had an account that nobody had proven to be theirs. */
    readonly again: boolean;
  };
  /** Somebody registered an address that has an account; its owner was told. */
  'account.registration-refused': EventOrigin & { readonly userId: UserId };
  /** An account was deleted by its owner. */
  'account.closed': EventOrigin & { readonly userId: UserId };
  /** A link was refused; the visitor reads one answer for every reason. */
  'account.link-rejected': {
    readonly purpose: LinkPurpose;
    readonly reason: LinkFailure;
    /** Absent for `not-genuine`. */
    readonly userId?: UserId;
  };
  /** A link was sent that proves an address. */
  'email.verification-requested': { readonly userId: UserId };
  /** An address was proven. */
  'email.verified': EventOrigin & { readonly userId: UserId };
  /** A link was asked for that moves an account to another address. */
  'email.change-requested': EventOrigin & { readonly userId: UserId };
  /** An account was moved to another address. */
  'email.changed': EventOrigin & { readonly userId: UserId };
  /** A message did not go out. */
  'notification.failed': {
    readonly kind: NotificationKind;
    readonly obstacle: NotificationObstacle;
    readonly userId?: UserId;
    /** The name or the code of the fault. Not its message: a mailer's may hold the address or the link. */
    readonly fault?: string;
  };
  /** A session was started. `sessionId` names it and opens nothing. */
  'session.started': { readonly userId: UserId; readonly sessionId: string };
  /** A session, or without `sessionId` every session and token of the user, was ended. */
  'session.ended': { readonly userId: UserId; readonly sessionId?: string };
  /** An access token was issued. `tokenId` names it (`jti`) and opens nothing; `sessionId` its login (`sid`). */
  'token.issued': { readonly userId: UserId; readonly tokenId: string; readonly sessionId?: string };
  /** A refresh token was used. */
  'token.refreshed': EventOrigin & {
    readonly userId: UserId;
    readonly tokenId: string;
    readonly sessionId: string;
    /** Whether it was a second use within the grace time, which got the same successor. */
    readonly repeated: boolean;
  };
  /** A refresh token was used that had been used before: a thief has it, or had. Its login was ended. */
  'token.reused': EventOrigin & { readonly userId: UserId; readonly sessionId: string };
  /** A token, a login with its tokens, or without both every token of the user, was ended. */
  'token.revoked': { readonly userId: UserId; readonly tokenId?: string; readonly sessionId?: string };
  /** A token from before ostiary was accepted: `tokens.legacy`. */
  'token.legacy-accepted': { readonly userId: UserId; readonly tokenId: string };
  /** The state store could not be asked, and a guard with `ifStateUnavailable: 'accept'` let the token pass. */
  'token.accepted-unchecked': { readonly userId: UserId; readonly tokenId: string };
  /** The status of an account was set. Its sessions were ended before, unless the state store is down: `setStatus` throws. */
  'account.status-changed': { readonly userId: UserId; readonly status: UserStatus };
}

/** The name of an event: `area.past-tense`. */
export type AuthEventName = keyof AuthEventDetails;

/** For those who listen without a compiler: an alarm on a misspelt event would never ring. */
const eventNames: Readonly<Record<AuthEventName, true>> = {
  'login.succeeded': true,
  'login.failed': true,
  'password.rehashed': true,
  'password.rehash-skipped': true,
  'password.changed': true,
  'password.rejected': true,
  'password.reset-requested': true,
  'password.breach-check-failed': true,
  'account.registered': true,
  'account.registration-refused': true,
  'account.closed': true,
  'account.link-rejected': true,
  'email.verification-requested': true,
  'email.verified': true,
  'email.change-requested': true,
  'email.changed': true,
  'notification.failed': true,
  'session.started': true,
  'session.ended': true,
  'token.issued': true,
  'token.refreshed': true,
  'token.reused': true,
  'token.legacy-accepted': true,
  'token.revoked': true,
  'token.accepted-unchecked': true,
  'account.status-changed': true,
};

/** An event as listeners get it, also on `diagnostics_channel` under `ostiary:<name>`. */
export type AuthEvent<Name extends AuthEventName = AuthEventName> = {
  readonly [Each in Name]: {
    /** Which of the events it is. */
    readonly name: Each;
    /** When it was told, by the `clock` of `createAuth`. */
    readonly at: Date;
    /** The realm of `createAuth`; absent for an application that names none. */
    readonly realm?: string;
  } & AuthEventDetails[Each];
}[Name];

/** Hears one kind of event. It is not awaited, and what it throws changes nothing. */
export type AuthEventListener<Name extends AuthEventName> = (event: AuthEvent<Name>) => unknown;

/** The events of one `createAuth`. */
export class Events {
  private readonly listeners = new Map<AuthEventName, Set<(event: never) => unknown>>();
  private readonly clock: Clock;
  private readonly realm: string;

  constructor(clock: Clock, realm: string) {
    this.clock = clock;
    this.realm = realm;
  }

  /** Listens; the answer unsubscribes. @throws {ConfigError} for a name that is no event, or no listener. */
  on<Name extends AuthEventName>(name: Name, listener: AuthEventListener<Name>): () => void {
    if (!Object.hasOwn(eventNames, name)) {
      throw new ConfigError('on', `knows no such event; there are ${Object.keys(eventNames).join(', ')}`);
    }
    if (typeof listener !== 'function')
      throw new ConfigError('on', `needs a listener, got ${kindOf(listener)}`);
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners);
    const own = (event: AuthEvent<Name>): unknown => listener(event);
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  /** Tells everybody. Never throws: an event is told after the fact and cannot change it. */
  emit<Name extends AuthEventName>(name: Name, details: AuthEventDetails[Name]): void {
    const event = {
      ...details,
      name,
      at: new Date(Number(this.clock.now())),
      ...(this.realm === '' ? {} : { realm: this.realm }),
    } as AuthEvent<Name>;
    const diagnostics = channel(`ostiary:${name}`);
    if (diagnostics.hasSubscribers) diagnostics.publish(event);
    // A copy: a listener that listens again, as a `once` does, is not told of this event a second time.
    for (const listener of [...(this.listeners.get(name) ?? [])])
      tell(listener as AuthEventListener<Name>, event);
  }
}

function tell<Name extends AuthEventName>(listener: AuthEventListener<Name>, event: AuthEvent<Name>): void {
  const failed = (error: unknown): void => {
    process.emitWarning(`a listener of ${event.name} failed: ${faultName(error)}`, {
      code: 'OSTIARY_LISTENER_FAILED',
    });
  };
  try {
    Promise.resolve(listener(event)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
