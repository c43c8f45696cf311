/** Records sorted by the time at which they expire, in buckets, so that the expired ones are found without a search. */

/** A record that expires, and its neighbours in the ring of its bucket. */
export class ExpiringRecord {
  readonly key: string;
  value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  before: ExpiringRecord = this;
  after: ExpiringRecord = this;

  constructor(key: string, value: string, expiresAt: number) {
    this.key = key;
    this.value = value;
    this.expiresAt = expiresAt;
  }
}

type Bucket = ExpiringRecord;

/**
 * A timing wheel of two levels. A record waits in the bucket of its second; when that second begins it moves to the
 * bucket of its millisecond, and from there to those that have expired. So every record is moved twice at most,
 * however many others there are, and a second or a millisecond that passes is looked at once.
 */
export class ExpiryBuckets {
  private readonly seconds = new Map<number, Bucket>();
  private readonly milliseconds = new Map<number, Bucket>();
  private readonly expired: Bucket = newBucket();
  private now: number;

  constructor(now: number) {
    this.now = now;
  }

  /** The record must expire a second or more after the `now` that {@link takeExpired} was last called with. */
  add(record: ExpiringRecord): void {
    append(bucketOf(this.seconds, secondOf(record.expiresAt)), record);
  }

  remove(record: ExpiringRecord): void {
    const { before, after } = record;
    unlink(record);
    // An empty bucket must not wait for its second: a record that is written again and again would leave one each time.
    const second = secondOf(record.expiresAt);
    if (before === after && this.seconds.get(second) === before) this.seconds.delete(second);
  }

  /** Removes and answers up to `limit` records that have expired: none only when there is none. */
  takeExpired(now: number, limit: number): readonly ExpiringRecord[] {
    this.advance(now);
    const taken: ExpiringRecord[] = [];
    for (const record of recordsOf(this.expired)) {
      if (taken.length === limit) break;
      unlink(record);
      taken.push(record);
    }
    return taken;
  }

  private advance(now: number): void {
    for (const bucket of takeBuckets(this.seconds, secondOf(this.now) + 1, secondOf(now))) {
      for (const record of recordsOf(bucket)) {
        const isExpired = record.expiresAt <= now;
        append(isExpired ? this.expired : bucketOf(this.milliseconds, record.expiresAt), record);
      }
    }
    for (const bucket of takeBuckets(this.milliseconds, this.now + 1, now)) {
      for (const record of recordsOf(bucket)) append(this.expired, record);
    }
    // Also when the clock was set back: what is added now expires before the time that had been reached.
    this.now = now;
  }
}

function secondOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** The head of an empty ring. */
function newBucket(): Bucket {
  return new ExpiringRecord('', '', 0);
}

function bucketOf(buckets: Map<number, Bucket>, number: number): Bucket {
  const known = buckets.get(number);
  if (known !== undefined) return known;
  const bucket = newBucket();
  buckets.set(number, bucket);
  return bucket;
}

/** Removes the buckets up to `last`: by counting from `first`, or after a long pause by looking at each bucket. */
function takeBuckets(buckets: Map<number, Bucket>, first: number, last: number): readonly Bucket[] {
  const taken: Bucket[] = [];
  const take = (number: number): void => {
    const bucket = buckets.get(number);
    if (bucket !== undefined) taken.push(bucket);
    buckets.delete(number);
  };
  if (last - first < buckets.size) for (let number = first; number <= last; number += 1) take(number);
  else for (const number of buckets.keys()) if (number <= last) take(number);
  return taken;
}

/** The records of a bucket; the one that is answered may be moved elsewhere before the next is asked for. */
function* recordsOf(bucket: Bucket): Generator<ExpiringRecord> {
  let record = bucket.after;
  while (record !== bucket) {
    const { after } = record;
    yield record;
    record = after;
  }
}

function append(bucket: Bucket, record: ExpiringRecord): void {
  unlink(record);
  record.before = bucket.before;
  record.after = bucket;
  bucket.before.after = record;
  bucket.before = record;
}

function unlink(record: ExpiringRecord): void {
  record.before.after = record.after;
  record.after.before = record.before;
  record.before = record;
  record.after = record;
}
