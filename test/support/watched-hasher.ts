/** A hasher that counts what another is asked. */

import type { PasswordHasher } from '../../src/index.ts';

export interface WatchedHasher extends PasswordHasher {
  /** What each `verify` was handed as a hash. */
  readonly verified: (string | null)[];
  readonly hashed: string[];
}

/** The hasher as it is, its calls counted. */
export function watchedHasher(hasher: PasswordHasher): WatchedHasher {
  const verified: (string | null)[] = [];
  const hashed: string[] = [];
  return {
    id: hasher.id,
    ...(hasher.concurrency === undefined ? {} : { concurrency: hasher.concurrency }),
    verified,
    hashed,
    hash: (password) => {
      hashed.push(password);
      return hasher.hash(password);
    },
    verify: (password, hash) => {
      verified.push(hash);
      return hasher.verify(password, hash);
    },
    recognises: (hash) => hasher.recognises(hash),
    needsRehash: (hash, password) => hasher.needsRehash(hash, password),
    close: async () => hasher.close?.(),
  };
}
