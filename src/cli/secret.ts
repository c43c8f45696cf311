/** `ostiary secret`. */

import { randomBytes } from 'node:crypto';

/** A secret for `createAuth`: 256 random bits, in characters that need no quotes anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
