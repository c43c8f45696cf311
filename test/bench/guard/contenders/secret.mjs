/** The shared secret in the form that a contender's settings ask for. */

import { createSecretKey } from 'node:crypto';

export function secretOf(keys, { keyObject = false }) {
  return keyObject ? createSecretKey(Buffer.from(keys.verify)) : keys.verify;
}
