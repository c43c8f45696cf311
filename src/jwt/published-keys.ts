/** The keys of another issuer, out of what it publishes. */

import { defaults } from '../core/defaults.ts';
import { AuthError } from '../core/errors.ts';
import { ownProperty } from '../core/own-property.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import { type LoadedKey, loadKey } from './loaded-key.ts';

/** What makes a public key, of each kind (RFC 7518 §6, RFC 8037 §2). A secret, `oct`, is not among them. */
const membersOf: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  RSA: ['n', 'e'],
};
const saidOfKeys = ['kty', 'kid', 'alg', 'use', 'key_ops'];
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/**
 * Those of the entries that verify these algorithms and are strong enough. What is of another kind or for another
 * purpose, damaged or weak is passed over: it must not keep the others from being used.
 */
export function readPublishedKeys(
  entries: readonly unknown[],
  algorithms: readonly JwtAlgorithm[],
): readonly LoadedKey[] {
  const found = entries
    .slice(0, defaults.remoteKeysCount)
    .map((entry) => keysOfEntry(entry, algorithms))
    .filter((keys) => keys.length > 0);
  // A key without a name answers to any, and so it must be the only one.
  return found.length === 1 ? found.flat() : found.flat().filter(({ kid }) => kid !== undefined);
}

/** One for each algorithm that the entry is good for: two of `EdDSA` and `Ed25519`, which are one, else at most one. */
function keysOfEntry(entry: unknown, algorithms: readonly JwtAlgorithm[]): readonly LoadedKey[] {
  const key = publicPartOf(entry);
  if (key === undefined) return [];
  return algorithms.flatMap((algorithm) => {
    try {
      return [loadKey({ kid: undefined, algorithm, key, use: 'verify' }, 'keys')];
    } catch (error) {
      if (AuthError.is(error, 'ERR_CONFIG_INVALID')) return [];
      throw error;
    }
  });
}

/** A copy of its public members. Whose private half is there for all to read is nobody's key any more. */
function publicPartOf(entry: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  if (secretMembers.some((name) => Object.hasOwn(entry, name))) return undefined;
  const kind = ownProperty(entry, 'kty');
  const members = typeof kind === 'string' ? ownProperty(membersOf, kind) : undefined;
  if (!Array.isArray(members)) return undefined;
  const present = [...saidOfKeys, ...members].filter((name) => Object.hasOwn(entry, name));
  return Object.fromEntries(present.map((name) => [name, Reflect.get(entry, name)]));
}
