/** The registry of what is kept in the state store: every key has its purpose here. */

import { digest } from './crypto.ts';
import type { UserId } from './ports/user-store.ts';
import { encodeUserId } from './user-id.ts';

/** What is kept under a purpose, in the words of the page on what is stored. */
interface StoredRecord {
  /** Of what the part behind the colon is the SHA-256. */
  readonly id: string;
  readonly value: string;
  /** What writes it. */
  readonly written: string;
  readonly life: string;
  readonly personalData: string;
}

/** A purpose of the state store: the part of a key before its colon. */
export type StatePurpose = 'revocation' | 'epoch';

/** Every purpose. Nothing reads this when it runs: the page on what is stored is made of it. */
export const statePurposes: Readonly<Record<StatePurpose, StoredRecord>> = {
  /** Ends sessions and tokens. One record for each user who has logged out, or was signed out everywhere. */
  revocation: {
    id: 'the realm, and the user’s id with its type',
    value:
      'JSON `{ mark, denied }`. `mark` is 128 random bits, or `null`. `denied` holds the ids of ended sessions and tokens, each with a second by which it would have ended anyway.',
    written:
      'by a logout, by a login in a browser that was signed in, by `tokens.revoke`, and by all that ends everything a user has: `endAll`, `revokeAll`, `setStatus`.',
    life: 'From the last write for `sessions.absolute`, or for `tokens.expiresIn` and twice `tokens.clockTolerance` where that is longer, or for what is left of the token that was ended.',
    personalData:
      'Pseudonymous. It names nobody, but whoever knows a user’s id can compute the key, and see that and when this user logged out.',
  },
  /** Keeps sessions alive over a rehash: it changes the stored hash, and not the password. */
  epoch: {
    id: 'the realm, and the epoch of the new hash: an HMAC of the user’s id, the stored hash and `AuthUser.epoch`',
    value: 'JSON list of the epochs that the new one follows, each an HMAC like it.',
    written: 'before a login replaces an old hash, once for each secret that `createAuth` was given.',
    life: 'From the write for `sessions.absolute`, or for `tokens.expiresIn` and twice `tokens.clockTolerance` where that is longer.',
    personalData:
      'No. Without the secret and the user’s row nobody can tell whose it is, and the password hash cannot be computed from it.',
  },
};

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
