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
export type StatePurpose = 'revocation' | 'epoch' | 'refresh' | 'sessions' | 'link' | 'address' | 'claim';

/** Every purpose. Nothing reads this when it runs: the page on what is stored is made of it. */
export const statePurposes: Readonly<Record<StatePurpose, StoredRecord>> = {
  /** Ends sessions and tokens. One record for each user who has logged out, or was signed out everywhere. */
  revocation: {
    id: 'the realm, and the user’s id with its type',
    value:
      'JSON `{ mark, denied }`. `mark` is 128 random bits, or `null`. `denied` holds the ids of ended sessions and tokens, each with a second by which it would have ended anyway.',
    written:
      'by a logout, by a login in a browser that was signed in, by `tokens.revoke`, by a refresh token that is used again, by the login that is one too many, and by all that ends everything a user has: `endAll`, `revokeAll`, `setStatus`, `close`, a changed or reset password, the second registration of an unverified address.',
    life: 'With a mark, from the last write for the longest of `sessions.absolute`, `tokens.refresh.absolute`, `tokens.expiresIn` and twice `tokens.clockTolerance`, and what is left of the last `until` of `tokens.legacy`. Without one for what is left of the last of what was ended, and two minutes.',
    personalData:
      'Pseudonymous. It names nobody, but whoever knows a user’s id can compute the key, and see that and when this user logged out.',
  },
  /** Keeps sessions alive over a rehash: it changes the stored hash, and not the password. */
  epoch: {
    id: 'the realm, and the epoch of the new hash: an HMAC of the user’s id, the stored hash and `AuthUser.epoch`',
    value: 'JSON list of the epochs that the new one follows, each an HMAC like it.',
    written: 'before a login replaces an old hash, once for each secret that `createAuth` was given.',
    life: 'From the write for the longest of `sessions.absolute`, `tokens.refresh.absolute`, `tokens.expiresIn` and twice `tokens.clockTolerance`, `links.resetLifetime` and `links.verifyLifetime`.',
    personalData:
      'No. Without the secret and the user’s row nobody can tell whose it is, and the password hash cannot be computed from it.',
  },
  /** One login that has refresh tokens. */
  refresh: {
    id: 'the realm, and the random id of the login',
    value:
      'An HMAC, and the JSON that it seals: the user’s id with its type, the granted scopes, the claims that the host added, how and when the user logged in, the revocation mark, the dates, the epoch, a random seed, the number of the last refresh token, when it was made, and the SHA-256 of the device token that it was given to. No token can be made of it without the secret.',
    written: 'by `tokens.issue` with `refresh: true`, and by each `tokens.refresh`.',
    life: 'From the last write for `tokens.refresh.idle`, or for what is left of `tokens.refresh.absolute`, and a minute.',
    personalData:
      'Yes: the user’s id, when the user logged in and last refreshed, and what the host put into the claims.',
  },
  /** The logins of a user: bounds those that have refresh tokens, and with `sessions.registry` lists them all. */
  sessions: {
    id: 'the realm, and the user’s id with its type',
    value:
      'JSON list of at most 100 logins: the random id, the kind, the revocation mark, the first and the last second, the end, and with `sessions.registry` the name of the device, such as `Firefox on Linux`.',
    written:
      'by `tokens.issue` with `refresh: true`, and by the end of such a login; with `sessions.registry` by each login and logout, and every five minutes of use.',
    life: 'Until the last of the logins ends, and a minute.',
    personalData:
      'Pseudonymous, as for `revocation`: it shows when this user logged in and was last seen, and with what.',
  },
  /** Makes a link work once. */
  link: {
    id: 'the realm, and the random id of the link',
    value: 'The text `used`.',
    written: 'by the use of a link: a verified address, a reset password, a changed address.',
    life: 'For what is left of the link, and a day.',
    personalData: 'No.',
  },
  /** Ends the links of a user: whose address has changed, also when it changes back, or who was signed out everywhere. */
  address: {
    id: 'the realm, and the user’s id with its type',
    value: '128 random bits.',
    written:
      'by `emails.confirmChange`, before the address changes, and by all that ends everything a user has.',
    life: 'For the longest life of a link, and a day.',
    personalData:
      'Pseudonymous, as for `revocation`: it shows that a user changed the address or was signed out everywhere.',
  },
  /** Decides between two who have to do with one unverified account: one proves its address, one registers it anew. */
  claim: {
    id: 'the realm, the user’s id with its type, and the stored password hash',
    value: 'The text `verified` or `replaced`.',
    written:
      'by the proof of an address, by a reset of an unverified account, by `emails.confirmChange`, and by the registration of an unverified address.',
    life: 'For an hour.',
    personalData: 'No. Without the user’s row, with its salted hash, nobody can tell whose it is.',
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

  refresh(sessionId: string): string {
    return this.key('refresh', sessionId);
  }

  sessions(userId: UserId): string {
    return this.key('sessions', ...encodeUserId(userId));
  }

  link(linkId: string): string {
    return this.key('link', linkId);
  }

  address(userId: UserId): string {
    return this.key('address', ...encodeUserId(userId));
  }

  /** A key that no user has, for an identifier that nobody has: the same look-up for everyone. */
  addressOfNobody(identifier: string): string {
    return this.key('address', 'nobody', identifier);
  }

  claim(userId: UserId, passwordHash: string | null): string {
    return this.key('claim', ...encodeUserId(userId), JSON.stringify(passwordHash));
  }

  private key(purpose: StatePurpose, ...id: readonly string[]): string {
    return `${purpose}:${digest(purpose, this.realm, ...id)}`;
  }
}
