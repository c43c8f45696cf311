/** Moving an account to another address. */

import { ConfigError, InputError, TakenError } from '../errors.ts';
import type { EventOrigin } from '../events.ts';
import { originOf, type RequestContext } from '../login/request-context.ts';
import { kindOf } from '../options.ts';
import type { UserId } from '../ports/user-store.ts';
import { capability, findExactly, isUnverified } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import { checkCurrentPassword, type FoundUser } from './current-password.ts';
import { allFields, emailField, fieldsOf, passwordField } from './flow-input.ts';
import { normalisedAddress } from './identifier.ts';
import type { OpenLink } from './links.ts';

/** What a form for another address sent, and whose it was. */
export interface EmailChangeInput<User> {
  /** The signed-in user's row. */
  readonly user: User;
  readonly newEmail: string;
  /**
   * Asked for unless the route has asked otherwise (ASVS 7.5.1): who can change the address can reset the password. Left
   * out, it is not checked; named, it has to be right, also where a form has left it out and it is `undefined`.
   */
  readonly currentPassword?: string | undefined;
}

/**
 * Sends a link to the new address. Nothing has changed before it is used; whether the new address has an account is
 * told to its owner, and not to whoever typed it.
 */
export async function requestEmailChange<User>(
  parts: AccountParts<User>,
  input: EmailChangeInput<User>,
  context: RequestContext = {},
): Promise<void> {
  capability(parts.users, 'replaceEmail', 'change addresses');
  parts.links.checkPage('change-email');
  const given = fieldsOf(input);
  const { newEmail, currentPassword } = allFields<{ newEmail: string; currentPassword: string | undefined }>({
    newEmail: emailField(given['newEmail']),
    currentPassword: Object.hasOwn(given, 'currentPassword')
      ? passwordField(given['currentPassword'])
      : { value: undefined },
  });
  const found = await presentUser(parts, given['user'] as User, currentPassword, context);
  if (newEmail === normalisedAddress(found.user.email))
    throw new InputError({ newEmail: 'is the present address' });
  parts.events.emit('email.change-requested', { ...originOf(context), userId: found.user.id });
  parts.notifications.later('change-email', found.user.id, () => announce(parts, found, newEmail));
}

async function presentUser<User>(
  parts: AccountParts<User>,
  row: User,
  currentPassword: string | undefined,
  context: RequestContext,
): Promise<FoundUser<User>> {
  const user = parts.users.toAuthUser(row);
  if (currentPassword !== undefined)
    return checkCurrentPassword(parts, user, currentPassword, 'change-email', context);
  const found = await findExactly(parts.users, user.id);
  if (found !== null) return found;
  throw new InputError({ user: 'the user store has no such user' });
}

/** To the new address, or to whoever has it. */
async function announce<User>(
  parts: AccountParts<User>,
  { row, user }: FoundUser<User>,
  newEmail: string,
): Promise<void> {
  const link = await parts.links.make('change-email', user, newEmail);
  const owner = await parts.users.findByIdentifier(newEmail, 'email');
  if (owner === null || owner === undefined) {
    return parts.notifications.deliver({ kind: 'change-email', row, user, to: newEmail, link });
  }
  const taken = parts.users.toAuthUser(owner);
  return parts.notifications.deliver({ kind: 'already-registered', row: owner, user: taken });
}

/** What the page behind the link sent, and who is signed in there. */
export interface ConfirmChangeInput<User> {
  readonly token: string;
  /**
   * The signed-in user's row: hand it in, behind your guard. The link proves the mailbox and not whose account it is: a
   * mistyped address would give the account away, and a stranger could have the owner of an address activate an account
   * that is not theirs (CVE-2026-53516). Left out, it is not checked; named, it has to be the user of the link.
   */
  readonly user?: User;
}

/**
 * Moves the account to the address to which the link was sent, and tells the old one. Every link that was sent before
 * is dead, also when the account moves back.
 */
export async function confirmEmailChange<User>(
  parts: AccountParts<User>,
  input: ConfirmChangeInput<User>,
  context: RequestContext = {},
): Promise<{ readonly user: User }> {
  capability(parts.users, 'replaceEmail', 'change addresses');
  const given = fieldsOf(input);
  const signedIn = Object.hasOwn(given, 'user')
    ? parts.users.toAuthUser(given['user'] as User).id
    : undefined;
  const link = await parts.links.open('change-email', given['token']);
  if (signedIn !== undefined && signedIn !== link.user.id) {
    throw parts.links.refused('change-email', 'of-another', link.user.id);
  }
  const { to } = link.claims;
  if (to === undefined) throw parts.links.refused('change-email', 'not-genuine');
  return parts.links.useFor(link, () => move(parts, link, to, originOf(context)));
}

async function move<User>(
  parts: AccountParts<User>,
  link: OpenLink<User>,
  to: string,
  origin: EventOrigin,
): Promise<{ readonly user: User }> {
  const replace = capability(parts.users, 'replaceEmail', 'change addresses');
  const { row, user, address } = link;
  // A table that does not count the new address as verified must not let it be registered anew for that reason.
  const isOwn = await parts.unverified.claim(user.id, user.passwordHash, 'verified');
  // Before the address changes: a crash between the two costs links, and revives none.
  if (!isOwn || !(await parts.links.endAllSince(link))) {
    throw parts.links.refused('change-email', 'superseded', user.id);
  }
  refuse(parts, await replace(user.id, { from: address, to }), user.id);
  parts.events.emit('email.changed', { ...origin, userId: user.id });
  const moved = (await verified(parts, user.id, to)) ?? { row, user };
  if (address !== null) parts.notifications.send({ kind: 'email-changed', ...moved, to: address });
  return { user: moved.row };
}

function refuse<User>(parts: AccountParts<User>, outcome: unknown, userId: UserId): void {
  if (outcome === 'changed') return;
  if (outcome === 'stale') throw parts.links.refused('change-email', 'superseded', userId);
  if (outcome === 'taken') throw new TakenError('newEmail');
  throw new ConfigError(
    'users.replaceEmail',
    `must say 'changed', 'stale' or 'taken', got ${kindOf(outcome)}`,
  );
}

/** The link came to the new address, and so it is proven. */
async function verified<User>(
  parts: AccountParts<User>,
  userId: UserId,
  email: string,
): Promise<FoundUser<User> | null> {
  const found = await findExactly(parts.users, userId);
  if (found === null || !isUnverified(found.user)) return found;
  await parts.users.can.markEmailVerified?.(userId, email);
  return findExactly(parts.users, userId);
}
