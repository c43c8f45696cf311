/** The keys that sign and verify, each with its name and its one algorithm. */

import { ConfigError } from '../core/errors.ts';
import { kindOf, type OptionCheck, readOptions } from '../core/options.ts';
import { isJwtAlgorithm, type JwtAlgorithm, jwtAlgorithms } from './algorithms.ts';
import { isJsonWebKey, type JwtKey } from './key-object.ts';
import { type KeyDescription, type LoadedKey, loadKey, readKid } from './loaded-key.ts';
import type { JwsHeader } from './strict-jws.ts';

/** A key of a ring. */
export interface KeyRingEntry {
  /**
   * The key's name, in the header of each token it signs. Default: the JWK's own, or else the thumbprint of the public
   * key (RFC 7638), for a secret eight characters derived from it. Needed when there are several keys.
   */
  readonly kid?: string;
  /** The one algorithm that the key is used with. */
  readonly algorithm: JwtAlgorithm;
  readonly key: JwtKey;
  /** `verify`: it signs nothing more. Default: `sign` for a key that can, which verifies too. */
  readonly use?: 'sign' | 'verify';
}

/** Keys, checked. Made by {@link createKeyRing}. */
export interface KeyRing {
  /** The public keys as a JWK Set (RFC 7517 §5): no secret, no private key. */
  jwks(): { readonly keys: readonly object[] };
}

/** Shared by the ESM and CommonJS copies of this module. */
const inside = Symbol.for('ostiary.KeyRing');

/**
 * A ring of keys: the first that can sign signs, all verify. A token is verified with the key of its `kid` and its
 * algorithm, so that one ring may hold keys of several algorithms while a deployment moves from one to another.
 *
 * @throws {ConfigError} for a weak or damaged key, a key of another kind than its algorithm's, a name that is missing
 * among several, or used twice.
 *
 * @example
 * ```ts
 * const keys = createKeyRing([
 *   { kid: '2026-11', algorithm: 'ES256', key: process.env.JWT_PRIVATE_KEY },
 *   { kid: '2026-05', algorithm: 'ES256', key: process.env.JWT_OLD_PUBLIC_KEY, use: 'verify' },
 * ]);
 * ```
 */
export function createKeyRing(entries: readonly KeyRingEntry[]): KeyRing {
  return ringOf(readEntries(entries, 'createKeyRing'));
}

/** The ring of an option that takes a ring or its entries. */
export const keyRingOption: OptionCheck<KeyRing> = (value, path) =>
  isRing(value) ? value : ringOf(readEntries(value, path));

/** A ring of these keys. */
export function ringOf(keys: readonly LoadedKey[]): KeyRing {
  const ring: KeyRing = { jwks: () => ({ keys: keys.flatMap(publicJwkOf) }) };
  return Object.freeze(Object.defineProperty(ring, inside, { value: keys }));
}

/** The keys of a ring. */
export function keysOf(ring: KeyRing): readonly LoadedKey[] {
  return Reflect.get(ring, inside) as readonly LoadedKey[];
}

/** Whether it is a ring, also one that the other copy of this module made. */
export function isRing(value: unknown): value is KeyRing {
  return typeof value === 'object' && value !== null && Array.isArray(Reflect.get(value, inside));
}

/**
 * The key that a token names, by its name and its algorithm together. A key that was given no name answers to any; one
 * that has got its name since still answers to the name it had by itself, so that naming it signs nobody out.
 */
export function keyFor(ring: KeyRing, { kid, algorithm }: JwsHeader): LoadedKey | undefined {
  const keys = keysOf(ring).filter((key) => key.algorithm === algorithm);
  return (
    keys.find((key) => key.kid === kid) ??
    keys.find((key) => key.kid === undefined) ??
    keys.find((key) => key.ownName() === kid)
  );
}

/** The name in the header of what the key signs: there is always one. */
export function signingName({ kid, ownName }: LoadedKey): string {
  return kid ?? ownName();
}

/** @throws {ConfigError} for names that leave open which key is meant. */
export function refuseDoubtfulNames(keys: readonly LoadedKey[], path: string): void {
  if (keys.length < 2) return;
  keys.forEach(({ kid }, index) => {
    if (kid === undefined)
      throw new ConfigError(`${path}.${index}.kid`, 'is missing: several keys need names');
    if (keys.findIndex((other) => other.kid === kid) !== index) {
      throw new ConfigError(`${path}.${index}.kid`, 'is the name of another key in the ring');
    }
  });
}

function readEntries(entries: unknown, path: string): readonly LoadedKey[] {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new ConfigError(path, `must be a list of at least one key, got ${kindOf(entries)}`);
  }
  const keys = entries.map((entry, index) => loadKey(...readEntry(entry, `${path}.${index}`)));
  refuseDoubtfulNames(keys, path);
  return Object.freeze(keys);
}

function readEntry(entry: unknown, path: string): [KeyDescription, string] {
  const jwk: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'key') : undefined;
  const description = readOptions<Omit<KeyDescription, 'shortSecret'>>(path, entry, {
    kid: readKid,
    algorithm: (value, at) => readAlgorithm(value ?? (isJsonWebKey(jwk) ? jwk.alg : undefined), at),
    key: (value) => value,
    use: readUse,
  });
  return [description, `${path}.key`];
}

/** @throws {ConfigError} for anything but one of {@link jwtAlgorithms}. */
export function readAlgorithm(value: unknown, path: string): JwtAlgorithm {
  if (isJwtAlgorithm(value)) return value;
  throw new ConfigError(path, `must be one of ${jwtAlgorithms.join(', ')}, got ${kindOf(value)}`);
}

function readUse(value: unknown, path: string): 'sign' | 'verify' | undefined {
  if (value === undefined || value === 'sign' || value === 'verify') return value;
  throw new ConfigError(path, `must be 'sign' or 'verify', got ${kindOf(value)}`);
}

function publicJwkOf(key: LoadedKey): readonly object[] {
  if (key.publicJwk === undefined) return [];
  return [Object.freeze({ ...key.publicJwk, kid: signingName(key), alg: key.algorithm, use: 'sig' })];
}
