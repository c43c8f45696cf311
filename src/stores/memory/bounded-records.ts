/** The records of one purpose: bounded in number, expiring, and none of them dropped while it lives. */

import { defaults } from '../../core/defaults.ts';
import { RetryError } from '../../core/errors.ts';
import { type ExpiringRecord, ExpiryBuckets } from './expiry-buckets.ts';

/** Expired records that one write clears away: more than it adds, so that they go, and few, so that nobody waits. */
const clearedPerWrite = 64;

/** A map whose entries expire and which refuses to grow beyond its bound. */
export class BoundedRecords {
  private readonly records = new Map<string, ExpiringRecord>();
  private readonly expiry: ExpiryBuckets;
  private readonly maxRecords: number;
  private readonly purpose: string;

  constructor(purpose: string, maxRecords: number, now: number) {
    this.purpose = purpose;
    this.maxRecords = maxRecords;
    this.expiry = new ExpiryBuckets(now);
  }

  /** The live record. One that has expired is removed here, and stays gone when the clock is set back. */
  find(key: string, now: number): ExpiringRecord | undefined {
    const record = this.records.get(key);
    if (record === undefined || record.expiresAt > now) return record;
    this.delete(key);
    return undefined;
  }

  /** Writes a record, in the place of the one that is there if there is one. */
  write(record: ExpiringRecord, now: number): void {
    for (const { key } of this.expiry.takeExpired(now, clearedPerWrite)) this.records.delete(key);
    const known = this.records.get(record.key);
    if (known !== undefined) this.expiry.remove(known);
    // A live record may be somebody's revocation: making room by dropping one would let that session in again.
    else if (this.records.size >= this.maxRecords) throw this.full();
    this.records.set(record.key, record);
    this.expiry.add(record);
  }

  delete(key: string): void {
    const record = this.records.get(key);
    if (record === undefined) return;
    this.records.delete(key);
    this.expiry.remove(record);
  }

  private full(): RetryError {
    return new RetryError(
      'ERR_STATE_UNAVAILABLE',
      `memoryState() holds ${this.maxRecords} live records of the purpose '${this.purpose}' and drops none; raise maxRecords or use a shared store`,
      { retryAfterSeconds: defaults.retryAfter },
    );
  }
}
