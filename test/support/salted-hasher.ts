/** A counting hasher that salts, as every real one does: the same password never has the same hash twice. */

import { type CountingHasher, countingHasher } from './counting-hasher.ts';

/** Hashes are `salted:<salt>:<password>`. */
export function saltedHasher(): CountingHasher {
  const counting = countingHasher(1, 64);
  const form = /^salted:\d+:(.*)$/s;
  let salt = 0;
  return {
    ...counting,
    id: 'salted',
    hash: async (password) => {
      await counting.hash(password);
      salt += 1;
      return `salted:${salt}:${password}`;
    },
    verify: async (password, hash) => {
      await counting.verify(password, hash);
      return hash !== null && form.exec(hash)?.[1] === password;
    },
    recognises: (hash) => form.test(hash),
    needsRehash: () => false,
  };
}
