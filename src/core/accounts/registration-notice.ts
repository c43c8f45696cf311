/** What follows a registration where addresses are verified: after the answer, which knows nothing of it. */

import type { EventOrigin } from '../events.ts';
import type { AuthUser } from '../ports/user-store.ts';
import { isOpen, isUnverified, passwordHashOf } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import type { FoundUser } from './current-password.ts';
import { normalisedAddress } from './identifier.ts';
import type { Registration } from './registration-input.ts';

/** A registration that was answered with `check-inbox`. */
export interface AnsweredRegistration<User> extends Omit<Registration, 'password'> {
  readonly email: string;
  readonly passwordHash: string;
  /** The row that was made, or `null`: the address is taken. */
  readonly created: FoundUser<User> | null;
  readonly origin: EventOrigin;
}

/**
 * A link for the new account; for one that nobody has proven to be theirs the same, under the new password; and for any
 * other a word to its owner.
 */
export async function announceRegistration<User>(
  parts: AccountParts<User>,
  registration: AnsweredRegistration<User>,
): Promise<void> {
  const { email, created, origin } = registration;
  // Also for a new row, so that the store sees the same calls.
  const found = (await find(parts, email)) ?? created;
  if (found === null) return;
  const own = created ?? (await registerAgain(parts, registration, found));
  const kind = own === null ? 'already-registered' : 'verify-email';
  const { row, user } = own ?? found;
  const link = await parts.links.make('verify-email', user);
  if (own === null) parts.events.emit('account.registration-refused', { ...origin, userId: user.id });
  else parts.events.emit('account.registered', { ...origin, userId: user.id, again: created === null });
  await parts.notifications.deliver({ kind, row, user, ...(own === null ? {} : { link }) });
}

/**
 * Puts the second registration of an unverified address in the place of the first: whoever prepared an account for a
 * stranger's address loses it to the next who registers it (CVE-2026-53516). Earlier links are dead, since they are
 * bound to the earlier hash. `null`: the account is somebody's.
 */
async function registerAgain<User>(
  parts: AccountParts<User>,
  registration: AnsweredRegistration<User>,
  first: FoundUser<User>,
): Promise<FoundUser<User> | null> {
  const { email, passwordHash, username, profile } = registration;
  const update = parts.users.can.updatePasswordHash;
  let found: FoundUser<User> | null = first;
  for (let attempt = 0; attempt < 3 && found !== null && update !== undefined; attempt += 1) {
    const { user } = found;
    // A finder may take another address for this one: a collation without accents, a name that looks like an address.
    if (!isUnverified(user) || !isOpen(user) || normalisedAddress(user.email) !== email) return null;
    if (!(await parts.unverified.claim(user.id, user.passwordHash, 'replaced'))) return null;
    // The host may have signed somebody in before the address was proven: that ends before the write, and all of it after.
    await parts.endTokens(user.id);
    const written = await update(user.id, {
      next: passwordHash,
      expected: passwordHashOf(user),
      reason: 'registration',
      registration: { ...(username === undefined ? {} : { username }), profile },
    });
    if (written === true) return replaced(parts, user, email, passwordHash);
    found = await find(parts, email);
  }
  return null;
}

async function replaced<User>(
  parts: AccountParts<User>,
  { id }: AuthUser,
  email: string,
  passwordHash: string,
): Promise<FoundUser<User> | null> {
  await parts.endTokens(id);
  const found = await find(parts, email);
  return found !== null && passwordHashOf(found.user) === passwordHash ? found : null;
}

async function find<User>(parts: AccountParts<User>, email: string): Promise<FoundUser<User> | null> {
  const row = await parts.users.findByIdentifier(email, 'email');
  return row === null || row === undefined ? null : { row, user: parts.users.toAuthUser(row) };
}
