/** The timing wheel: which records it names, and how much work that is, counted in steps rather than in time. */

import { describe, expect, it } from 'vitest';
import { ExpiringRecord, ExpiryBuckets } from '../../../src/stores/memory/expiry-buckets.ts';

/** Reads and writes of the records that passed through {@link counted}. */
let touched = 0;

function counted(key: string, expiresAt: number): ExpiringRecord {
  return new Proxy(new ExpiringRecord(key, '', expiresAt), {
    get(record, property) {
      touched += 1;
      return Reflect.get(record, property);
    },
  });
}

/** The steps that `run` takes: calls of a Map, entries of one that are walked over, and touches of a record. */
function stepsOf(run: () => void): number {
  const walk = Object.getPrototypeOf(new Map().keys()) as { next(): unknown };
  const restores = [
    countCalls(Map.prototype, 'get'),
    countCalls(Map.prototype, 'set'),
    countCalls(Map.prototype, 'delete'),
    countCalls(walk, 'next'),
  ];
  touched = 0;
  run();
  for (const restore of restores) restore();
  return touched;
}

function countCalls<Name extends string>(owner: { [Key in Name]: unknown }, name: Name): () => void {
  const original = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
  Reflect.set(owner, name, function count(this: unknown, ...given: unknown[]) {
    touched += 1;
    return original.apply(this, given);
  });
  return () => Reflect.set(owner, name, original);
}

function keysOf(records: readonly ExpiringRecord[]): string[] {
  return records.map(({ key }) => key);
}

describe('ExpiryBuckets', () => {
  it('names a record in its millisecond and not before', () => {
    const buckets = new ExpiryBuckets(0);
    buckets.add(new ExpiringRecord('key', '', 5432));
    expect(keysOf(buckets.takeExpired(5431, 10))).toEqual([]);
    expect(keysOf(buckets.takeExpired(5432, 10))).toEqual(['key']);
    expect(keysOf(buckets.takeExpired(5432, 10))).toEqual([]);
  });

  it('names every expired record once, at most as many as asked for', () => {
    const buckets = new ExpiryBuckets(0);
    for (let index = 0; index < 10; index += 1) {
      buckets.add(new ExpiringRecord(`key ${index}`, '', 1000 + index * 300));
    }
    const named = [
      buckets.takeExpired(60_000, 4),
      buckets.takeExpired(60_000, 4),
      buckets.takeExpired(60_000, 4),
    ];
    expect(named.map((records) => records.length)).toEqual([4, 4, 2]);
    expect(new Set(named.flatMap(keysOf)).size).toBe(10);
  });

  it.each([
    ['before its second', 1],
    ['in its second', 5100],
    ['after it expired', 9000],
  ])('does not name a record that was removed %s', (_when, now) => {
    const buckets = new ExpiryBuckets(0);
    const removed = new ExpiringRecord('removed', '', 5500);
    for (const record of [
      new ExpiringRecord('one', '', 5500),
      removed,
      new ExpiringRecord('other', '', 5500),
    ]) {
      buckets.add(record);
    }
    buckets.takeExpired(now, 0);
    buckets.remove(removed);
    expect(keysOf(buckets.takeExpired(9000, 10))).toEqual(['one', 'other']);
  });

  it('names what was added after the clock was set back', () => {
    const buckets = new ExpiryBuckets(0);
    buckets.takeExpired(100_000, 10);
    buckets.takeExpired(50_000, 10);
    buckets.add(new ExpiringRecord('key', '', 51_500));
    expect(keysOf(buckets.takeExpired(51_500, 10))).toEqual(['key']);
  });

  /** Records expire one after the other, as fast as new ones come. */
  function stepsOfChurn(waiting: number, rounds: number): number {
    const buckets = new ExpiryBuckets(0);
    for (let index = 0; index < waiting; index += 1) {
      buckets.add(counted(`waiting ${index}`, 100_000_000 + index * 700));
    }
    let now = 0;
    return stepsOf(() => {
      for (let round = 0; round < rounds; round += 1) {
        now += 10;
        buckets.takeExpired(now, 64);
        buckets.add(counted(`round ${round}`, now + 1000));
      }
    });
  }

  it('takes the same number of steps whether 1,000 or 100,000 records wait', () => {
    expect(stepsOfChurn(100_000, 1000)).toBe(stepsOfChurn(1000, 1000));
  });

  it('takes as many steps for each record, however many have passed', () => {
    const [few, many] = [stepsOfChurn(1000, 1000), stepsOfChurn(1000, 4000)];
    expect(many).toBeGreaterThan(few);
    expect(many).toBeLessThan(few * 4.5);
  });

  it('leaves nothing behind of a record that is written again and again', () => {
    const buckets = new ExpiryBuckets(0);
    for (let second = 1; second <= 50_000; second += 1) {
      const record = counted('key', 1_000_000_000 + second * 1000);
      buckets.add(record);
      buckets.remove(record);
    }
    // A long pause looks at each bucket: only that of a record that is there is left to look at.
    expect(stepsOf(() => buckets.takeExpired(999_999_999, 64))).toBeLessThan(20);
  });
});
