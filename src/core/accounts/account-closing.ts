/** Closing one's account. */

import { InputError } from '../errors.ts';
import { originOf, type RequestContext } from '../login/request-context.ts';
import { capability } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import { checkCurrentPassword } from './current-password.ts';
import { allFields, fieldsOf, passwordField } from './flow-input.ts';

/** Whose account, and the password that proves it. */
export interface CloseInput<User> {
  /** The signed-in user's row. */
  readonly user: User;
  readonly currentPassword: string;
}

/**
 * Deletes the account. Its sessions and tokens end first: while they cannot be ended, the account stays. And once more
 * after it, for a login that came between the two.
 */
export async function closeAccount<User>(
  parts: AccountParts<User>,
  input: CloseInput<User>,
  context: RequestContext = {},
): Promise<void> {
  const remove = capability(parts.users, 'delete', 'close accounts');
  const given = fieldsOf(input);
  const { currentPassword } = allFields({ currentPassword: passwordField(given['currentPassword']) });
  const present = parts.users.toAuthUser(given['user'] as User);
  const found = await checkCurrentPassword(parts, present, currentPassword, 'close-account', context);
  const { id } = found.user;
  await parts.endAll(id);
  if ((await remove(id)) !== true) throw new InputError({ user: 'the user store has no such user' });
  parts.events.emit('account.closed', { ...originOf(context), userId: id });
  parts.notifications.send({ kind: 'account-closed', ...found });
  await parts.endTokens(id);
}
