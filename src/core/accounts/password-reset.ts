/** Forgotten passwords. */

import { mac } from '../crypto.ts';
import type { EventOrigin } from '../events.ts';
import { laneOf, originOf, type RequestContext } from '../login/request-context.ts';
import { capability, findExactly, isOpen, isUnverified } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import { allFields, fieldsOf, identifierField, passwordField } from './flow-input.ts';
import type { OpenLink } from './links.ts';
import { hashNewPassword } from './new-password.ts';
import { writePassword } from './password-write.ts';

/** What a form for a forgotten password sent. */
export interface ResetRequestInput {
  readonly identifier: string;
}

/** What the form behind the link sent. */
export interface ResetInput {
  readonly token: string;
  readonly newPassword: string;
}

/**
 * Sends a link, if there is an account. The answer and the work before it are the same for everybody; whether and when
 * a message goes out is nobody's to see.
 */
export async function requestReset<User>(
  parts: AccountParts<User>,
  input: ResetRequestInput,
  context: RequestContext = {},
): Promise<void> {
  capability(parts.users, 'updatePasswordHash', 'reset passwords');
  parts.links.checkPage('reset-password');
  const { identifier } = allFields({
    identifier: identifierField(fieldsOf(input)['identifier'], parts.classify),
  });
  const origin = originOf(context);
  const row = await parts.users.findByIdentifier(identifier.value, identifier.kind);
  // For everyone, though only a stranger's is told: a clock would see for whom it is computed.
  const identifierHash = mac(parts.secrets.current('identifier').key, identifier.kind, identifier.value);
  if (row === null || row === undefined) {
    await parts.links.makeForNobody('reset-password', identifier.value);
    parts.events.emit('password.reset-requested', { ...origin, identifierHash });
    return;
  }
  const user = parts.users.toAuthUser(row);
  const link = await parts.links.make('reset-password', user);
  parts.events.emit('password.reset-requested', { ...origin, userId: user.id });
  if (!isOpen(user)) return;
  parts.notifications.send({ kind: 'reset-password', row, user, link });
}

/**
 * Stores the new password, and ends every session and token. Nobody is signed in by it: a mailbox is no second factor
 * (ASVS 6.3.6). The link proves the address, too.
 */
export async function resetPassword<User>(
  parts: AccountParts<User>,
  input: ResetInput,
  context: RequestContext = {},
): Promise<{ readonly user: User }> {
  capability(parts.users, 'updatePasswordHash', 'reset passwords');
  const given = fieldsOf(input);
  const { newPassword } = allFields({ newPassword: passwordField(given['newPassword']) });
  const link = await parts.links.open('reset-password', given['token']);
  const { user } = link;
  const origin = originOf(context);
  // Before the link is used: a password that is refused must not cost the visitor the link.
  const next = await hashNewPassword(
    parts,
    'newPassword',
    newPassword,
    user,
    laneOf(origin, String(user.id)),
  );
  // Once more: hashing takes a while, in which the address may have changed, or the account been disabled.
  const still = await parts.links.open('reset-password', given['token']);
  return parts.links.useFor(still, () => store(parts, still, next, origin));
}

async function store<User>(
  parts: AccountParts<User>,
  { user, address }: OpenLink<User>,
  next: string,
  origin: EventOrigin,
): Promise<{ readonly user: User }> {
  // Before the write: nobody who registers the address anew may replace the password that is written now.
  if (isUnverified(user)) await parts.unverified.claim(user.id, next, 'verified');
  const written = await writePassword(parts, { user, next, reason: 'reset', origin });
  if (written === null) throw parts.links.refused('reset-password', 'superseded', user.id);
  if (!isUnverified(written.user) || address === null) return { user: written.row };
  if ((await parts.users.can.markEmailVerified?.(user.id, address)) === true) {
    parts.events.emit('email.verified', { ...origin, userId: user.id });
  }
  const verified = await findExactly(parts.users, user.id);
  return { user: verified === null ? written.row : verified.row };
}
