/** What every state store must do, as cases that any store can be put through. */

import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { StateStore } from '../../src/core/ports/state-store.ts';

/** A store that is empty, and a way to let its own clock pass. */
export interface StoreUnderTest {
  readonly store: StateStore;
  /** Lets at least this time pass: moves the store's clock, or waits. */
  pass(seconds: number): void | Promise<void>;
}

/** One behaviour: `run` rejects when the store does not have it. */
export interface StateStoreCase {
  readonly name: string;
  run(): Promise<void>;
}

type Check = (store: StateStore, pass: StoreUnderTest['pass']) => Promise<void>;

const parallel = 50;
const key = 'purpose:key';

/** The cases, each with a store of its own from `make`. */
export function stateStoreCases(
  make: () => StoreUnderTest | Promise<StoreUnderTest>,
): readonly StateStoreCase[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const { store, pass } = await make();
      await check(store, pass);
    },
  }));
}

const checks: Readonly<Record<string, Check>> = {
  'answers null for a record that was never written': async (store) => {
    equal(await store.get(key), null);
    equal(await store.take(key), null);
  },
  'gives back the value it was given': async (store) => {
    await store.put(key, 'value', 60);
    equal(await store.get(key), 'value');
  },
  'gives back every printable value unchanged': async (store) => {
    const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
    const values = ['', ' ', ' padded ', '0', '007', '1e3', 'null', '{"a":[1,"\\u20ac"]}', printable];
    for (const value of [...values, 'x'.repeat(20_000)]) {
      await store.put(key, value, 60);
      equal(await store.get(key), value);
    }
  },
  'keeps keys apart that resemble each other': async (store) => {
    const keys = [
      'a:b',
      'a:B',
      'a:b ',
      'a:b:c',
      'a:',
      'ab:',
      'a:%',
      'a:_',
      'a:*',
      'a:__proto__',
      '__proto__:a',
    ];
    for (const one of keys) await store.put(one, `value of ${one}`, 60);
    await store.delete('a:*');
    await store.delete('a:%');
    const left = keys.filter((one) => one !== 'a:*' && one !== 'a:%');
    deepEqual(
      await Promise.all(left.map((one) => store.get(one))),
      left.map((one) => `value of ${one}`),
    );
  },

  'put replaces the value': async (store) => {
    await store.put(key, 'first', 60);
    await store.put(key, 'second', 60);
    equal(await store.get(key), 'second');
  },
  'put gives the record a new time to live': async (store, pass) => {
    await store.put(key, 'first', 2);
    await store.put(key, 'second', 60);
    await pass(2);
    equal(await store.get(key), 'second');
  },
  'put can shorten the time to live': async (store, pass) => {
    await store.put(key, 'first', 60);
    await store.put(key, 'second', 1);
    await pass(1);
    equal(await store.get(key), null);
  },

  'a record is there before its time to live has passed': async (store, pass) => {
    await store.put(key, 'value', 60);
    await pass(1);
    equal(await store.get(key), 'value');
  },
  'every verb treats an expired record as one that never was': async (store, pass) => {
    for (const verb of ['get', 'take', 'putIfAbsent', 'compareAndSet', 'increment', 'delete']) {
      await store.put(`purpose:${verb}`, '5', 1);
    }
    await pass(1);
    equal(await store.get('purpose:get'), null);
    equal(await store.take('purpose:take'), null);
    equal(await store.putIfAbsent('purpose:putIfAbsent', 'new', 60), true);
    equal(await store.get('purpose:putIfAbsent'), 'new');
    equal(await store.compareAndSet('purpose:compareAndSet', '5', 'new', 60), false);
    equal(await store.get('purpose:compareAndSet'), null);
    equal(await store.increment('purpose:increment', 1, 60), 1);
    await store.delete('purpose:delete');
  },

  'putIfAbsent leaves a live record and its time to live alone': async (store, pass) => {
    equal(await store.putIfAbsent(key, 'first', 1), true);
    equal(await store.putIfAbsent(key, 'second', 60), false);
    equal(await store.get(key), 'first');
    await pass(1);
    equal(await store.get(key), null);
  },
  'putIfAbsent writes again after take and after delete': async (store) => {
    await store.putIfAbsent(key, 'first', 60);
    await store.take(key);
    equal(await store.putIfAbsent(key, 'second', 60), true);
    await store.delete(key);
    equal(await store.putIfAbsent(key, 'third', 60), true);
  },
  'of many parallel putIfAbsent exactly one wins': async (store) => {
    const writers = names(parallel);
    const won = await Promise.all(writers.map((name) => store.putIfAbsent(key, name, 60)));
    const winners = writers.filter((_, index) => won[index] === true);
    deepEqual(winners, [await store.get(key)]);
  },

  'compareAndSet writes over the expected value': async (store) => {
    await store.put(key, 'old', 60);
    equal(await store.compareAndSet(key, 'old', 'new', 60), true);
    equal(await store.get(key), 'new');
  },
  'compareAndSet leaves any other value alone': async (store) => {
    await store.put(key, 'old', 60);
    for (const expected of ['other', 'OLD', 'old ', '', 'ol']) {
      equal(await store.compareAndSet(key, expected, 'new', 60), false);
    }
    equal(await store.get(key), 'old');
  },
  'compareAndSet writes no record that is not there': async (store) => {
    equal(await store.compareAndSet(key, '', 'new', 60), false);
    equal(await store.get(key), null);
  },
  'compareAndSet gives the record a new time to live': async (store, pass) => {
    await store.put(key, 'old', 2);
    await store.compareAndSet(key, 'old', 'new', 60);
    await pass(2);
    equal(await store.get(key), 'new');
  },
  'compareAndSet says true for a value that stays the same': async (store) => {
    await store.put(key, 'same', 60);
    equal(await store.compareAndSet(key, 'same', 'same', 60), true);
  },
  'of many parallel compareAndSet exactly one wins': async (store) => {
    await store.put(key, 'start', 60);
    const writers = names(parallel);
    const won = await Promise.all(writers.map((name) => store.compareAndSet(key, 'start', name, 60)));
    const winners = writers.filter((_, index) => won[index] === true);
    deepEqual(winners, [await store.get(key)]);
  },

  'take answers the value and removes the record': async (store) => {
    await store.put(key, 'value', 60);
    equal(await store.take(key), 'value');
    equal(await store.get(key), null);
    equal(await store.take(key), null);
  },
  'of many parallel take exactly one gets the value': async (store) => {
    await store.put(key, 'value', 60);
    const taken = await Promise.all(names(parallel).map(() => store.take(key)));
    deepEqual(
      taken.filter((value) => value !== null),
      ['value'],
    );
  },

  'increment starts at 0 and adds up': async (store) => {
    equal(await store.increment(key, 1, 60), 1);
    equal(await store.increment(key, 5, 60), 6);
    equal(await store.increment(key, 0, 60), 6);
    equal(await store.increment(key, -7, 60), -1);
  },
  'a counter can be read and written as text': async (store) => {
    await store.increment(key, 41, 60);
    equal(await store.get(key), '41');
    await store.put(key, '99', 60);
    equal(await store.increment(key, 1, 60), 100);
  },
  'increment is exact under many parallel calls': async (store) => {
    const counts = await Promise.all(names(100).map(() => store.increment(key, 1, 60)));
    deepEqual(
      counts.toSorted((one, other) => one - other),
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  },
  'increment leaves the time to live as it was at creation': async (store, pass) => {
    await store.increment(key, 1, 2);
    await pass(1);
    await store.increment(key, 1, 60);
    await pass(1);
    equal(await store.get(key), null);
  },
  'increment refuses a value that is no counter and leaves it alone': async (store) => {
    for (const value of ['text', '', '1.5', '{"mark":null}']) {
      await store.put(key, value, 60);
      await rejects(store.increment(key, 1, 60));
      equal(await store.get(key), value);
    }
  },

  'delete removes the record': async (store) => {
    await store.put(key, 'value', 60);
    await store.delete(key);
    equal(await store.get(key), null);
  },
  'delete of a record that is not there is no error': async (store) => {
    await store.delete(key);
    await store.delete(key);
  },
};

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `writer ${index}`);
}
