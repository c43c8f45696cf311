/** A clock that stands still until it is moved. */

import type { Clock } from '../../src/index.ts';

export interface MovableClock extends Clock {
  now(): Date;
  /** Moves it on, or back, by seconds. */
  advance(seconds: number): void;
}

export function movableClock(start: number = Date.UTC(2026, 0, 1)): MovableClock {
  let now = start;
  return {
    now: () => new Date(now),
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}
