/** Whom the requests are about: somebody else in each of them, so that nobody is warmer than another. */

import bcrypt from 'bcryptjs';
import { bcryptCost, oldCost } from './figures.mjs';

const right = 'the password that nobody types';

/**
 * `count` people of each kind, as `{ logins, rows }`: what is typed, by kind, and the rows of those whom the table has.
 * All logins are of one length and say nothing of the kind; they all look like addresses, also of those who have none.
 */
export function makePeople(kinds, count, random) {
  const hashes = { current: bcrypt.hashSync(right, bcryptCost), old: bcrypt.hashSync(right, oldCost) };
  const taken = new Set();
  const rows = [];
  const logins = kinds.map(({ row }) =>
    Array.from({ length: count }, () => {
      const login = newLogin(taken, random);
      if (row !== null) rows.push(rowOf(rows.length + 1, login, row, hashes));
      return login;
    }),
  );
  return { logins, rows };
}

function rowOf(id, login, { hash = 'current', ...special }, hashes) {
  const ordinary = { id, login, mail: login, verified: true, status: 'active', busy: null };
  return { ...ordinary, hash: hash === null ? null : hashes[hash], ...special };
}

function newLogin(taken, random) {
  for (;;) {
    const name = Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join('');
    if (taken.has(name)) continue;
    taken.add(name);
    return `${name}@people.example`;
  }
}
