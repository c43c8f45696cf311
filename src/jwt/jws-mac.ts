/** The signature of a JWS by an HMAC (RFC 7518 §3.2). */

import { createHmac, type KeyObject } from 'node:crypto';
import { type JwtAlgorithm, ruleOf } from './algorithms.ts';

/** Not by jose, which has it done in another thread: the way there and back takes longer than hashing a token. */
export function macOf(text: string, secret: KeyObject, algorithm: JwtAlgorithm): Buffer {
  const { secretBytes = 0 } = ruleOf(algorithm);
  return createHmac(`sha${8 * secretBytes}`, secret)
    .update(text)
    .digest();
}
