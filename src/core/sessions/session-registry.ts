/** The list of a user's logins: it bounds them, and lets the user see them. */

import { defaults } from '../defaults.ts';
import { ConfigError, RetryError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { RequestContext } from '../ports/request-context.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { UserId } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import type { StateKeys } from '../state-keys.ts';
import type { Revocations } from '../tokens/revocation.ts';
import { isSecond } from './authentication.ts';
import { deviceLabel } from './device-label.ts';

/** Whether a login goes on by a cookie or by refresh tokens. */
export type SessionKind = 'session' | 'tokens';

/** A login, as the user may see it. */
export interface ListedSession {
  /** Names it, for `sessions.end`. It opens nothing. */
  readonly id: string;
  /** A cookie session, or one that has refresh tokens. */
  readonly kind: SessionKind;
  /** The browser and the system, like `Firefox on Linux`; `null` when the login did not say. */
  readonly device: string | null;
  /** The login. */
  readonly firstSeen: Date;
  /** The last request that is known of: at most five minutes behind. */
  readonly lastSeen: Date;
  /** Whether it is the one that was named as the present one. */
  readonly current: boolean;
}

/** A login as it is kept; dates are seconds since the epoch. */
export interface ListEntry {
  readonly id: string;
  readonly kind: SessionKind;
  readonly gen: string | null;
  readonly first: number;
  readonly seen: number;
  readonly end: number;
  readonly device?: string;
}

/** What {@link SessionRegistry} works on. */
export interface SessionRegistryParts {
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly revocations: Revocations;
  readonly clock: Clock;
  /** Whether cookie sessions are listed too, and what was seen of each. Without it the list only bounds. */
  readonly enabled: boolean;
  /** Seconds without a request after which a login of each kind is over. */
  readonly idle: Readonly<Record<SessionKind, number>>;
}

/** Ends a login that has to make room. */
export type Evict = (id: string) => Promise<void>;

/**
 * Of each user one record, written by compare-and-set alone, so that parallel logins are all in it. It decides nothing:
 * what ends a login is its denial, and a list that lags behind lets nobody in.
 */
export class SessionRegistry {
  readonly enabled: boolean;
  private readonly parts: SessionRegistryParts;

  constructor(parts: SessionRegistryParts) {
    this.enabled = parts.enabled;
    this.parts = parts;
  }

  /** Lists a new login. At the limit the oldest is ended first: never is one alive that is not listed. */
  async add(userId: UserId, entry: ListEntry, context: RequestContext, evict: Evict): Promise<void> {
    const device = this.enabled ? deviceLabel(context.userAgent) : null;
    const listed = device === null ? entry : { ...entry, device };
    await this.write(userId, async (entries) => {
      const others = entries.filter(({ id }) => id !== entry.id);
      const live = others.length < defaults.sessionsPerUser ? others : await this.weeded(userId, others);
      const tooMany = live.length - defaults.sessionsPerUser + 1;
      const oldest = [...live].sort((one, other) => one.first - other.first).slice(0, Math.max(0, tooMany));
      for (const { id } of oldest) await evict(id);
      return [...live.filter((one) => !oldest.includes(one)), listed];
    });
  }

  /** Notes that a login was used, at most once in five minutes. One that is not listed, from before the list, is then. */
  async touch(userId: UserId, entry: ListEntry): Promise<void> {
    if (!this.enabled) return;
    await this.write(userId, async (entries) => {
      const known = entries.find(({ id }) => id === entry.id);
      if (known !== undefined && Math.abs(entry.seen - known.seen) < defaults.sessionListTouch) return null;
      const others = entries.filter((one) => one !== known);
      // Not at the cost of another: who is in use longest may be the owner.
      if (others.length >= defaults.sessionsPerUser) return null;
      // A request that is slower than the end of its login must not bring it back: its denial may be over long before it.
      if (known === undefined && (await this.unrevoked(userId, [entry])).length === 0) return null;
      return [...others, { ...entry, ...known, seen: entry.seen }];
    });
  }

  /** Takes a login off the list. */
  async remove(userId: UserId, id: string): Promise<void> {
    await this.write(userId, async (entries) => {
      const others = entries.filter((one) => one.id !== id);
      return others.length === entries.length ? null : others;
    });
  }

  /**
   * The user's logins that are alive, the last one seen first.
   *
   * @throws {ConfigError} when `sessions.registry` is not set.
   */
  async list(userId: UserId, currentId: string | undefined): Promise<readonly ListedSession[]> {
    if (!this.enabled) {
      throw new ConfigError('sessions.registry', 'is not set: only with true are sessions listed');
    }
    const stored = await this.parts.state.get(this.parts.keys.sessions(userId));
    const live = await this.unrevoked(userId, this.unexpired(readList(stored)));
    return [...live].sort((one, other) => other.seen - one.seen).map((one) => listedOf(one, currentId));
  }

  private async write(
    userId: UserId,
    change: (entries: readonly ListEntry[]) => Promise<readonly ListEntry[] | null>,
  ): Promise<void> {
    const { state, keys, clock } = this.parts;
    const key = keys.sessions(userId);
    for (let attempt = 0; attempt < defaults.stateAttempts; attempt += 1) {
      const stored = await state.get(key);
      const next = await change(this.unexpired(readList(stored)));
      if (next === null) return;
      const text = JSON.stringify(next);
      const last = Math.max(...next.map(({ end }) => end), 0);
      const lifeSeconds = Math.max(1, last - secondsNow(clock)) + defaults.clockToleranceMaximum;
      const written =
        stored === null
          ? await state.putIfAbsent(key, text, lifeSeconds)
          : await state.compareAndSet(key, stored, text, lifeSeconds);
      if (written) return;
    }
    throw new RetryError('ERR_STATE_UNAVAILABLE', 'the list of sessions is being written too often', {
      retryAfterSeconds: defaults.retryAfter,
    });
  }

  private unexpired(entries: readonly ListEntry[]): readonly ListEntry[] {
    const { clock, idle } = this.parts;
    const now = secondsNow(clock);
    // What was seen is written rarely; without the list never, and then only the end counts.
    const slack = defaults.sessionListTouch + defaults.sessionTouch;
    const isOver = ({ kind, seen, end }: ListEntry): boolean =>
      now >= end || (this.enabled && now > seen + idle[kind] + slack);
    return entries.filter((entry) => !isOver(entry));
  }

  /** At the limit: who is over goes before the oldest, and takes along what a sign-out everywhere has left of it. */
  private async weeded(userId: UserId, entries: readonly ListEntry[]): Promise<readonly ListEntry[]> {
    const { state, keys } = this.parts;
    const unrevoked = await this.unrevoked(userId, entries);
    const families = entries.filter(({ kind }) => kind === 'tokens');
    const dead = families.filter((one) => !unrevoked.includes(one));
    await Promise.all(dead.map(({ id }) => state.delete(keys.refresh(id))));
    const stored = await Promise.all(
      unrevoked.map(
        async ({ id, kind }) => kind === 'session' || (await state.get(keys.refresh(id))) !== null,
      ),
    );
    return unrevoked.filter((_one, index) => stored[index]);
  }

  private async unrevoked(userId: UserId, entries: readonly ListEntry[]): Promise<readonly ListEntry[]> {
    const isRevoked = await this.parts.revocations.judge(userId);
    return entries.filter(({ id, gen }) => !isRevoked(gen, id));
  }
}

function listedOf(
  { id, kind, device, first, seen }: ListEntry,
  currentId: string | undefined,
): ListedSession {
  return {
    ...{ id, kind, device: device ?? null },
    firstSeen: new Date(first * 1000),
    lastSeen: new Date(seen * 1000),
    current: id === currentId,
  };
}

/** A list that cannot be read bounds nothing: no login begins until somebody has looked at it. */
function readList(stored: string | null): readonly ListEntry[] {
  if (stored === null) return [];
  const list = parsed(stored);
  if (Array.isArray(list) && list.every(isEntry)) return list;
  throw new RetryError('ERR_STATE_UNAVAILABLE', 'a list of sessions in the state store cannot be read', {
    retryAfterSeconds: defaults.retryAfter,
  });
}

function isEntry(value: unknown): value is ListEntry {
  const { id, gen, kind, first, seen, end, device = '' } = (value ?? {}) as ListEntry;
  const names =
    typeof id === 'string' && (gen === null || typeof gen === 'string') && typeof device === 'string';
  return names && (kind === 'session' || kind === 'tokens') && [first, seen, end].every(isSecond);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
