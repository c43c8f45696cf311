/** The browser that registered an address, known again when the link is opened. */

import { equalSecrets, mac, randomId } from '../crypto.ts';
import type { AuthUser } from '../ports/user-store.ts';
import type { Secrets } from '../secrets.ts';
import { passwordHashOf } from '../users.ts';
import { normalisedAddress } from './identifier.ts';

const purpose = 'device';

/**
 * `<random id>.<secret's name>.<MAC of id, address and password hash>`: it names nobody. Made of the hash that was just
 * computed, whether or not it was stored: for a taken address it looks the same, and fits no account.
 */
export function deviceTokenFor(secrets: Secrets, email: string, passwordHash: string): string {
  const { secretId, key } = secrets.current(purpose);
  const id = randomId();
  return `${id}.${secretId}.${mac(key, id, email, passwordHash)}`;
}

/** Whether the token was given to the browser that registered this account with the password it has. */
export function isRegisteringBrowser(secrets: Secrets, token: unknown, user: AuthUser): boolean {
  const hash = passwordHashOf(user);
  if (typeof token !== 'string' || token.length > 128 || hash === null) return false;
  const [id = '', secretId = '', signature = '', ...more] = token.split('.');
  const key = secrets.byId(purpose, secretId);
  const email = normalisedAddress(user.email);
  if (key === undefined || more.length > 0 || email === null) return false;
  return equalSecrets(mac(key.key, id, email, hash), signature);
}
