/** The embedded state store: the seven verbs, its bound, its clock, and the cases that other stores share. */

import { describe, expect, it } from 'vitest';
import { AuthError } from '../../../src/core/errors.ts';
import type { StateStore } from '../../../src/core/ports/state-store.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { type StoreUnderTest, stateStoreCases } from '../../support/state-store-cases.ts';

/** Not a whole second: expiry is to the millisecond. */
const start = 1_800_000_000_437;

function clockAt(milliseconds: number) {
  return {
    milliseconds,
    now(): number {
      return this.milliseconds;
    },
  };
}

function storeUnderTest(): StoreUnderTest {
  const clock = clockAt(start);
  return {
    store: memoryState({ clock }),
    pass: (seconds) => {
      clock.milliseconds += seconds * 1000;
    },
  };
}

async function fill(store: StateStore, count: number, ttlSeconds: number, purpose = 'full'): Promise<void> {
  for (let index = 0; index < count; index += 1) await store.put(`${purpose}:${index}`, 'value', ttlSeconds);
}

describe('memoryState', () => {
  for (const { name, run } of stateStoreCases(storeUnderTest)) it(name, run);
});

describe('the bound of memoryState', () => {
  const full = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

  it('refuses each verb that would add a record to a full purpose', async () => {
    const store = memoryState({ maxRecords: 3 });
    await fill(store, 3, 60);
    await expect(store.put('full:new', 'value', 60)).rejects.toMatchObject(full);
    await expect(store.putIfAbsent('full:new', 'value', 60)).rejects.toMatchObject(full);
    await expect(store.increment('full:new', 1, 60)).rejects.toMatchObject(full);
    expect(await store.get('full:new')).toBeNull();
  });

  it('keeps every live record of a full purpose', async () => {
    const store = memoryState({ maxRecords: 3 });
    await fill(store, 3, 60);
    await store.put('full:new', 'value', 60).catch(() => undefined);
    expect(await Promise.all([0, 1, 2].map((index) => store.get(`full:${index}`)))).toEqual(
      Array(3).fill('value'),
    );
  });

  it('overwrites the live records of a full purpose', async () => {
    const store = memoryState({ maxRecords: 2 });
    await store.put('full:record', 'old', 60);
    await store.put('full:counter', '1', 60);
    await store.put('full:record', 'new', 60);
    expect(await store.compareAndSet('full:record', 'new', 'newer', 60)).toBe(true);
    expect(await store.increment('full:counter', 1, 60)).toBe(2);
    expect(await store.get('full:record')).toBe('newer');
  });

  it('says false, not full, when nothing would be added', async () => {
    const store = memoryState({ maxRecords: 1 });
    await store.put('full:record', 'value', 60);
    expect(await store.putIfAbsent('full:record', 'other', 60)).toBe(false);
    expect(await store.compareAndSet('full:other', 'value', 'other', 60)).toBe(false);
  });

  it('bounds each purpose apart', async () => {
    const store = memoryState({ maxRecords: 2 });
    await fill(store, 2, 60, 'one');
    await fill(store, 2, 60, 'one:more').catch(() => undefined);
    await fill(store, 2, 60, 'other');
    await expect(store.put('one:more:0', 'value', 60)).rejects.toMatchObject(full);
    expect(await store.get('other:1')).toBe('value');
  });

  it('bounds keys without a colon together', async () => {
    const store = memoryState({ maxRecords: 1 });
    await store.put('plain', 'value', 60);
    await expect(store.put('other', 'value', 60)).rejects.toMatchObject(full);
  });

  it('has room again after take, after delete and in the millisecond in which a record expires', async () => {
    const clock = clockAt(start);
    const store = memoryState({ maxRecords: 1, clock });
    await store.put('full:taken', 'value', 60);
    await store.take('full:taken');
    await store.put('full:deleted', 'value', 60);
    await store.delete('full:deleted');
    await store.put('full:expired', 'value', 60);
    clock.milliseconds += 59_999;
    await expect(store.put('full:new', 'value', 60)).rejects.toMatchObject(full);
    clock.milliseconds += 1;
    await store.put('full:new', 'value', 60);
    expect(await store.get('full:new')).toBe('value');
  });

  it('has exactly as much room as has expired, whatever the order of the writes', async () => {
    const clock = clockAt(start);
    const store = memoryState({ maxRecords: 500, clock });
    // Times to live from 1 to 100 seconds in a scattered order, written at scattered milliseconds.
    for (let index = 0; index < 500; index += 1) {
      clock.milliseconds = start + ((index * 7) % 1000);
      await store.put(`full:${index}`, 'value', 1 + ((index * 37) % 100));
    }
    clock.milliseconds = start + 50_500;
    const live = (index: number) => ((index * 7) % 1000) + (1 + ((index * 37) % 100)) * 1000 > 50_500;
    const room = Array.from({ length: 500 }, (_, index) => index).filter((index) => !live(index)).length;
    await fill(store, room, 60, 'full:new');
    await expect(store.put('full:one-more', 'value', 60)).rejects.toMatchObject(full);
  });

  it('takes 100,000 records of a purpose unless told otherwise', async () => {
    const store = memoryState();
    await fill(store, 100_000, 60);
    await expect(store.put('full:new', 'value', 60)).rejects.toMatchObject(full);
  });
});

