/** The time as tokens and sessions write it. */

import type { Clock } from './ports/clock.ts';

/** Whole seconds since the epoch (RFC 7519: a NumericDate). */
export function secondsNow(clock: Clock): number {
  return Math.floor(Number(clock.now()) / 1000);
}
