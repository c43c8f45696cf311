/** A store to try things out on: what is written stays in front of the real one, until it is forgotten. */

import type { StateStore } from '../../src/index.ts';

export interface OverlayState extends StateStore {
  /** From here on it shows what the real store holds. */
  forget(): void;
}

/** For one caller at a time: its verbs are not atomic. Nothing that is written here expires. */
export function overlayState(store: StateStore): OverlayState {
  const written = new Map<string, string | null>();
  const find = async (key: string): Promise<string | null> =>
    written.has(key) ? (written.get(key) ?? null) : store.get(key);
  const writeIf = (isRight: boolean, key: string, value: string): boolean => {
    if (isRight) written.set(key, value);
    return isRight;
  };
  return {
    forget: () => written.clear(),
    get: find,
    put: async (key, value) => void written.set(key, value),
    putIfAbsent: async (key, value) => writeIf((await find(key)) === null, key, value),
    compareAndSet: async (key, expected, next) => writeIf((await find(key)) === expected, key, next),
    take: async (key) => {
      const value = await find(key);
      written.set(key, null);
      return value;
    },
    increment: async (key, by) => {
      const next = Number((await find(key)) ?? 0) + by;
      written.set(key, String(next));
      return next;
    },
    delete: async (key) => void written.set(key, null),
  };
}
