/** The embedded state store: the memory of this process, bounded and expiring. */

import { defaults } from '../../core/defaults.ts';
import { ConfigError } from '../../core/errors.ts';
import { kindOf, readOptions, wholeNumber, withMethods } from '../../core/options.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { StateStore } from '../../core/ports/state-store.ts';
import { BoundedRecords } from './bounded-records.ts';
import { ExpiringRecord } from './expiry-buckets.ts';

/** What {@link memoryState} takes. */
export interface MemoryStateOptions {
  /** Live records of each purpose, from 1 to 10,000,000. Default: 100,000, about 30 MB of small
   * records. */
  readonly maxRecords?: number;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

/** A JavaScript `Map` ends at 16.7 million entries. */
const mostRecords = 10_000_000;
/** Ten years, in seconds: more is milliseconds given by mistake. */
const longestTtl = 315_360_000;

/**
 * Keeps revocations, attempt counts and the like in the memory of this process: nothing to install, right for one
 * process, for development and for tests.
 *
 * **Two processes** (a cluster, two containers, a second server) have two memories that know nothing of each other. A
 * sign-out everywhere ends the sessions in the process that answered it and in no other; each process counts attempts
 * for itself, so that N processes allow N times as many; what may be used once can be used once in each. Give them one
 * shared store.
 *
 * **After a restart** everything in here is gone. Attempt counts begin at zero, and what was used once can be used
 * again. Revocations are forgotten: where the sessions themselves survive (express-session over Redis or a database,
 * tokens in people's hands), one that was ended by "sign out everywhere", or that a late request wrote back after its
 * sign-out, is good again until it ends by itself. A changed password is not forgotten: it ends sessions through the
 * user's row. Sessions from before a rehash of the password have to sign in again.
 *
 * It is bounded for each purpose apart (the part of a key before the first colon), so that a flood of one kind takes
 * no room from another. A live record is never dropped: a write that would add one to a full purpose is refused.
 * Expired records are cleared by later writes; there is no timer. A clock that is set back can make records live longer.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, here for a wrong option, and from the verbs for a time to live that is
 * not a whole number of seconds from 1 to 315,360,000 (ten years), an `increment` of a value that is no counter or
 * beyond `Number.MAX_SAFE_INTEGER`, or a clock that tells no time.
 * @throws {RetryError} `ERR_STATE_UNAVAILABLE`, from the verbs, when the purpose is full.
 *
 * @example
 * ```ts
 * const auth = createAuth({ users, secret, issuer, state: memoryState({ maxRecords: 20_000 }) });
 * ```
 */
export function memoryState(options: MemoryStateOptions = {}): StateStore {
  return new MemoryState(
    readOptions<Required<MemoryStateOptions>>('memoryState', options, {
      maxRecords: wholeNumber({ min: 1, max: mostRecords, fallback: defaults.memoryRecords }),
      clock: (value, path) => withMethods<Clock>('a clock', ['now'])(value ?? Date, path),
    }),
  );
}

/** The verbs are `async` for their refusals to be rejections. They await nothing: each is one step, none can interleave. */
class MemoryState implements StateStore {
  private readonly purposes = new Map<string, BoundedRecords>();
  private readonly options: Required<MemoryStateOptions>;

  constructor(options: Required<MemoryStateOptions>) {
    this.options = options;
  }

  async get(key: string): Promise<string | null> {
    const { records, now } = this.open(key);
    return records.find(key, now)?.value ?? null;
  }

  async put(key: string, value: string, ttlSeconds: number): Promise<void> {
    const { records, now } = this.open(key);
    records.write(new ExpiringRecord(key, value, now + milliseconds(ttlSeconds)), now);
  }

  async putIfAbsent(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    const { records, now } = this.open(key);
    const expiresAt = now + milliseconds(ttlSeconds);
    if (records.find(key, now) !== undefined) return false;
    records.write(new ExpiringRecord(key, value, expiresAt), now);
    return true;
  }

  async compareAndSet(key: string, expected: string, next: string, ttlSeconds: number): Promise<boolean> {
    const { records, now } = this.open(key);
    const expiresAt = now + milliseconds(ttlSeconds);
    if (records.find(key, now)?.value !== expected) return false;
    records.write(new ExpiringRecord(key, next, expiresAt), now);
    return true;
  }

  async take(key: string): Promise<string | null> {
    const { records, now } = this.open(key);
    const record = records.find(key, now);
    records.delete(key);
    return record?.value ?? null;
  }

  async increment(key: string, by: number, ttlSeconds: number): Promise<number> {
    const { records, now } = this.open(key);
    const expiresAt = now + milliseconds(ttlSeconds);
    const record = records.find(key, now);
    const count = added(record?.value ?? '0', by);
    if (record === undefined) records.write(new ExpiringRecord(key, String(count), expiresAt), now);
    else record.value = String(count);
    return count;
  }

  async delete(key: string): Promise<void> {
    this.open(key).records.delete(key);
  }

  private open(key: string): { records: BoundedRecords; now: number } {
    const now = Math.floor(Number(this.options.clock.now()));
    // Nothing would ever expire: a bounded store would refuse everything for good.
    if (!Number.isSafeInteger(now)) throw new ConfigError('memoryState.clock', 'now() tells no time');
    const purpose = key.slice(0, Math.max(0, key.indexOf(':')));
    const known = this.purposes.get(purpose);
    if (known !== undefined) return { records: known, now };
    const records = new BoundedRecords(purpose, this.options.maxRecords, now);
    this.purposes.set(purpose, records);
    return { records, now };
  }
}

function milliseconds(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= longestTtl)
    return ttlSeconds * 1000;
  throw new ConfigError(
    'ttlSeconds',
    `must be a whole number of seconds from 1 to ${longestTtl}, got ${kindOf(ttlSeconds)}`,
  );
}

/** A count that is not exact would let attempts through: it is refused, never rounded and never NaN. */
function added(stored: string, by: number): number {
  if (!/^(0|-?[1-9]\d*)$/.test(stored)) throw new ConfigError('key', 'holds a value that is no counter');
  const count = Number(stored) + by;
  if (Number.isSafeInteger(by) && Number.isSafeInteger(count)) return count;
  throw new ConfigError('by', `must be a whole number that keeps the counter exact, got ${kindOf(by)}`);
}
