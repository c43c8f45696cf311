/** Which passwords a hasher can tell apart. */

import { isWellFormed } from '../core/well-formed.ts';

/** UTF-8 turns every lone surrogate into U+FFFD: two different passwords would be one. */
export function isPasswordText(password: unknown): password is string {
  return typeof password === 'string' && isWellFormed(password);
}
