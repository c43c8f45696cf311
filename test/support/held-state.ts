/** A state store whose answers can be held back. */

import type { StateStore } from '../../src/index.ts';
import { type RecordingState, recordingState, type StateVerb } from './recording-state.ts';

export interface HeldState extends RecordingState {
  /** Holds back the next answer of this verb, and no other. */
  hold(verb: StateVerb): Held;
}

interface Held {
  /** The store has done what it was asked, and somebody waits for the answer. */
  readonly arrived: Promise<void>;
  /** Lets the answer through, or a fault in its place. */
  release(fault?: Error): void;
}

export function heldState(store?: StateStore): HeldState {
  const state = recordingState(store);
  const gates = new Map<StateVerb, () => Promise<void>>();
  const holdable = <Call extends unknown[], T>(verb: StateVerb, call: (...given: Call) => Promise<T>) => {
    return async (...given: Call): Promise<T> => {
      const gate = gates.get(verb);
      gates.delete(verb);
      const answer = await call(...given);
      await gate?.();
      return answer;
    };
  };
  return {
    ...state,
    get: holdable('get', state.get),
    put: holdable('put', state.put),
    putIfAbsent: holdable('putIfAbsent', state.putIfAbsent),
    compareAndSet: holdable('compareAndSet', state.compareAndSet),
    hold: (verb) => {
      let arrive = (): void => undefined;
      let end = (_fault?: Error): void => undefined;
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const ended = new Promise<Error | undefined>((resolve) => {
        end = resolve;
      });
      gates.set(verb, async () => {
        arrive();
        const fault = await ended;
        if (fault !== undefined) throw fault;
      });
      return { arrived, release: end };
    },
  };
}
