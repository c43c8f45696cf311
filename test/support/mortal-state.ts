/** The store as one process sees it, which can be told to die right after one of its writes. */

import type { StateStore } from '../../src/index.ts';

export interface MortalState extends StateStore {
  /** What was written since the process was last told to live, as `verb purpose`. */
  readonly writes: readonly string[];
  /** The conditional writes that came too late. */
  readonly late: readonly string[];
  /** Resolves when the process has died: after that write, whose answer it never sees. `Infinity`: it goes on living. */
  live(dieAfterWrite: number): Promise<void>;
}

export function mortalState(store: StateStore): MortalState {
  const writes: string[] = [];
  const late: string[] = [];
  let last = Number.POSITIVE_INFINITY;
  let die = (): void => undefined;

  const writing = async <Answer>(call: string, write: () => Promise<Answer>): Promise<Answer> => {
    const answer = await write();
    if (answer === false) {
      late.push(call);
      return answer;
    }
    writes.push(call);
    if (writes.length !== last) return answer;
    die();
    return new Promise<never>(() => undefined);
  };
  const named = (verb: string, key: string): string => `${verb} ${key.split(':')[0]}`;
  return {
    writes,
    late,
    live: (dieAfterWrite) => {
      writes.length = 0;
      late.length = 0;
      last = dieAfterWrite;
      return new Promise((resolve) => {
        die = resolve;
      });
    },
    get: (key) => store.get(key),
    put: (key, ...rest) => writing(named('put', key), () => store.put(key, ...rest)),
    putIfAbsent: (key, ...rest) => writing(named('putIfAbsent', key), () => store.putIfAbsent(key, ...rest)),
    compareAndSet: (key, ...rest) =>
      writing(named('compareAndSet', key), () => store.compareAndSet(key, ...rest)),
    take: (key) => writing(named('take', key), () => store.take(key)),
    increment: (key, ...rest) => writing(named('increment', key), () => store.increment(key, ...rest)),
    delete: (key) => writing(named('delete', key), () => store.delete(key)),
  };
}
