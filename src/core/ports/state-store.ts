/** The port behind which everything lives that is not a user row. */

/**
 * An atomic key-value store for short-lived records: revocations, predecessors of a rehashed password, and what
 * later flows need. `memoryState()` is the embedded default.
 *
 * Rules for an implementation, each of which decides a race somewhere:
 *
 * - Every verb is one atomic step. Of many parallel `take`, `putIfAbsent` or `compareAndSet` calls that cannot all
 *   win, exactly one does, across all processes that share the store.
 * - A key reads `<purpose>:<id>`; the part before the first colon may be used to bound each purpose apart.
 * - Keys and values are ASCII text. Values never hold a usable secret.
 * - A record ends when its time to live has passed, by the store's own clock, and is then as if it had never been.
 * - `null` means "no such record" and nothing else; a fault throws. A live record is never dropped to make room.
 */
export interface StateStore {
  /** The value, or `null`. */
  get(key: string): Promise<string | null>;

  /** Writes the value whatever was there before. */
  put(key: string, value: string, ttlSeconds: number): Promise<void>;

  /** Writes only when there is no live record; says whether it did. */
  putIfAbsent(key: string, value: string, ttlSeconds: number): Promise<boolean>;

  /** Writes only when the live value equals `expected`; says whether it did. */
  compareAndSet(key: string, expected: string, next: string, ttlSeconds: number): Promise<boolean>;

  /** Reads and deletes in one step: of many callers exactly one gets the value, the others `null`. */
  take(key: string): Promise<string | null>;

  /** Adds to a counter, which starts at 0, and answers its new value. The time to live is set on creation only. */
  increment(key: string, by: number, ttlSeconds: number): Promise<number>;

  /** Removes the record; one that is not there is no error. */
  delete(key: string): Promise<void>;
}
