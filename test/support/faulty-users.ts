/** A user table one of whose calls fails: the first, the second, and so on, each in several ways. */

import type { faults } from './faulty-state.ts';
import type { UserTable } from './user-table.ts';

type Fault = (typeof faults)[number];

export interface FaultyUsers extends UserTable {
  /** What the call that fails throws, unless it is nothing. */
  readonly fault: Error;
  /** How many calls there were since the last {@link failAt}. */
  asked(): number;
  /** From now on counts anew; the call of that number fails, or with `Infinity` none. */
  failAt(call: number, fault?: Fault): void;
}

const methods = [
  'findById',
  'findByIdentifier',
  'updatePasswordHash',
  'create',
  'markEmailVerified',
  'replaceEmail',
  'setStatus',
  'delete',
  'bumpEpoch',
] as const;

export function faultyUsers(table: UserTable): FaultyUsers {
  const error = new Error('the user store is down');
  let asked = 0;
  let plan = { call: Number.POSITIVE_INFINITY, fault: 'refuses' as Fault };
  const faulty = methods.map((name) => [
    name,
    (...given: never[]): Promise<unknown> => {
      asked += 1;
      const answer = () => Reflect.apply(table[name], table, given) as Promise<unknown>;
      return asked === plan.call ? fail(plan.fault, error, answer) : answer();
    },
  ]);
  return {
    ...table,
    ...(Object.fromEntries(faulty) as unknown as UserTable),
    fault: error,
    asked: () => asked,
    failAt: (call, fault = 'refuses') => {
      asked = 0;
      plan = { call, fault };
    },
  };
}

function fail(fault: Fault, error: Error, answer: () => Promise<unknown>): Promise<unknown> {
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
