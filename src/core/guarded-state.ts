/** A state store whose faults have a code. */

import { defaults } from './defaults.ts';
import { AuthError, RetryError } from './errors.ts';
import type { StateStore } from './ports/state-store.ts';

/** Turns every fault of the store into `ERR_STATE_UNAVAILABLE`: a store that is down lets nobody in. */
export function guardedState(store: StateStore): StateStore {
  return {
    get: (key) => guarded(() => store.get(key)),
    put: (key, value, ttl) => guarded(() => store.put(key, value, ttl)),
    putIfAbsent: (key, value, ttl) => guarded(() => store.putIfAbsent(key, value, ttl)),
    compareAndSet: (key, expected, next, ttl) => guarded(() => store.compareAndSet(key, expected, next, ttl)),
    take: (key) => guarded(() => store.take(key)),
    increment: (key, by, ttl) => guarded(() => store.increment(key, by, ttl)),
    delete: (key) => guarded(() => store.delete(key)),
  };
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
