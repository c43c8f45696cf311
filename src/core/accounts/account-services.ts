/** The flows of an account, as `createAuth` offers them. */

import type { RequestContext } from '../login/request-context.ts';
import type { Capability, NeedsUserStoreMethod, UserStatus } from '../ports/user-store.ts';
import { type CloseInput, closeAccount } from './account-closing.ts';
import type { AccountParts } from './account-parts.ts';
import { setStatus } from './account-status.ts';
import {
  type ConfirmChangeInput,
  confirmEmailChange,
  type EmailChangeInput,
  requestEmailChange,
} from './email-change.ts';
import {
  requestVerification,
  type VerificationRequestInput,
  type VerifyInput,
  type VerifyResult,
  verifyEmail,
} from './email-verification.ts';
import { type ChangedPassword, changePassword, type PasswordChangeInput } from './password-change.ts';
import { type ResetInput, type ResetRequestInput, requestReset, resetPassword } from './password-reset.ts';
import { type RegisterResult, register } from './registration.ts';
import type { RegistrationInput } from './registration-input.ts';

/** The call, where the user store has the method it needs; otherwise a type that names the method. */
type Needs<Has extends Capability, Method extends Capability, Call> = Method extends Has
  ? Call
  : NeedsUserStoreMethod<Method>;

type Register<User> = (input: RegistrationInput, context?: RequestContext) => Promise<RegisterResult<User>>;
type ChangePassword<User> = (
  input: PasswordChangeInput<User>,
  context?: RequestContext,
) => Promise<ChangedPassword<User>>;
type RequestReset = (input: ResetRequestInput, context?: RequestContext) => Promise<void>;
type Reset<User> = (input: ResetInput, context?: RequestContext) => Promise<{ readonly user: User }>;
type RequestVerification<User> = (input: VerificationRequestInput<User>) => Promise<void>;
type Verify<User> = (input: VerifyInput, context?: RequestContext) => Promise<VerifyResult<User>>;
type RequestChange<User> = (input: EmailChangeInput<User>, context?: RequestContext) => Promise<void>;
type ConfirmChange<User> = (
  input: ConfirmChangeInput<User>,
  context?: RequestContext,
) => Promise<{ readonly user: User }>;
type SetStatus<User> = (input: { readonly user: User; readonly status: UserStatus }) => Promise<void>;
type Close<User> = (input: CloseInput<User>, context?: RequestContext) => Promise<void>;

/** Changing passwords, and replacing forgotten ones. */
export interface Passwords<User, Has extends Capability> {
  /**
   * Replaces the password of a signed-in user who knows it, and ends every session and token, this browser's too: sign
   * it in anew with what is answered. Tells the user.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_LOGIN_REJECTED`: the current password is another;
   * `ERR_ACCOUNT_PASSWORD_UNACCEPTABLE` with `reasons`; `ERR_SERVER_BUSY`; `ERR_STATE_UNAVAILABLE`.
   *
   * @example
   * ```ts
   * const { user, authentication } = await auth.passwords.change({ user: req.user, currentPassword, newPassword });
   * await signIn(req, user, authentication);
   * ```
   */
  readonly change: Needs<Has, 'updatePasswordHash', ChangePassword<User>>;
  /**
   * Mails a link to whoever has this identifier, to the stored address. Nobody learns whether there is an account: the
   * answer, and the work before it, are the same.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`, `ERR_STATE_UNAVAILABLE`
   */
  readonly requestReset: Needs<Has, 'updatePasswordHash', RequestReset>;
  /**
   * Replaces a forgotten password, by the link. Ends every session and token, proves the address, tells the user, and
   * signs nobody in. A password that is refused does not use the link.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_ACCOUNT_LINK_INVALID`: expired, used, superseded or none;
   * `ERR_ACCOUNT_PASSWORD_UNACCEPTABLE` with `reasons`; `ERR_SERVER_BUSY`; `ERR_STATE_UNAVAILABLE`.
   */
  readonly reset: Needs<Has, 'updatePasswordHash', Reset<User>>;
}

