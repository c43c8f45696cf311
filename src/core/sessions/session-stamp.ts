/** What a session keeps about the login that started it. */

import type { UserId } from '../ports/user-store.ts';
import { decodeUserId, type EncodedUserId } from '../user-id.ts';
import { isSecond, isTextList } from './authentication.ts';

/**
 * Plain JSON for the host's server-side session. It proves nothing by itself: each resume holds it against the user's
 * row and the revocation record.
 */
export interface SessionStamp {
  /** Names this session, to end it. It opens nothing. */
  readonly id: string;
  /** The realm that started it; empty for an application that names none. */
  readonly realm: string;
  /** The user's id and its type: string, number or bigint. */
  readonly user: EncodedUserId;
  /** The credential epoch: an HMAC of the user's id, the stored hash and the table's own counter. */
  readonly epoch: string;
  /** The name of the secret that made the epoch. */
  readonly secretId: string;
  /** The revocation mark at the login. */
  readonly gen: string | null;
  /** How the user logged in: RFC 8176 values. */
  readonly methods: readonly string[];
  /** Seconds since the epoch: the login. */
  readonly at: number;
  /** Seconds since the epoch: the start of the session. */
  readonly start: number;
  /** Seconds since the epoch: its absolute end. */
  readonly end: number;
  /** Seconds since the epoch: the last rewrite. */
  readonly seen: number;
}

/** A stamp with its user id decoded. */
export interface ReadStamp {
  readonly stamp: SessionStamp;
  readonly userId: UserId;
}

/** The value as a stamp, or `null`: it comes out of a session store and may be anything. */
export function readStamp(value: unknown): ReadStamp | null {
  if (typeof value !== 'object' || value === null) return null;
  const stamp = value as SessionStamp;
  const userId = decodeUserId(stamp.user);
  if (userId === null) return null;
  const texts = [stamp.id, stamp.epoch, stamp.secretId].every(
    (text) => typeof text === 'string' && text !== '',
  );
  const seconds = [stamp.at, stamp.start, stamp.end, stamp.seen].every(isSecond);
  const gen = stamp.gen === null || typeof stamp.gen === 'string';
  const realm = typeof stamp.realm === 'string';
  return texts && seconds && gen && realm && isTextList(stamp.methods) ? { stamp, userId } : null;
}
