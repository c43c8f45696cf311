/** Replacing a password, and ending everything that the old one opened. */

import { AuthError, ConfigError } from '../errors.ts';
import type { EventOrigin } from '../events.ts';
import { untilDone } from '../login/rehash.ts';
import type { AuthUser, PasswordHashUpdate } from '../ports/user-store.ts';
import { capability, findExactly, passwordHashOf } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import type { FoundUser } from './current-password.ts';

/** A password that is to be replaced. */
export interface PasswordWrite {
  /** The account as it was when the change was allowed. */
  readonly user: AuthUser;
  readonly next: string;
  readonly reason: 'change' | 'reset';
  readonly origin: EventOrigin;
}

/** An account with its new password. */
export interface WrittenPassword<User> extends FoundUser<User> {
  /** The mark that ended everything, for the session that follows. */
  readonly mark: string;
}

/**
 * Writes the hash if the password is still the one that was there, and ends every session and token. `null`: somebody
 * else has changed it.
 *
 * Tokens end before the write: while they cannot be ended, the password stays. And once more after it, for a login that
 * came between the two. Sessions end by the write itself, since their epoch is made of the hash.
 */
export async function writePassword<User>(
  parts: AccountParts<User>,
  write: PasswordWrite,
): Promise<WrittenPassword<User> | null> {
  const { user, next, reason, origin } = write;
  await parts.endTokens(user.id);
  if (!(await replaceHash(parts, write))) return null;
  const [whole] = await Promise.allSettled([refuseCutHash(parts, user, next)]);
  if (whole.status === 'rejected' && AuthError.is(whole.reason, 'ERR_CONFIG_INVALID')) throw whole.reason;
  const [ended] = await Promise.allSettled([parts.endAll(user.id)]);
  parts.events.emit('password.changed', { ...origin, userId: user.id, by: reason });
  const found = await findExactly(parts.users, user.id);
  if (found !== null) parts.notifications.send({ kind: 'password-changed', ...found });
  if (ended.status === 'rejected') throw ended.reason;
  return found === null ? null : { ...found, mark: ended.value };
}

/** A rehash stores the same password in another way, and may come between: then once more. */
async function replaceHash<User>(
  parts: AccountParts<User>,
  { user, next, reason }: PasswordWrite,
): Promise<boolean> {
  const update = capability(parts.users, 'updatePasswordHash', 'change passwords');
  let expected = passwordHashOf(user);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if ((await update(user.id, { next, expected, reason })) === true) return true;
    const now = await findExactly(parts.users, user.id);
    if (now === null || !(await isRehashOf(parts, user, now.user))) return false;
    expected = passwordHashOf(now.user);
  }
  return false;
}

async function isRehashOf<User>(
  parts: AccountParts<User>,
  before: AuthUser,
  now: AuthUser,
): Promise<boolean> {
  return passwordHashOf(now) !== null && parts.epochs.isAlive(parts.epochs.current(before), now);
}

/** A column that cuts the hash would lock the account: put the old one back, and say which column to widen. */
async function refuseCutHash<User>(parts: AccountParts<User>, user: AuthUser, next: string): Promise<void> {
  const found = await findExactly(parts.users, user.id);
  const stored = passwordHashOf(found?.user ?? null);
  if (stored === null || stored === next || !next.startsWith(stored)) return;
  const undo: PasswordHashUpdate = { next: passwordHashOf(user) ?? '', expected: stored, reason: 'rehash' };
  const update = capability(parts.users, 'updatePasswordHash', 'change passwords');
  await untilDone(() => update(user.id, undo));
  throw new ConfigError(
    'users.updatePasswordHash',
    `stored ${stored.length} of the ${next.length} characters of a password hash: widen the column`,
  );
}
