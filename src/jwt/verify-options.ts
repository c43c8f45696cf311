/** The options of a verifier, checked at construction: what is left open there is open to everybody. */

import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, readOptions, seconds, withMethods } from '../core/options.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Duration } from '../core/ports/duration.ts';
import { type AlgorithmFamily, type JwtAlgorithm, ruleOf } from './algorithms.ts';
import type { JwtKey } from './key-object.ts';
import { isRing, type KeyRing, keysOf, readAlgorithm, refuseDoubtfulNames, ringOf } from './key-ring.ts';
import { type LoadedKey, loadKey } from './loaded-key.ts';
import { type ChangingKeys, isRemoteJwks, pinnedTo, type RemoteJwks } from './remote-keys.ts';
import { mediaType } from './strict-jws.ts';
import type { Expectation } from './verify-signed.ts';

/** What a token must be. */
export interface VerifyJwtOptions {
  /** A ring of `createKeyRing`; or keys, or those of `remoteJwks`, together with `algorithms`. */
  readonly keys: KeyRing | RemoteJwks | JwtKey | readonly JwtKey[];
  /** Who must have made it; of a list, one of them. */
  readonly issuer: string | readonly string[];
  /** For whom it must be made: this application's name. Of a list, one of them. */
  readonly audience: string | readonly string[];
  /** The kind of token, as in its header: `at+jwt` for access tokens (RFC 9068), `JWT` for those of many issuers. */
  readonly typ: string;
  /** Needed for keys that are not in a ring; one family only (RFC 8725 §3.1). */
  readonly algorithms?: readonly JwtAlgorithm[];
  /** Further claims that must be there, beside `iss`, `aud` and `exp`. */
  readonly requiredClaims?: readonly string[];
  /** By how much clocks may differ: seconds or `'5s'`, a minute at most. Default: 0. */
  readonly clockTolerance?: Duration;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

const always: readonly string[] = ['iss', 'aud', 'exp'];

/** @throws {ConfigError} naming the option. */
export function readExpectation(options: unknown, path: string): Expectation<KeyRing | ChangingKeys> {
  const { keys, algorithms, issuer, audience, typ, requiredClaims, clockTolerance, clock } = readOptions<{
    keys: unknown;
    algorithms: readonly JwtAlgorithm[] | undefined;
    issuer: readonly string[];
    audience: readonly string[];
    typ: string;
    requiredClaims: readonly string[];
    clockTolerance: number;
    clock: Clock;
  }>(path, options, {
    keys: (value) => value,
    algorithms: readAlgorithms,
    issuer: namesOption('who makes the tokens'),
    audience: namesOption('for whom they are made'),
    typ: readTyp,
    requiredClaims: readRequired,
    clockTolerance: toleranceOption,
    clock: readClock,
  });
  return {
    ring: ringOfOption(keys, algorithms, path),
    issuers: issuer,
    audiences: audience,
    typ,
    required: [...always, ...requiredClaims],
    toleranceSeconds: clockTolerance,
    clock,
  };
}

/** The option `clockTolerance`. */
export const toleranceOption: OptionCheck<number> = seconds({
  min: 0,
  max: defaults.clockToleranceMaximum,
  fallback: defaults.clockTolerance,
});

/** The option `clock`. */
export function readClock(value: unknown, path: string): Clock {
  return value === undefined ? Date : withMethods<Clock>('a clock', ['now'])(value, path);
}

/** The option `typ`. */
export function readTyp(value: unknown, path: string): string {
  if (typeof value === 'string' && /^[\w.+/-]{1,127}$/.test(value)) return mediaType(value);
  throw new ConfigError(path, `must name the kind of token, like 'at+jwt', got ${kindOf(value)}`);
}

/** A name, or a list of names of which one is enough. `undefined` is a variable that nobody has set. */
function namesOption(what: string): OptionCheck<readonly string[]> {
  return (value, path) => {
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')) {
      return Object.freeze([...names]) as readonly string[];
    }
    throw new ConfigError(path, `must say ${what}: a text or a list of at least one, got ${kindOf(value)}`);
  };
}

function readRequired(value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== ''))
    return [...value];
  throw new ConfigError(path, `must be a list of claims, got ${kindOf(value)}`);
}

/** The option `algorithms`. */
export function readAlgorithms(value: unknown, path: string): readonly JwtAlgorithm[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigError(path, `must be a list of at least one algorithm, got ${kindOf(value)}`);
  }
  const algorithms = value.map((one, index) => readAlgorithm(one, `${path}.${index}`));
  // A list of several families lets the token choose which of them a key is used with (CVE-2015-9235).
  const families = new Set<AlgorithmFamily>(algorithms.map((one) => ruleOf(one).family));
  if (families.size > 1) {
    throw new ConfigError(
      path,
      `mixes ${[...families].join(' and ')}: give each key its algorithm with createKeyRing`,
    );
  }
  return algorithms;
}

function ringOfOption(
  keys: unknown,
  algorithms: readonly JwtAlgorithm[] | undefined,
  path: string,
): KeyRing | ChangingKeys {
  if (isRing(keys)) return algorithms === undefined ? keys : narrowed(keys, algorithms, `${path}.algorithms`);
  if (algorithms === undefined) {
    throw new ConfigError(`${path}.algorithms`, 'is missing: say which algorithms the keys are for');
  }
  if (isRemoteJwks(keys)) {
    const secret = algorithms.find((algorithm) => ruleOf(algorithm).keyType === 'secret');
    if (secret === undefined) return pinnedTo(algorithms, keys);
    throw new ConfigError(
      `${path}.algorithms`,
      `holds ${secret}, whose key is a secret that nobody publishes`,
    );
  }
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
  if (list.length === 0) throw new ConfigError(`${path}.keys`, 'is an empty list');
  const at = (index: number): string => (Array.isArray(keys) ? `${path}.keys.${index}` : `${path}.keys`);
  const loaded = list.map((key, index) => loadedFor(key, algorithms, at(index)));
  refuseDoubtfulNames(
    loaded.flatMap((variants) => variants.slice(0, 1)),
    `${path}.keys`,
  );
  return ringOf(loaded.flat());
}

function narrowed(ring: KeyRing, algorithms: readonly JwtAlgorithm[], path: string): KeyRing {
  const left = keysOf(ring).filter(({ algorithm }) => algorithms.includes(algorithm));
  if (left.length === 0) throw new ConfigError(path, 'names no algorithm of a key in the ring');
  return ringOf(left);
}

/** One algorithm per key. `EdDSA` and `Ed25519` are two names of one (RFC 9864 §2.2). */
function loadedFor(key: unknown, algorithms: readonly JwtAlgorithm[], path: string): readonly LoadedKey[] {
  const problems: unknown[] = [];
  const fitting = algorithms.flatMap((algorithm) => {
    try {
      return [loadKey({ kid: undefined, algorithm, key, use: 'verify' }, path)];
    } catch (error) {
      problems.push(error);
      return [];
    }
  });
  const [first] = fitting;
  if (first === undefined) throw problems[0];
  if (fitting.length === 1 || ruleOf(first.algorithm).family === 'EdDSA') return fitting;
  const names = fitting.map(({ algorithm }) => algorithm).join(' and ');
  throw new ConfigError(path, `fits ${names}: a key is used with one algorithm, list that one`);
}
