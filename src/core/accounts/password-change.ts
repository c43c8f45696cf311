/** Changing one's password. */

import { AuthError } from '../errors.ts';
import { laneOf, originOf, type RequestContext } from '../login/request-context.ts';
import type { Authentication } from '../ports/authentication.ts';
import { secondsNow } from '../seconds-now.ts';
import { capability } from '../users.ts';
import type { AccountParts } from './account-parts.ts';
import { checkCurrentPassword } from './current-password.ts';
import { allFields, fieldsOf, passwordField } from './flow-input.ts';
import { hashNewPassword } from './new-password.ts';
import { writePassword } from './password-write.ts';

/** What a form for a new password sent, and whose it was. */
export interface PasswordChangeInput<User> {
  /** The signed-in user's row. */
  readonly user: User;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** The user, and the authentication with which this browser is signed in anew. */
export interface ChangedPassword<User> {
  readonly user: User;
  readonly authentication: Authentication;
}

/** The current password proves who it is; everything else the user had is over, also this browser's session. */
export async function changePassword<User>(
  parts: AccountParts<User>,
  input: PasswordChangeInput<User>,
  context: RequestContext = {},
): Promise<ChangedPassword<User>> {
  capability(parts.users, 'updatePasswordHash', 'change passwords');
  const given = fieldsOf(input);
  const { currentPassword, newPassword } = allFields({
    currentPassword: passwordField(given['currentPassword']),
    newPassword: passwordField(given['newPassword']),
  });
  const { id } = parts.users.toAuthUser(given['user'] as User);
  const { user } = await checkCurrentPassword(
    parts,
    { id, passwordHash: null },
    currentPassword,
    'change-password',
    context,
  );
  const origin = originOf(context);
  const next = await hashNewPassword(parts, 'newPassword', newPassword, user, laneOf(origin, String(id)));
  const written = await writePassword(parts, { user, next, reason: 'change', origin });
  if (written === null) throw new AuthError('ERR_LOGIN_REJECTED', 'the password was changed meanwhile');
  const at = secondsNow(parts.clock);
  return { user: written.row, authentication: { methods: ['pwd'], at, gen: written.mark } };
}