/** Proving and changing addresses. */
export interface Emails<User, Has extends Capability> {
  /**
   * Mails a link that proves the address of this user, or, for somebody who is not signed in, of whoever has this
   * address. Nothing goes out when it is proven already; the answer is the same.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`, `ERR_STATE_UNAVAILABLE`
   */
  readonly requestVerification: Needs<Has, 'markEmailVerified', RequestVerification<User>>;
  /**
   * Proves the address of a link. It counts only from the browser that registered (`context.deviceToken`) or with the
   * password; otherwise `password-required`, and the link works on. Signs nobody in.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_ACCOUNT_LINK_INVALID`; `ERR_LOGIN_REJECTED`: the password is another,
   * and the link works on; `ERR_SERVER_BUSY`; `ERR_STATE_UNAVAILABLE`.
   */
  readonly verify: Needs<Has, 'markEmailVerified', Verify<User>>;
  /**
   * Mails a link to a new address. Nothing changes before it is used. Ask for the password, here or by a guard with
   * `maxAge`: a stolen session could take the account over (ASVS 7.5.1).
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_LOGIN_REJECTED`: a password was given and is another;
   * `ERR_SERVER_BUSY`.
   */
  readonly requestChange: Needs<Has, 'replaceEmail', RequestChange<User>>;
  /**
   * Moves the account to the address to which the link was sent, and tells the old address. Sessions go on. Behind your
   * guard, with the signed-in user: otherwise whoever reads the mail decides, also where the address was mistyped.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_ACCOUNT_LINK_INVALID`; `ERR_ACCOUNT_IDENTIFIER_TAKEN`: somebody else
   * has got the address meanwhile; `ERR_STATE_UNAVAILABLE`.
   */
  readonly confirmChange: Needs<Has, 'replaceEmail', ConfirmChange<User>>;
}

/** Acts on accounts. A method whose capability the user store lacks cannot be called. */
export interface Accounts<User, Has extends Capability> {
  /**
   * Sets a status and ends every session of the user, also when an account is enabled again.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID` for an unknown status or user, `ERR_STATE_UNAVAILABLE`.
   */
  readonly setStatus: Needs<Has, 'setStatus', SetStatus<User>>;
  /**
   * Deletes the account of a user who knows its password. Every session and token dies with it.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_LOGIN_REJECTED`: the current password is another; `ERR_SERVER_BUSY`;
   * `ERR_STATE_UNAVAILABLE`: nothing was deleted, or a token that was issued at this moment may live on.
   */
  readonly close: Needs<Has, 'delete', Close<User>>;
}

/** All of them. */
export interface AccountServices<User, Has extends Capability> {
  /**
   * Makes an account. Where addresses are verified (`links.verifyEmail`), the answer is `check-inbox` for free and taken
   * addresses alike, and the mail tells them apart; otherwise `registered`, and nobody is signed in yet. Of the input
   * only the fields named here are read. A taken user name is said.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`; `ERR_ACCOUNT_PASSWORD_UNACCEPTABLE` with `reasons`;
   * `ERR_ACCOUNT_IDENTIFIER_TAKEN`; `ERR_SERVER_BUSY`; `ERR_STATE_UNAVAILABLE`.
   *
   * @example
   * ```ts
   * const { email, password, name } = req.body;
   * const result = await auth.register({ email, password, profile: { name } }, { ip: req.ip });
   * if (result.status === 'registered') await signIn(req, result.user, result.authentication);
   * ```
   */
  readonly register: Needs<Has, 'create', Register<User>>;
  readonly passwords: Passwords<User, Has>;
  readonly emails: Emails<User, Has>;
  readonly accounts: Accounts<User, Has>;
}

/** The flows over these parts. */
export function accountServices<User>(parts: AccountParts<User>): AccountServices<User, Capability> {
  return {
    register: (input, context) => register(parts, input, context),
    passwords: Object.freeze<Passwords<User, Capability>>({
      change: (input, context) => changePassword(parts, input, context),
      requestReset: (input, context) => requestReset(parts, input, context),
      reset: (input, context) => resetPassword(parts, input, context),
    }),
    emails: Object.freeze<Emails<User, Capability>>({
      requestVerification: (input) => requestVerification(parts, input),
      verify: (input, context) => verifyEmail(parts, input, context),
      requestChange: (input, context) => requestEmailChange(parts, input, context),
      confirmChange: (input, context) => confirmEmailChange(parts, input, context),
    }),
    accounts: Object.freeze<Accounts<User, Capability>>({
      setStatus: (input) => setStatus(parts, input),
      close: (input, context) => closeAccount(parts, input, context),
    }),
  };
}
