/** A hasher whose work can be counted: every password is its own hash. */

import type { PasswordHasher } from '../../src/index.ts';

export interface CountingHasher extends PasswordHasher {
  /** What each `verify` was handed as a hash. */
  readonly verified: (string | null)[];
  readonly hashed: string[];
}

/** Hashes are `plain:<cost>:<password>`; the cost is what `needsRehash` compares. */
export function countingHasher(cost = 1, concurrency = 2): CountingHasher {
  const verified: (string | null)[] = [];
  const hashed: string[] = [];
  return {
    id: 'counting',
    concurrency,
    verified,
    hashed,
    hash: async (password) => {
      hashed.push(password);
      return `plain:${cost}:${password}`;
    },
    verify: async (password, hash) => {
      verified.push(hash);
      return hash !== null && /^plain:\d+:/.test(hash) && hash.replace(/^plain:\d+:/, '') === password;
    },
    recognises: (hash) => /^plain:\d+:/.test(hash),
    needsRehash: (hash) => Number(hash.split(':')[1]) < cost,
  };
}
