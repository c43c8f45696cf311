/** What the state store keeps of a login that has refresh tokens. */

import { equalSecrets, mac } from '../crypto.ts';
import { ownProperty } from '../own-property.ts';
import type { Authentication } from '../ports/authentication.ts';
import type { UserId } from '../ports/user-store.ts';
import type { Secrets } from '../secrets.ts';
import { decodeUserId, type EncodedUserId } from '../user-id.ts';

/** A login and the line of its refresh tokens, of which one is alive. */
export interface RefreshFamily {
  /** The user's id and its type. */
  readonly user: EncodedUserId;
  /** What the login was granted. An access token may have less, never more. */
  readonly scopes: readonly string[];
  /** The host's own claims. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** A refresh copies it and never makes it newer. `null`: nobody has vouched for one. */
  readonly authentication: Pick<Authentication, 'methods' | 'at'> | null;
  /** The revocation mark at the login. A refresh never reads a fresh one. */
  readonly gen: string | null;
  /** Seconds since the epoch: the login. */
  readonly start: number;
  /** Seconds since the epoch: the end, whatever happens. */
  readonly end: number;
  /** Random, and part of what each token proves: who has the secret alone can make none. */
  readonly seed: string;
  /** The credential epoch, made with the secret of this name. */
  readonly epoch: string;
  readonly secretId: string;
  /** The number of the living token. The first is 1. */
  readonly generation: number;
  /** Seconds since the epoch: when that token was made. */
  readonly made: number;
  /** Seconds since the epoch: by then each access token of the login has ended, also one of another life's machine. */
  readonly accessEnd: number;
  /** To which browser it was given: a SHA-256 of the device token. `null`: the request named none. */
  readonly device: string | null;
}

/** A family with its user's id decoded. */
export interface ReadFamily {
  readonly family: RefreshFamily;
  readonly userId: UserId;
}

const purpose = 'refresh-family';

/**
 * The stored text: an HMAC and what it covers. Whoever can write to the state store, and has a refresh token of their
 * own, could otherwise put another user's name, more scopes or a later end into its family.
 */
export function sealFamily(secrets: Secrets, id: string, family: RefreshFamily): string {
  const body = JSON.stringify(family);
  const key = secrets.byId(purpose, family.secretId) ?? secrets.current(purpose);
  return `${mac(key.key, id, body)} ${body}`;
}

/** The family of a stored text; `null` when none is stored, or one that no secret of ours has sealed. */
export function openFamily(secrets: Secrets, id: string, stored: string | null): ReadFamily | null {
  const gap = typeof stored === 'string' ? stored.indexOf(' ') : -1;
  if (typeof stored !== 'string' || gap === -1) return null;
  const [seal, body] = [stored.slice(0, gap), stored.slice(gap + 1)];
  const sealed = secrets.all(purpose).some(({ key }) => equalSecrets(mac(key, id, body), seal));
  if (!sealed) return null;
  const family = JSON.parse(body) as RefreshFamily;
  // Sealed by us, yet perhaps by a version that says other things.
  const userId = decodeUserId(ownProperty(family, 'user'));
  return userId === null ? null : { family, userId };
}
