/** One small record per user that ends sessions and tokens. */

import { randomId } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { RetryError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { UserId } from '../ports/user-store.ts';
import { RecentMap } from '../recent-map.ts';
import { secondsNow } from '../seconds-now.ts';
import type { StateKeys } from '../state-keys.ts';
import { RecentAnswers } from './recent-answers.ts';
import { ends, type RevocationRecord, readRecord } from './revocation-record.ts';

/** What {@link Revocations} works on. */
export interface RevocationsParts {
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly clock: Clock;
  /** The longest life of anything that can be revoked: a record must not end before it. */
  readonly lifeSeconds: number;
  /** Seconds since the epoch: when the last token from before ostiary ends, of which nobody knows how long it lives. */
  readonly legacyEndSeconds?: number | undefined;
}

/** A token that is asked about again and again, and what was found out about it so far. */
export interface Revocable {
  readonly key: string;
  readonly gen: string | null;
  readonly id: string;
  /** Its login, which may be ended as a whole. */
  readonly sessionId: string | undefined;
  /** The stored text by which it was found alive: the same text finds the same. */
  aliveBy?: string | null;
  /** Nothing that was revoked lives again, also when the store forgets or cannot be asked. */
  dead: boolean;
}

/**
 * Ends sessions and tokens with one read per check. "All of this user" is a fresh random mark, compared for equality:
 * no clocks are compared, so that a login in the same second as a sign-out everywhere is judged right.
 */
export class Revocations {
  private readonly parts: RevocationsParts;
  private readonly answers: RecentAnswers;
  /** By name, because a token may come in another copy: too long to be kept, or pushed out by others. */
  private readonly ended = new RecentMap<Revocable>(defaults.endedTokens);

  constructor(parts: RevocationsParts) {
    this.parts = parts;
    this.answers = new RecentAnswers(parts.state, parts.clock);
  }

  /** The user's present mark, which whatever starts now carries. */
  async mark(userId: UserId): Promise<string | null> {
    return (await this.read(this.parts.keys.revocation(userId))).mark;
  }

  /** The same look-up for an identifier that nobody has. */
  async markOfNobody(identifier: string): Promise<null> {
    await this.read(this.parts.keys.revocationOfNobody(identifier));
    return null;
  }

  /** Whether something of this user that carries this mark and this id is dead. */
  async isRevoked(userId: UserId, gen: string | null, id: string): Promise<boolean> {
    return ends(await this.read(this.parts.keys.revocation(userId)), gen, id);
  }

  /** The same for many, with one look. */
  async judge(userId: UserId): Promise<(gen: string | null, id: string) => boolean> {
    const record = await this.read(this.parts.keys.revocation(userId));
    return (gen, id) => ends(record, gen, id);
  }

  /** What {@link isDead} is asked about, for a token that is kept. */
  revocable(userId: UserId, gen: string | null, id: string, sessionId?: string): Revocable {
    const key = this.parts.keys.revocation(userId);
    return this.ended.get(nameOf(key, id)) ?? { key, gen, id, sessionId, dead: false };
  }

  /** Whether the token is dead by an answer of the store that is at most so old. */
  async isDead(token: Revocable, maxStalenessSeconds: number): Promise<boolean> {
    if (token.dead) return true;
    return this.isDeadBy(token, await this.answer(token, maxStalenessSeconds), maxStalenessSeconds);
  }

  /** What the store says about the user of the token, at most so old. */
  answer(token: Revocable, maxStalenessSeconds: number): Promise<string | null> {
    return this.answers.get(token.key, maxStalenessSeconds);
  }

  /** Whether the token is dead by this {@link answer}, or was found dead while it was under way. */
  isDeadBy(token: Revocable, stored: string | null, maxStalenessSeconds: number): boolean | Promise<boolean> {
    return isAliveBy(token, stored) ? token.dead : this.isEnded(token, maxStalenessSeconds);
  }

  /** After a {@link deny}: this process knows, whatever becomes of the store. */
  markEnded(token: Revocable): void {
    token.dead = true;
    this.ended.set(nameOf(token.key, token.id), token);
  }

  /**
   * Ends everything the user has. One unconditional write: the fresh mark covers what was denied before. Answers it, for
   * what starts from here on and for nothing else.
   */
  async endAll(userId: UserId): Promise<string> {
    const key = this.parts.keys.revocation(userId);
    const mark = randomId();
    await this.writing(key, () =>
      this.parts.state.put(key, JSON.stringify({ mark, denied: {} }), this.markLife()),
    );
    return mark;
  }

  /** Ends one session or token, which would have ended by itself `endsInSeconds` from now. */
  async deny(userId: UserId, id: string, endsInSeconds: number): Promise<void> {
    const key = this.parts.keys.revocation(userId);
    await this.writing(key, () => this.addDenied(key, id, endsInSeconds));
  }

  /** What is remembered may be older than the token and hold an older mark: only a new answer ends it. */
  private async isEnded(token: Revocable, maxStalenessSeconds: number): Promise<boolean> {
    const isAlive = maxStalenessSeconds > 0 && isAliveBy(token, await this.answers.renew(token.key));
    if (isAlive) return token.dead;
    this.markEnded(token);
    // Somebody else ended it: an answer from before would go on finding another copy of it alive.
    this.answers.forget(token.key);
    return true;
  }

  private async addDenied(key: string, id: string, endsInSeconds: number): Promise<void> {
    const { state } = this.parts;
    for (let attempt = 0; attempt < defaults.stateAttempts; attempt += 1) {
      const stored = await state.get(key);
      const record = this.withDenied(readRecord(stored), id, endsInSeconds);
      const [next, lifeSeconds] = [JSON.stringify(record), this.lifeOf(record)];
      const written =
        stored === null
          ? await state.putIfAbsent(key, next, lifeSeconds)
          : await state.compareAndSet(key, stored, next, lifeSeconds);
      if (written) return;
    }
    throw new RetryError('ERR_STATE_UNAVAILABLE', 'the revocation record is being written too often', {
      retryAfterSeconds: defaults.retryAfter,
    });
  }

  private withDenied(record: RevocationRecord, id: string, endsInSeconds: number): RevocationRecord {
    const now = secondsNow(this.parts.clock);
    // Not counting itself: what is denied anew for a shorter time takes no more room.
    const denied = Object.entries(record.denied).filter(([each]) => each !== id);
    // Only when there is no more room: a clock that is ahead must not drop what others still have to refuse.
    const live = denied.length < defaults.deniedPerUser ? denied : denied.filter(([, until]) => until > now);
    // A user who ends that many sessions within one session's life is signed out everywhere: the record stays small.
    if (live.length >= defaults.deniedPerUser) return { mark: randomId(), denied: {} };
    return { mark: record.mark, denied: Object.fromEntries([...live, [id, now + endsInSeconds]]) };
  }

  /** A mark ends what is older than it, however long that lives; a denial alone lives no longer than what it denies. */
  private lifeOf({ mark, denied }: RevocationRecord): number {
    const last = Math.max(...Object.values(denied), 0) - secondsNow(this.parts.clock);
    // Twice: the clock of another machine may be behind, and ours ahead.
    const longest = Math.max(1, last) + 2 * defaults.clockToleranceMaximum;
    return mark === null ? longest : Math.max(this.markLife(), longest);
  }

  /** A token that outlives the mark which ended it would be alive again. */
  private markLife(): number {
    const { lifeSeconds, legacyEndSeconds = 0, clock } = this.parts;
    return Math.max(lifeSeconds, legacyEndSeconds - secondsNow(clock) + 2 * defaults.clockToleranceMaximum);
  }

  /** Also after a write that failed: it may have been done all the same. */
  private async writing(key: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } finally {
      this.answers.forget(key);
    }
  }

  private async read(key: string): Promise<RevocationRecord> {
    return readRecord(await this.parts.state.get(key));
  }
}

function nameOf(key: string, id: string): string {
  return `${key} ${id}`;
}

function isAliveBy(token: Revocable, stored: string | null): boolean {
  // A store that answers `undefined` has not said that there is nothing.
  if (stored === token.aliveBy && stored !== undefined) return true;
  const record = readRecord(stored);
  if (ends(record, token.gen, token.id)) return false;
  if (token.sessionId !== undefined && ends(record, token.gen, token.sessionId)) return false;
  token.aliveBy = stored;
  return true;
}
