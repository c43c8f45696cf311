/** What is wrong with each control: a part of the application that is replaced by a worse one. */

import { setTimeout as sleep } from 'node:timers/promises';
import { bcryptCost, busyMilliseconds } from '../figures.mjs';

/** Each takes the good part of its name and answers the bad one. `first` and `last` stand around the flow's own call. */
export const breaks = {
  'busy when nobody is found': { users: (users) => busyFinder(users, (row) => row === null) },
  'busy when somebody is found': { users: (users) => busyFinder(users, (row) => row !== null) },
  'dummy one step dearer': {
    hasher: (hasher, bcrypt) => dummy(hasher, bcrypt({ cost: bcryptCost + 1 })),
  },
  'no dummy': { hasher: (hasher) => dummy(hasher, { verify: async () => false }) },
  'busy when taken': {
    users: (users) => ({
      ...users,
      create: async (user) => {
        const created = await users.create(user);
        if (!created.ok) beBusy();
        return created;
      },
    }),
  },
  'answers at once when taken': { first: async (users, email) => (await find(users, email)) !== null },
  'answers at once when unknown': { first: async (users, email) => (await find(users, email)) === null },
  'waits for a mailer of 1 ms': {
    last: async (users, email) => {
      if ((await find(users, email)) !== null) await sleep(1);
    },
  },
};

function find(users, email) {
  return users.findByIdentifier(email, 'email');
}

function busyFinder(users, isSlow) {
  return {
    ...users,
    findByIdentifier: async (login) => {
      const row = await users.findByIdentifier(login);
      if (isSlow(row)) beBusy();
      return row;
    },
  };
}

/** Another hasher does the work where there is no hash. */
function dummy(hasher, other) {
  return {
    concurrency: hasher.concurrency,
    hash: (password) => hasher.hash(password),
    verify: (password, hash) => (hash === null ? other : hasher).verify(password, hash),
    recognises: (hash) => hasher.recognises(hash),
    needsRehash: (hash, password) => hasher.needsRehash(hash, password),
  };
}

function beBusy() {
  const end = performance.now() + busyMilliseconds;
  while (performance.now() < end);
}
