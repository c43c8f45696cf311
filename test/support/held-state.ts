/** A state store whose answers can be held back. */

import type { StateStore } from '../../src/index.ts';
import { type RecordingState, recordingState, type StateVerb } from './recording-state.ts';

export interface HeldState extends RecordingState {
  /** Holds back every answer of this verb from now on, until it is released. */
  hold(verb: StateVerb): Held;
}

export interface Held {
  /** The store has done what it was asked, and somebody waits for the answer. */
  readonly arrived: Promise<void>;
  /** Lets the answers through, or a fault in their place, and holds no more. */
  release(fault?: Error): void;
}

export function heldState(store?: StateStore): HeldState {
  const state = recordingState(store);
  const gates = new Map<StateVerb, (answer: unknown) => Promise<unknown>>();
  const holdable = <Call extends unknown[], T>(verb: StateVerb, call: (...given: Call) => Promise<T>) => {
    return async (...given: Call): Promise<T> => {
      const answer = await call(...given);
      return (await (gates.get(verb)?.(answer) ?? answer)) as T;
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
      gates.set(verb, async (answer) => {
        arrive();
        const fault = await ended;
        if (fault !== undefined) throw fault;
        return answer;
      });
      return {
        arrived,
        release: (fault) => {
          gates.delete(verb);
          end(fault);
        },
      };
    },
  };
}
