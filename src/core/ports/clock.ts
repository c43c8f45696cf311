/** The only source of time in the core. */

/**
 * Tells the time. `Date` itself is a clock; tests hand in one that they can move.
 *
 * `now()` answers a `Date`, or milliseconds since the epoch as `Date.now()` does.
 */
export interface Clock {
  now(): Date | number;
}
