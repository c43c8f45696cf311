/** A state store one of whose calls fails: the first, the second, and so on, each in several ways. */

import type { StateStore } from '../../src/index.ts';
import { type RecordingState, recordingState, type StateVerb } from './recording-state.ts';

/** How a call fails. */
export const faults = [
  'refuses',
  'throws before there is a promise',
  'rejects with nothing',
  'hangs and fails',
  'is done, and its answer is lost',
] as const;
type Fault = (typeof faults)[number];

export interface FaultyState extends RecordingState {
  /** From now on counts anew; the call of that number fails, or with `Infinity` none. */
  failAt(call: number, fault?: Fault): void;
}

const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'take', 'increment', 'delete'] as const;

export function faultyState(store?: StateStore): FaultyState {
  const state = recordingState(store);
  let plan = { call: Number.POSITIVE_INFINITY, fault: 'refuses' as Fault };
  const faulty = verbs.map((verb: StateVerb) => [
    verb,
    (...given: never[]): Promise<unknown> => {
      const answer = () => Reflect.apply(state[verb], state, given) as Promise<unknown>;
      return state.calls.length + 1 === plan.call ? fail(plan.fault, verb, answer) : answer();
    },
  ]);
  return {
    ...state,
    ...(Object.fromEntries(faulty) as unknown as StateStore),
    failAt: (call, fault = 'refuses') => {
      state.calls.length = 0;
      plan = { call, fault };
    },
  };
}

function fail(fault: Fault, verb: StateVerb, answer: () => Promise<unknown>): Promise<unknown> {
  const error = new Error(`the state store is down: ${verb}`);
  switch (fault) {
    case 'refuses':
      return Promise.reject(error);
    case 'throws before there is a promise':
      throw error;
    case 'rejects with nothing':
      return Promise.reject();
    case 'hangs and fails':
      return new Promise((_resolve, reject) => {
        setImmediate(() => setImmediate(reject, error));
      });
    case 'is done, and its answer is lost':
      return answer().then(() => Promise.reject(error));
  }
}
