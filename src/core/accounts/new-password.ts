/** Accepting and hashing a new password: the same for every flow. */

import { PasswordError } from '../errors.ts';
import type { Lane } from '../login/admission.ts';
import type { AccountParts } from './account-parts.ts';
import type { PasswordOwner } from './password-words.ts';

/**
 * The hash of a new password that the policy accepts.
 *
 * @throws {AuthError} `ERR_ACCOUNT_PASSWORD_UNACCEPTABLE` with `reasons`, `ERR_SERVER_BUSY`
 */
export async function hashNewPassword<User>(
  parts: Pick<AccountParts<User>, 'policy' | 'admission' | 'hasher'>,
  field: 'password' | 'newPassword',
  password: string,
  owner: PasswordOwner,
  lane: Lane,
): Promise<string> {
  const reasons = await parts.policy.problems(password, owner);
  if (reasons.length > 0) throw new PasswordError(reasons, { [field]: parts.policy.advice(reasons) });
  return parts.admission.run(lane, () => parts.hasher.hash(password));
}
