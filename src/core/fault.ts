/** Faults that a callback can tell from success. */

/**
 * The fault itself, or an `Error` in the place of one that is no object. A store that rejects with nothing would
 * otherwise become `next(undefined)`, and `next('route')` is a way past a guard too.
 */
export function faultOf(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  return new Error('something failed without an error; see the cause', { cause: value });
}

/** What a fault may be called in an event: its code or its name. Its message may hold what no log should. */
export function faultName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  try {
    const names: readonly unknown[] = [Reflect.get(error, 'code'), Reflect.get(error, 'name')];
    return names.find((name): name is string => typeof name === 'string') ?? 'object';
  } catch {
    // A proxy, perhaps. Whatever it is must not turn an event into a second fault.
    return 'unreadable';
  }
}
