/** The text behind `?token=` of a link that is mailed: signed, and stored nowhere. */

import { equalSecrets, mac } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import type { LinkPurpose } from '../events.ts';
import type { UserId } from '../ports/user-store.ts';
import type { DerivedKey, Secrets } from '../secrets.ts';
import { isSecond } from '../sessions/authentication.ts';
import { decodeUserId, encodeUserId } from '../user-id.ts';

/** What a link says. It opens an account, and so it says no more than is needed to find and to check it. */
export interface LinkClaims {
  /** Names the link, to use it once. */
  readonly id: string;
  /** The user’s id, with its type. */
  readonly userId: UserId;
  /** The address that must still be the account's, as an HMAC. */
  readonly bound: string;
  /** The mark under which links of this user lived when it was made; `null`: there was none. */
  readonly gen: string | null;
  /** The credential epoch. */
  readonly epoch: string;
  /** Seconds since the epoch: the end. */
  readonly end: number;
  /** The address that the link was sent to, and that the account moves to. Only of `change-email`. */
  readonly to?: string;
}

/** A genuine link, with the name of the secret that made it. */
export interface SignedLink extends LinkClaims {
  readonly secretId: string;
}

/** `<secret's name>.<claims>.<MAC>`, each base64url. A key for each purpose: no link is one for another. */
export function signLink(secrets: Secrets, purpose: LinkPurpose, claims: LinkClaims): string {
  const { secretId, key } = secrets.current(`link/${purpose}`);
  const { id, userId, bound, gen, epoch, end, to } = claims;
  const list = [id, encodeUserId(userId), bound, gen, epoch, end, ...(to === undefined ? [] : [to])];
  const body = Buffer.from(JSON.stringify(list)).toString('base64url');
  return `${secretId}.${body}.${mac(key, body)}`;
}

/** The claims, or `null` for whatever this application has not signed for this purpose. It may be expired. */
export function readLink(secrets: Secrets, purpose: LinkPurpose, token: string): SignedLink | null {
  if (token.length > defaults.tokenMaxLength) return null;
  const [secretId = '', body = '', signature = '', ...more] = token.split('.');
  const key = secrets.byId(`link/${purpose}`, secretId);
  if (key === undefined || more.length > 0) return null;
  // The signature is compared as text, before anything is decoded: no other spelling of it counts.
  if (!equalSecrets(mac(key.key, body), signature)) return null;
  return claimsOf(body, secretId);
}

/** What {@link LinkClaims.bound} is: an HMAC, because an address that is only hashed can be guessed. */
export function boundTo({ key }: DerivedKey, address: string | null): string {
  return mac(key, JSON.stringify([address]));
}

/** Signed by us, yet perhaps by a version that says other things. */
function claimsOf(body: string, secretId: string): SignedLink | null {
  const list: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (!Array.isArray(list)) return null;
  const [id, user, bound, gen, epoch, end, to] = list as readonly unknown[];
  const userId = decodeUserId(user);
  const texts = [id, bound, epoch].every((text) => typeof text === 'string' && text !== '');
  if (userId === null || !texts || !isSecond(end) || (gen !== null && typeof gen !== 'string')) return null;
  if (to !== undefined && typeof to !== 'string') return null;
  const claims = { id, userId, bound, gen, epoch, end, secretId, ...(to === undefined ? {} : { to }) };
  return claims as SignedLink;
}
