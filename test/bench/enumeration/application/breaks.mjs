/** What is wrong with each application that is broken on purpose. */

import { setTimeout as sleep } from 'node:timers/promises';
import { bcryptCost } from '../figures.mjs';

/** `hasher` takes the good one and answers the bad one; `first` and `last` stand around the flow's own call. */
export const breaks = {
  'dummy one step dearer': {
    hasher: (hasher, bcrypt) => withDummy(hasher, bcrypt({ cost: bcryptCost + 1 })),
  },
  'no dummy': { hasher: (hasher) => withDummy(hasher, { verify: async () => false }) },
  'answers at once when taken': { first: isKnown },
  'answers at once when unknown': { first: async (users, email) => !(await isKnown(users, email)) },
  'waits for a mailer of 1 ms': {
    last: async (users, email) => {
      if (await isKnown(users, email)) await sleep(1);
    },
  },
};

async function isKnown(users, email) {
  return (await users.findByIdentifier(email, 'email')) !== null;
}

/** Another one does the work where there is no hash. */
function withDummy(hasher, other) {
  return {
    concurrency: hasher.concurrency,
    hash: (password) => hasher.hash(password),
    verify: (password, hash) => (hash === null ? other : hasher).verify(password, hash),
    recognises: (hash) => hasher.recognises(hash),
    needsRehash: (hash, password) => hasher.needsRehash(hash, password),
  };
}
