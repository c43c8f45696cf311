/** The cases for state stores, proven by stores that break one promise each. */

import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/core/ports/state-store.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { movableClock } from '../support/movable-clock.ts';
import { type StoreUnderTest, stateStoreCases } from '../support/state-store-cases.ts';

describe('the cases for state stores', () => {
  const later = () => new Promise<void>((resolve) => setImmediate(resolve));

  /** Each breaks one promise of the port, with the case that must say so. */
  const broken: readonly (readonly [
    fault: string,
    finder: RegExp,
    wrap: (store: StateStore) => Partial<StateStore>,
  ])[] = [
    [
      'take reads, waits and deletes',
      /parallel take/,
      (store) => ({
        async take(key) {
          const value = await store.get(key);
          await later();
          await store.delete(key);
          return value;
        },
      }),
    ],
    ['take only reads', /take answers the value and removes/, (store) => ({ take: (key) => store.get(key) })],
    [
      'putIfAbsent reads, waits and writes',
      /parallel putIfAbsent/,
      (store) => ({
        async putIfAbsent(key, value, ttl) {
          if ((await store.get(key)) !== null) return false;
          await later();
          await store.put(key, value, ttl);
          return true;
        },
      }),
    ],
    [
      'putIfAbsent renews the time to live',
      /putIfAbsent leaves a live record/,
      (store) => ({
        async putIfAbsent(key, value, ttl) {
          const there = await store.get(key);
          await store.put(key, there ?? value, ttl);
          return there === null;
        },
      }),
    ],
    [
      'compareAndSet ignores what is expected',
      /compareAndSet leaves any other value/,
      (store) => ({
        async compareAndSet(key, _expected, next, ttl) {
          if ((await store.get(key)) === null) return false;
          await store.put(key, next, ttl);
          return true;
        },
      }),
    ],
    [
      'compareAndSet ignores case, as some columns do',
      /compareAndSet leaves any other value/,
      (store) => ({
        async compareAndSet(key, expected, next, ttl) {
          const there = await store.get(key);
          if (there?.toLowerCase() !== expected.toLowerCase()) return false;
          return store.compareAndSet(key, there, next, ttl);
        },
      }),
    ],
    [
      'compareAndSet reads, waits and writes',
      /parallel compareAndSet/,
      (store) => ({
        async compareAndSet(key, expected, next, ttl) {
          if ((await store.get(key)) !== expected) return false;
          await later();
          await store.put(key, next, ttl);
          return true;
        },
      }),
    ],
    [
      'compareAndSet takes an empty text for no record',
      /compareAndSet writes no record/,
      (store) => ({
        compareAndSet: (key, expected, next, ttl) =>
          expected === '' ? store.putIfAbsent(key, next, ttl) : store.compareAndSet(key, expected, next, ttl),
      }),
    ],
    [
      'compareAndSet counts changed rows, and a same value changes none',
      /says true for a value that stays/,
      (store) => ({
        compareAndSet: async (key, expected, next, ttl) =>
          (await store.compareAndSet(key, expected, next, ttl)) && expected !== next,
      }),
    ],
    [
      'increment resets the time to live',
      /increment leaves the time to live/,
      (store) => ({
        async increment(key, by, ttl) {
          const count = await store.increment(key, by, ttl);
          await store.put(key, String(count), ttl);
          return count;
        },
      }),
    ],
    [
      'increment reads, waits and writes',
      /increment is exact/,
      (store) => ({
        async increment(key, by, ttl) {
          const count = Number((await store.get(key)) ?? 0) + by;
          await later();
          await store.put(key, String(count), ttl);
          return count;
        },
      }),
    ],
    [
      'increment answers NaN',
      /increment refuses a value/,
      (store) => ({
        increment: (key, by, ttl) => store.increment(key, by, ttl).catch(() => Number.NaN),
      }),
    ],
    [
      'nothing expires',
      /every verb treats an expired record/,
      (store) => ({ put: (key, value) => store.put(key, value, 315_360_000) }),
    ],
    [
      'put keeps the first value',
      /put replaces the value/,
      (store) => ({ put: async (key, value, ttl) => void (await store.putIfAbsent(key, value, ttl)) }),
    ],
    [
      'a record that is missing is undefined',
      /answers null/,
      (store) => ({ get: async (key) => (await store.get(key)) ?? (undefined as unknown as null) }),
    ],
    [
      'an empty value is no value',
      /every printable value/,
      (store) => ({ get: async (key) => (await store.get(key)) || null }),
    ],
    [
      'values are trimmed',
      /every printable value/,
      (store) => ({ put: (key, value, ttl) => store.put(key, value.trimEnd(), ttl) }),
    ],
    [
      'keys ignore case',
      /keys apart/,
      (store) => ({ put: (key, ...rest) => store.put(key.toLowerCase(), ...rest) }),
    ],
    ['delete does nothing', /delete removes/, () => ({ delete: async () => undefined })],
    [
      'delete of a missing record throws',
      /delete of a record that is not there/,
      (store) => ({
        async delete(key) {
          if ((await store.take(key)) === null) throw new Error('not found');
        },
      }),
    ],
  ];

  it('pass a store that breaks none', async () => {
    for (const { run } of stateStoreCases(() => brokenStore(() => ({})))) await run();
  });

  it.each(broken)('fail a store of which it is true that %s', async (_fault, finder, wrap) => {
    const cases = stateStoreCases(() => brokenStore(wrap));
    const finding = cases.filter(({ name }) => finder.test(name));
    expect(finding).toHaveLength(1);
    await expect(finding[0]?.run()).rejects.toThrow();
  });
});

function brokenStore(wrap: (store: StateStore) => Partial<StateStore>): StoreUnderTest {
  const clock = movableClock();
  const store = memoryState({ clock });
  return { store: wrapped(store, wrap(store)), pass: (seconds) => clock.advance(seconds) };
}

function wrapped(store: StateStore, changed: Partial<StateStore>): StateStore {
  return {
    get: (key) => store.get(key),
    put: (key, value, ttl) => store.put(key, value, ttl),
    putIfAbsent: (key, value, ttl) => store.putIfAbsent(key, value, ttl),
    compareAndSet: (key, expected, next, ttl) => store.compareAndSet(key, expected, next, ttl),
    take: (key) => store.take(key),
    increment: (key, by, ttl) => store.increment(key, by, ttl),
    delete: (key) => store.delete(key),
    ...changed,
  };
}
