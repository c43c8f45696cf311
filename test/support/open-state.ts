/** A state store that can be looked into, compared and copied. */

import type { Clock, StateStore } from '../../src/index.ts';

interface OpenRecord {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}

export interface OpenState extends StateStore {
  /** Everything that is stored, by key. */
  readonly records: Map<string, OpenRecord>;
  /** The same records in a store of their own. */
  copy(): OpenState;
  /** All of it as one text: two that are equal hold the same, with the same ends. */
  text(): string;
  /** The one record of a purpose: its key and its value. */
  only(purpose: string): readonly [string, string];
}

export function openState(clock: Clock, records: Map<string, OpenRecord> = new Map()): OpenState {
  const now = (): number => Number(clock.now());
  const find = (key: string): string | null => {
    const record = records.get(key);
    return record === undefined || record.ends <= now() ? null : record.value;
  };
  const write = (key: string, value: string, ttlSeconds: number): true => {
    records.set(key, { value, ends: now() + ttlSeconds * 1000 });
    return true;
  };
  return {
    records,
    copy: () => openState(clock, new Map(records)),
    text: () => JSON.stringify([...records].sort(([one], [other]) => (one < other ? -1 : 1))),
    only: (purpose) => {
      const found = [...records].filter(([key]) => key.startsWith(`${purpose}:`));
      const [first] = found;
      if (first === undefined || found.length > 1) throw new Error(`${found.length} records of ${purpose}`);
      return [first[0], first[1].value];
    },
    get: async (key) => find(key),
    put: async (key, value, ttlSeconds) => void write(key, value, ttlSeconds),
    putIfAbsent: async (key, value, ttlSeconds) => find(key) === null && write(key, value, ttlSeconds),
    compareAndSet: async (key, expected, next, ttlSeconds) =>
      find(key) === expected && write(key, next, ttlSeconds),
    take: async (key) => {
      const value = find(key);
      records.delete(key);
      return value;
    },
    increment: async (key, by, ttlSeconds) => {
      const value = Number(find(key) ?? 0) + by;
      write(key, String(value), ttlSeconds);
      return value;
    },
    delete: async (key) => void records.delete(key),
  };
}
