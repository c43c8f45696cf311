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
  readonly user: EncodedUserId;
  /** The credential epoch, and the secret that made it. */
  readonly epoch: string;
  readonly secretId: string;
  /** The revocation mark at the login. */
  readonly gen: string | null;
  /** RFC 8176 values. */
  readonly methods: readonly string[];
  /** Seconds since the epoch: the login, the start of the session, its absolute end, the last rewrite. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
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
