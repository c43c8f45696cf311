/** The time as tokens and sessions write it. */

import { ConfigError } from './errors.ts';
import type { Clock } from './ports/clock.ts';

/**
 * Whole seconds since the epoch (RFC 7519: a NumericDate).
 *
 * @throws {ConfigError} when the clock tells no time: compared with that, nothing has ever expired.
 */
export function secondsNow(clock: Clock): number {
  const now = Math.floor(Number(clock.now()) / 1000);
  if (Number.isSafeInteger(now)) return now;
  throw new ConfigError('clock', 'now() tells no time: it must answer a Date or milliseconds');
}
