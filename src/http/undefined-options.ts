/** Options that must not be left out by accident. */

import { ConfigError } from '../core/errors.ts';

/** `role: config.adminRol` must not become a guard without a role. */
export function refuseUndefined(path: string, options: unknown, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null) return;
  for (const key of keys) {
    if (!Object.hasOwn(options, key) || Reflect.get(options, key) !== undefined) continue;
    throw new ConfigError(`${path}.${key}`, 'is undefined: leave it out if nothing is to be asked for');
  }
}
