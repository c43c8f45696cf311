import { describe, expect, it } from 'vitest';
import { ConfigError, RetryError } from '../../src/core/errors.ts';
import { guardedState } from '../../src/core/guarded-state.ts';
import type { StateStore } from '../../src/index.ts';
import { recordingState, type StateVerb } from '../support/recording-state.ts';

const calls: Readonly<Record<StateVerb, (state: StateStore) => Promise<unknown>>> = {
  get: (state) => state.get('a:1'),
  put: (state) => state.put('a:1', 'v', 1),
  putIfAbsent: (state) => state.putIfAbsent('a:1', 'v', 1),
  compareAndSet: (state) => state.compareAndSet('a:1', 'v', 'w', 1),
  take: (state) => state.take('a:1'),
  increment: (state) => state.increment('a:2', 1, 1),
  delete: (state) => state.delete('a:1'),
};
const verbs = Object.keys(calls) as StateVerb[];

describe('guardedState', () => {
  it.each(verbs)('gives a fault of %s its code and keeps the cause', async (verb) => {
    const store = recordingState();
    store.failing.add(verb);
    await expect(calls[verb](guardedState(store))).rejects.toMatchObject({
      name: 'RetryError',
      code: 'ERR_STATE_UNAVAILABLE',
      retryAfterSeconds: 1,
      cause: { message: `the state store is down for ${verb}` },
    });
  });

  it.each(verbs)('turns a synchronous throw of %s into a rejection', async (verb) => {
    const broken = Object.fromEntries(
      verbs.map((name) => [
        name,
        () => {
          throw new TypeError('not connected');
        },
      ]),
    ) as unknown as StateStore;
    await expect(calls[verb](guardedState(broken))).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
  });

  it('passes a refusal of the store on as it is', async () => {
    const full = new RetryError('ERR_STATE_UNAVAILABLE', 'full', { retryAfterSeconds: 60 });
    const store = { ...recordingState(), get: () => Promise.reject(full) };
    await expect(guardedState(store).get('a:1')).rejects.toBe(full);
  });

  it('gives a mistake in the set-up of the store the same code', async () => {
    const store = { ...recordingState(), get: () => Promise.reject(new ConfigError('clock', 'is no clock')) };
    await expect(guardedState(store).get('a:1')).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
  });

  it('hands every answer through', async () => {
    const state = guardedState(recordingState());
    expect(await state.putIfAbsent('a:1', 'v', 9)).toBe(true);
    expect(await state.putIfAbsent('a:1', 'w', 9)).toBe(false);
    expect(await state.compareAndSet('a:1', 'v', 'w', 9)).toBe(true);
    expect(await state.get('a:1')).toBe('w');
    expect(await state.take('a:1')).toBe('w');
    expect(await state.increment('a:2', 5, 9)).toBe(5);
    await state.delete('a:2');
    await state.put('a:3', 'x', 9);
    expect(await Promise.all([state.get('a:2'), state.get('a:3')])).toEqual([null, 'x']);
  });
});
