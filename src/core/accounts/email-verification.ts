/** Proving that an address is one's own. */

import { InputError } from '../errors.ts';
import { originOf, type RequestContext } from '../login/request-context.ts';
import type { AuthUser } from '../ports/user-store.ts';
import { capability, findExactly, isOpen, isUnverified } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import { checkCurrentPassword } from './current-password.ts';
import { allFields, emailField, fieldsOf, optionalField, passwordField } from './flow-input.ts';
import type { OpenLink } from './links.ts';
import { isRegisteringBrowser } from './registering-browser.ts';

/** Whose address is to be proven: a row, or for somebody who is not signed in the address itself. */
export type VerificationRequestInput<User> = { readonly user: User } | { readonly email: string };

/** What the page behind the link sent. */
export interface VerifyInput {
  readonly token: string;
  /** Of the account: for another browser than the one that registered. */
  readonly password?: string | undefined;
}

/** A status other than `verified` has changed nothing. */
export type VerifyResult<User> =
  | { readonly status: 'verified'; readonly user: User }
  | { readonly status: 'password-required' };

/** Sends a link to an address that is not proven yet; for an unknown or a proven one nothing, in the same time. */
export async function requestVerification<User>(
  parts: AccountParts<User>,
  input: VerificationRequestInput<User>,
): Promise<void> {
  capability(parts.users, 'markEmailVerified', 'verify addresses');
  parts.links.checkPage('verify-email');
  const given = fieldsOf(input);
  if (given['user'] !== undefined) {
    // The row that was handed in may be as old as the request: a link to its address would be dead.
    const { id } = parts.users.toAuthUser(given['user'] as User);
    const found = await findExactly(parts.users, id);
    if (found === null) throw new InputError({ user: 'the user store has no such user' });
    return sendVerification(parts, found.row, found.user);
  }
  const { email } = allFields({ email: emailField(given['email']) });
  const row = await parts.users.findByIdentifier(email, 'email');
  if (row === null || row === undefined) return parts.links.makeForNobody('verify-email', email);
  return sendVerification(parts, row, parts.users.toAuthUser(row));
}

/** The link, to the stored address. */
async function sendVerification<User>(parts: AccountParts<User>, row: User, user: AuthUser): Promise<void> {
  const link = await parts.links.make('verify-email', user);
  if (!isOpen(user) || user.emailVerified === true) return;
  parts.events.emit('email.verification-requested', { userId: user.id });
  parts.notifications.send({ kind: 'verify-email', row, user, link });
}

/**
 * Proves the address of a link. The link alone proves that somebody reads the mail, and not that it is they who
 * registered: a stranger could prepare an account for the owner of an address to activate (CVE-2026-53516). So it
 * counts in the browser that registered, or with the account's password.
 */
export async function verifyEmail<User>(
  parts: AccountParts<User>,
  input: VerifyInput,
  context: RequestContext = {},
): Promise<VerifyResult<User>> {
  capability(parts.users, 'markEmailVerified', 'verify addresses');
  const given = fieldsOf(input);
  const { password } = allFields({ password: optionalField(given['password'], passwordField) });
  const link = await parts.links.open('verify-email', given['token']);
  if (!(await isRegistrant(parts, link, password, context))) return { status: 'password-required' };
  return parts.links.useFor(link, () => prove(parts, link, context));
}

async function prove<User>(
  parts: AccountParts<User>,
  { row, user, address }: OpenLink<User>,
  context: RequestContext,
): Promise<VerifyResult<User>> {
  const mark = capability(parts.users, 'markEmailVerified', 'verify addresses');
  const isOwn = address !== null && (await parts.unverified.claim(user.id, user.passwordHash, 'verified'));
  if (!isOwn || (await mark(user.id, address)) !== true) {
    throw parts.links.refused('verify-email', 'superseded', user.id);
  }
  parts.events.emit('email.verified', { ...originOf(context), userId: user.id });
  const now = await findExactly(parts.users, user.id);
  if (now !== null) warnOfPending(now.user);
  return { status: 'verified', user: now === null ? row : now.row };
}

async function isRegistrant<User>(
  parts: AccountParts<User>,
  { user }: OpenLink<User>,
  password: string | undefined,
  context: RequestContext,
): Promise<boolean> {
  if (isRegisteringBrowser(parts.secrets, context?.deviceToken, user)) return true;
  if (password === undefined) return false;
  const found = await checkCurrentPassword(parts, user, password, 'verify-email', context);
  return found.user.passwordHash === user.passwordHash;
}

/** Nobody could ever sign in, and nothing would say why. */
function warnOfPending(user: AuthUser): void {
  if (!isUnverified(user) && user.status !== 'pending') return;
  process.emitWarning(
    'users.markEmailVerified answered true, and the account still is not verified: it must set the column that toAuthUser reads emailVerified from, and make a pending account active',
    { code: 'OSTIARY_NOT_VERIFIED' },
  );
}
