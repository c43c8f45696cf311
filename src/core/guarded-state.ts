/** A state store whose faults have a code. */

import { defaults } from './defaults.ts';
import { AuthError, RetryError } from './errors.ts';
import { kindOf } from './options.ts';
import type { StateStore } from './ports/state-store.ts';

/** Turns every fault of the store into `ERR_STATE_UNAVAILABLE`: a store that is down lets nobody in. */
export function guardedState(store: StateStore): StateStore {
  return {
    get: (key) => guarded(() => store.get(key)),
    put: (key, value, ttl) => guarded(() => store.put(key, value, ttl)),
    putIfAbsent: (key, value, ttl) => guarded(async () => yesOrNo(await store.putIfAbsent(key, value, ttl))),
    compareAndSet: (key, expected, next, ttl) =>
      guarded(async () => yesOrNo(await store.compareAndSet(key, expected, next, ttl))),
    take: (key) => guarded(() => store.take(key)),
    increment: (key, by, ttl) => guarded(() => store.increment(key, by, ttl)),
    delete: (key) => guarded(() => store.delete(key)),
  };
}

/** What a driver answers, such as `{ rowCount: 0 }`, is true to JavaScript, and nothing was written. */
function yesOrNo(written: unknown): boolean {
  if (typeof written === 'boolean') return written;
  throw new TypeError(`the state store must say true or false, got ${kindOf(written)}`);
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (AuthError.is(cause, 'ERR_STATE_UNAVAILABLE')) throw cause;
    throw new RetryError('ERR_STATE_UNAVAILABLE', 'the state store failed; see the cause', {
      retryAfterSeconds: defaults.retryAfter,
      cause,
    });
  }
}