describe('the clock of memoryState', () => {
  it('ends a record in the millisecond in which its time to live has passed', async () => {
    const clock = clockAt(start);
    const store = memoryState({ clock });
    await store.put('purpose:key', 'value', 60);
    clock.milliseconds += 59_999;
    expect(await store.get('purpose:key')).toBe('value');
    clock.milliseconds += 1;
    expect(await store.get('purpose:key')).toBeNull();
  });

  it('takes the time from a clock that answers a Date', async () => {
    let now = new Date(start);
    const store = memoryState({ clock: { now: () => now } });
    await store.put('purpose:key', 'value', 60);
    now = new Date(start + 60_000);
    expect(await store.get('purpose:key')).toBeNull();
  });

  it('takes fractions of a millisecond', async () => {
    const clock = clockAt(0.25);
    const store = memoryState({ clock, maxRecords: 1 });
    await store.put('purpose:key', 'value', 1);
    clock.milliseconds = 1000.75;
    await store.put('purpose:other', 'value', 1);
    expect(await store.get('purpose:key')).toBeNull();
  });

  it('refuses a clock that tells no time', async () => {
    const store = memoryState({ clock: { now: () => Number.NaN } });
    await expect(store.put('purpose:key', 'value', 60)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    await expect(store.get('purpose:key')).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it.each([
    ['read', (store: StateStore) => store.get('purpose:key')],
    ['cleared by another write', (store: StateStore) => store.put('purpose:other', 'value', 60)],
  ])('does not bring back an expired record that was %s when the clock is set back', async (_how, use) => {
    const clock = clockAt(start);
    const store = memoryState({ clock });
    await store.put('purpose:key', 'value', 1);
    clock.milliseconds += 5000;
    await use(store);
    clock.milliseconds = start;
    expect(await store.get('purpose:key')).toBeNull();
  });

  it('still expires and still clears what was written after the clock was set back', async () => {
    const clock = clockAt(start);
    const store = memoryState({ clock, maxRecords: 1 });
    await store.put('purpose:first', 'value', 1);
    clock.milliseconds += 3_600_000;
    await store.put('purpose:second', 'value', 1);
    await store.delete('purpose:second');
    clock.milliseconds = start;
    await store.put('purpose:third', 'value', 1);
    clock.milliseconds += 1000;
    await store.put('purpose:fourth', 'value', 1);
    expect(await store.get('purpose:third')).toBeNull();
    expect(await store.get('purpose:fourth')).toBe('value');
  });

  it('survives a clock that leaps by centuries and back', async () => {
    const clock = clockAt(start);
    const store = memoryState({ clock, maxRecords: 2 });
    for (const leap of [1e13, -1e13, 8.6e15 - start, -start]) {
      await store.put('purpose:before', 'value', 1);
      clock.milliseconds = start + leap;
      await store.put('purpose:after', 'value', 1);
      expect(await store.get('purpose:after')).toBe('value');
      await store.delete('purpose:before');
      await store.delete('purpose:after');
      clock.milliseconds = start;
    }
  });
});

describe('what memoryState refuses', () => {
  const store = memoryState();
  const invalid = { code: 'ERR_CONFIG_INVALID' };
  const wrongTtls = [0, -1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 315_360_001, 60_000 * 1e9];

  it.each(wrongTtls)('a time to live of %d seconds', async (ttl) => {
    await store.put('purpose:there', '1', 60);
    await expect(store.put('purpose:ttl', 'value', ttl)).rejects.toMatchObject(invalid);
    await expect(store.putIfAbsent('purpose:ttl', 'value', ttl)).rejects.toMatchObject(invalid);
    await expect(store.compareAndSet('purpose:ttl', 'value', 'next', ttl)).rejects.toMatchObject(invalid);
    await expect(store.increment('purpose:ttl', 1, ttl)).rejects.toMatchObject(invalid);
    await expect(store.increment('purpose:there', 1, ttl)).rejects.toMatchObject(invalid);
    expect(await store.get('purpose:ttl')).toBeNull();
    expect(await store.get('purpose:there')).toBe('1');
  });

  it('a time to live that is a text', async () => {
    await expect(store.put('purpose:ttl', 'value', '60' as unknown as number)).rejects.toMatchObject(invalid);
  });

  it('takes a time to live of ten years', async () => {
    await store.put('purpose:years', 'value', 315_360_000);
    expect(await store.get('purpose:years')).toBe('value');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53])('an increment by %d', async (by) => {
    await expect(store.increment('purpose:by', by, 60)).rejects.toMatchObject(invalid);
    expect(await store.get('purpose:by')).toBeNull();
  });

  it('an increment beyond what a number can count exactly, and keeps the count', async () => {
    await store.increment('purpose:large', Number.MAX_SAFE_INTEGER, 60);
    await expect(store.increment('purpose:large', 1, 60)).rejects.toMatchObject(invalid);
    await expect(store.increment('purpose:large', -0.1, 60)).rejects.toMatchObject(invalid);
    expect(await store.get('purpose:large')).toBe(String(Number.MAX_SAFE_INTEGER));
  });

  it.each(['NaN', 'Infinity', '0x10', '1e3', ' 1', '-0', '01', '9007199254740993'])(
    '%j as a counter',
    async (value) => {
      await store.put('purpose:counter', value, 60);
      await expect(store.increment('purpose:counter', 1, 60)).rejects.toMatchObject(invalid);
      expect(await store.get('purpose:counter')).toBe(value);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 10_000_001, '100'])('maxRecords: %j', (maxRecords) => {
    const make = () => memoryState({ maxRecords: maxRecords as number });
    expect(make).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'memoryState.maxRecords' }),
    );
  });

  it('a clock without now(), and an option it does not know', () => {
    const withoutNow = () => memoryState({ clock: {} as Date & { now(): Date } });
    expect(withoutNow).toThrow(expect.objectContaining({ option: 'memoryState.clock.now' }));
    const misspelt = () => memoryState({ maxrecords: 5 } as object);
    expect(misspelt).toThrow(expect.objectContaining({ option: 'memoryState.maxrecords' }));
  });

  it('names neither key nor value', async () => {
    await store.put('purpose:some-id', 'some-value', 60);
    const error = await store.increment('purpose:some-id', 1, 60).catch((reason: unknown) => reason);
    expect(AuthError.is(error)).toBe(true);
    expect(String(error)).not.toMatch(/some-id|some-value/);
  });
});
