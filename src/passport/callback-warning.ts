/** What becomes of an exception in a callback of the host's. */

import { faultOf } from '../core/fault.ts';

/**
 * Tells the developer. As an unhandled rejection it would end the process, and a stranger chooses when a callback like
 * `(error) => { if (error) throw error }` is handed one.
 */
export function warnOfCallback(thrown: unknown): void {
  const fault = faultOf(thrown);
  process.emitWarning(fault instanceof Error ? (fault.stack ?? fault.message) : 'a value was thrown', {
    type: 'Warning',
    code: 'OSTIARY_CALLBACK_FAILED',
  });
}
