/** Proving who one is once more, before an account is changed (ASVS 7.5.1). */

import { AuthError } from '../errors.ts';
import type { PasswordUse } from '../events.ts';
import { laneOf, originOf, type RequestContext } from '../login/request-context.ts';
import type { AuthUser } from '../ports/user-store.ts';
import { findExactly, isOpen, passwordHashOf } from '../users.ts';
import type { AccountParts } from './account-parts.ts';

/** A row and what ostiary knows of it. */
export interface FoundUser<User> {
  readonly row: User;
  readonly user: AuthUser;
}

/**
 * The user's row as the table has it now, whose password this is. The row that was handed in may be as old as the
 * request.
 *
 * @throws {AuthError} `ERR_LOGIN_REJECTED` for a wrong password, and for an account that is gone or disabled.
 */
export async function checkCurrentPassword<User>(
  parts: Pick<AccountParts<User>, 'users' | 'admission' | 'hasher' | 'events'>,
  user: AuthUser,
  password: string,
  use: PasswordUse,
  context: RequestContext,
): Promise<FoundUser<User>> {
  const origin = originOf(context);
  const found = await findExactly(parts.users, user.id);
  const hash = passwordHashOf(found?.user ?? null);
  const right = await parts.admission.run(laneOf(origin, String(user.id)), () =>
    parts.hasher.verify(password, hash),
  );
  // Also while its address waits for a proof: that is one of the things the password is asked for.
  if (found !== null && hash !== null && right === true && isOpen(found.user)) return found;
  parts.events.emit('password.rejected', { ...origin, userId: user.id, use });
  throw new AuthError('ERR_LOGIN_REJECTED', 'the current password is another, or the account cannot be used');
}
