/** The registry of what is kept in the state store: every key has its purpose here. */

import { digest } from './crypto.ts';
import type { UserId } from './ports/user-store.ts';
import { encodeUserId } from './user-id.ts';

/** What a purpose keeps, under which id, and for how long: the source of the page on what is stored. */
export const statePurposes = {
  revocation:
    'a user’s revocation mark, denied sessions and tokens, by user id; as long as the longest session or token',
  epoch: 'the epochs that a rehash replaced, by the new epoch; as long as the longest session',
} as const;

/** A purpose of the state store: the part of a key before its colon. */
export type StatePurpose = keyof typeof statePurposes;

/**
 * The keys of one realm. Ids go in as a SHA-256 that no secret is part of: rotating the secret can neither lose a
 * record nor revive what it revoked.
 */
export class StateKeys {
  private readonly realm: string;

  constructor(realm: string) {
    this.realm = realm;
  }

  revocation(userId: UserId): string {
    return this.key('revocation', ...encodeUserId(userId));
  }

  /** A key that no user has, for an identifier that nobody has: the same look-up for everyone. */
  revocationOfNobody(identifier: string): string {
    return this.key('revocation', 'nobody', identifier);
  }

  epoch(epoch: string): string {
    return this.key('epoch', epoch);
  }

  private key(purpose: StatePurpose, ...id: readonly string[]): string {
    return `${purpose}:${digest(purpose, this.realm, ...id)}`;
  }
}
