/** The people who log in all at once. */

import bcrypt from 'bcryptjs';
import { bcryptCost, loginsAtOnce } from './storm.mjs';

/** The same passwords for the same seed; bcryptjs salts the hashes by itself. */
export async function makeAccounts(random) {
  const accounts = [];
  for (let id = 1; id <= loginsAtOnce; id += 1) {
    const password = Array.from({ length: 3 }, () => random().toString(36).slice(2, 8)).join('-');
    accounts.push({ id, name: `user-${id}`, password, hash: await bcrypt.hash(password, bcryptCost) });
  }
  return accounts;
}
