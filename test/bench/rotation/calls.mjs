/** Counts what one refresh asks of the store. */

import { requireOstiary } from '../ostiary.mjs';
import { createRotationAuth } from './families.mjs';

const { memoryState } = requireOstiary('ostiary/stores/memory');

/** Each call of `auth.tokens.refresh` as `verb purpose`, in order. */
export async function countCalls() {
  const calls = [];
  const store = memoryState();
  const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'take', 'increment', 'delete'];
  const recorded =
    (verb) =>
    (key, ...args) => {
      calls.push(`${verb} ${key.slice(0, key.indexOf(':'))}`);
      return store[verb](key, ...args);
    };
  const auth = createRotationAuth(Object.fromEntries(verbs.map((verb) => [verb, recorded(verb)])));
  const { refreshToken } = await auth.tokens.issue({ id: 1 }, { refresh: true });
  calls.length = 0;
  await auth.tokens.refresh(refreshToken);
  return calls;
}
