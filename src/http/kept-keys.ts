/** What of a session a sign-in carries over. */

import { ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';

/** Of these the login itself is made: to carry it over is what session fixation wants. */
const never: readonly unknown[] = ['passport', 'ostiary', 'cookie'];

/** The option `keep`: keys of the session. */
export function readKeep(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((key) => typeof key === 'string' && !never.includes(key)))
    return [...value];
  throw new ConfigError(
    path,
    `must be a list of session keys other than ${never.join(', ')}, got ${kindOf(value)}`,
  );
}

/** The named entries of a session, of those that are its own. */
export function keptOf(session: object, keep: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    keep.filter((key) => Object.hasOwn(session, key)).map((key) => [key, Reflect.get(session, key)]),
  );
}
