/** What the state store said a moment ago, for those who may go by it. */

import { defaults } from '../defaults.ts';
import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import { RecentMap } from '../recent-map.ts';

interface Answer {
  readonly text: string | null;
  /** Milliseconds: when the store was asked, not when it answered, so that an answer is never older than it says. */
  readonly askedAt: number;
}

/** A question that is not answered yet. */
interface Reading {
  readonly key: string;
  isOvertaken: boolean;
}

/** Reads of the state store, kept as long as the one who asks allows. */
export class RecentAnswers {
  private readonly answers = new RecentMap<Answer>(defaults.recentAnswers);
  private readonly state: StateStore;
  private readonly clock: Clock;
  private readonly readings = new Set<Reading>();

  constructor(state: StateStore, clock: Clock) {
    this.state = state;
    this.clock = clock;
  }

  /** The value under the key; with a staleness of zero as the store has it now. */
  get(key: string, maxStalenessSeconds: number): Promise<string | null> {
    return maxStalenessSeconds === 0 ? this.state.get(key) : this.recent(key, maxStalenessSeconds);
  }

  /** The value as the store has it now, kept for those who may go by it. */
  async renew(key: string): Promise<string | null> {
    const askedAt = Number(this.clock.now());
    const reading: Reading = { key, isOvertaken: false };
    this.readings.add(reading);
    try {
      const text = await this.state.get(key);
      if (!reading.isOvertaken) this.answers.set(key, { text, askedAt });
      return text;
    } finally {
      this.readings.delete(reading);
    }
  }

  /** After a write of this process: it is known at once here, also to a read that was under way meanwhile. */
  forget(key: string): void {
    this.answers.delete(key);
    // Of this user only: whoever brings dead tokens of one must not have the answers about all others thrown away.
    for (const reading of this.readings) if (reading.key === key) reading.isOvertaken = true;
  }

  private async recent(key: string, maxStalenessSeconds: number): Promise<string | null> {
    const known = this.answers.get(key);
    const now = Number(this.clock.now());
    return known !== undefined && isRecent(now - known.askedAt, maxStalenessSeconds)
      ? known.text
      : this.renew(key);
  }
}

/** A clock that was set back makes every answer one of the future: ask again. */
function isRecent(ageMilliseconds: number, maxStalenessSeconds: number): boolean {
  return ageMilliseconds >= 0 && ageMilliseconds < maxStalenessSeconds * 1000;
}
