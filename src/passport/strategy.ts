/** What the strategies are made of. */

import passportStrategy from 'passport-strategy';
import { ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck } from '../core/options.ts';

/** Typed here, because the types of passport-strategy are not ours to ask consumers for. */
export const Strategy: new () => object = passportStrategy;

/** A name of something: not empty. */
export function nameOption(fallback: string): OptionCheck<string> {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'string' && value !== '') return value;
    throw new ConfigError(path, `must be a name, got ${kindOf(value)}`);
  };
}
