/** The accounts that the bench hands over before anything else. */

import { once } from 'node:events';

export async function receiveAccounts() {
  const [{ accounts }] = await once(process, 'message');
  return accounts;
}
