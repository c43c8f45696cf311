/** Checks for options: each group is read once, as a whole, and frozen. */

import { durationSeconds } from './duration.ts';
import { ConfigError } from './errors.ts';
import { ownProperty } from './own-property.ts';
import type { Duration } from './ports/duration.ts';

/** Reads one option: answers its value or its default, or throws a {@link ConfigError} that names `path`. */
export type OptionCheck<T> = (value: unknown, path: string) => T;

/**
 * Reads a group of options. `undefined` means "not given"; an unknown key is refused, because a misspelt option that
 * is silently ignored is a protection that is silently off.
 */
export function readOptions<T extends object>(
  path: string,
  given: unknown,
  checks: { readonly [Key in keyof T]-?: OptionCheck<T[Key]> },
): Readonly<T> {
  const group = given ?? {};
  if (typeof group !== 'object' || !isPlain(group)) {
    throw new ConfigError(path, `must be a plain object of options, got ${kindOf(given)}`);
  }
  const known = Object.keys(checks);
  const unknown = Object.keys(group).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(join(path, unknown), `is not an option; known are ${known.join(', ')}`);
  }
  const read = known.map((key) => {
    const check = checks[key as keyof T] as OptionCheck<unknown>;
    return [key, check(ownProperty(group, key), join(path, key))];
  });
  return Object.freeze(Object.fromEntries(read)) as Readonly<T>;
}

/** Of a class instance, a `Map` or a promise the options would not be own entries, and none of them would count. */
export function isPlain(group: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(group);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A whole number in a range. */
export function wholeNumber(range: { min: number; max: number; fallback: number }): OptionCheck<number> {
  return (value, path) => {
    if (value === undefined) return range.fallback;
    if (Number.isSafeInteger(value) && (value as number) >= range.min && (value as number) <= range.max) {
      return value as number;
    }
    throw new ConfigError(
      path,
      `must be a whole number from ${range.min} to ${range.max}, got ${kindOf(value)}`,
    );
  };
}

/** A duration, in seconds. */
export function seconds(range: { min: number; max: number; fallback: Duration }): OptionCheck<number> {
  return (value, path) => {
    const read = durationSeconds(value === undefined ? range.fallback : value);
    if (read !== null && read >= range.min && read <= range.max) return read;
    throw new ConfigError(
      path,
      `must be whole seconds or a text like '15m' (s, m, h, d), from ${range.min} to ${range.max} seconds, got ${kindOf(value)}`,
    );
  };
}

/** `true` or `false`. */
export function flag(fallback: boolean): OptionCheck<boolean> {
  return (value, path) => {
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    throw new ConfigError(path, `must be true or false, got ${kindOf(value)}`);
  };
}

/** An object that has these methods: a port that the host implements. */
export function withMethods<T>(what: string, methods: readonly string[]): OptionCheck<T> {
  return (value, path) => {
    if (typeof value !== 'object' && typeof value !== 'function') {
      throw new ConfigError(path, `must be ${what}, got ${kindOf(value)}`);
    }
    const missing = methods.find((name) => typeof Reflect.get(value ?? {}, name) !== 'function');
    if (missing !== undefined)
      throw new ConfigError(join(path, missing), `is missing: ${what} needs this method`);
    return value as T;
  };
}

/** Any check, for an option that may be left out. */
export function optional<T>(check: OptionCheck<T>): OptionCheck<T | undefined> {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

/** What a value is, for a message: its type and, for numbers, the value. Never a text, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'undefined') return 'undefined';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
