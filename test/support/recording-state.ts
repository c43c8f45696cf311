/** A state store that lists what it was asked, and fails where it is told to. */

import type { StateStore } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';

/** A verb of the store. */
export type StateVerb = keyof StateStore;

export interface RecordingState extends StateStore {
  /** Every call as `verb purpose`, in order. */
  readonly calls: string[];
  /** The verbs that fail from now on. */
  readonly failing: Set<StateVerb>;
}

export function recordingState(store: StateStore = memoryState()): RecordingState {
  const calls: string[] = [];
  const failing = new Set<StateVerb>();
  const asked = (verb: StateVerb, key: string): void => {
    calls.push(`${verb} ${key.split(':')[0]}`);
    if (failing.has(verb)) throw new Error(`the state store is down for ${verb}`);
  };
  return {
    calls,
    failing,
    get: async (key) => {
      asked('get', key);
      return store.get(key);
    },
    put: async (key, value, ttlSeconds) => {
      asked('put', key);
      return store.put(key, value, ttlSeconds);
    },
    putIfAbsent: async (key, value, ttlSeconds) => {
      asked('putIfAbsent', key);
      return store.putIfAbsent(key, value, ttlSeconds);
    },
    compareAndSet: async (key, expected, next, ttlSeconds) => {
      asked('compareAndSet', key);
      return store.compareAndSet(key, expected, next, ttlSeconds);
    },
    take: async (key) => {
      asked('take', key);
      return store.take(key);
    },
    increment: async (key, by, ttlSeconds) => {
      asked('increment', key);
      return store.increment(key, by, ttlSeconds);
    },
    delete: async (key) => {
      asked('delete', key);
      return store.delete(key);
    },
  };
}
