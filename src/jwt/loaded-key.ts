/** One key of a ring, ready to sign and verify. */

import { createPublicKey, hash, hkdfSync, type KeyObject, webcrypto } from 'node:crypto';
import { shortName } from '../core/crypto.ts';
import { ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { type JwtAlgorithm, ruleOf } from './algorithms.ts';
import { isJsonWebKey, isWebKey, keyObjectOf } from './key-object.ts';

/** A key with its name and its one algorithm. */
export interface LoadedKey {
  /** The name that it was given. A key without one verifies tokens of any. */
  readonly kid: string | undefined;
  /** The name that it has by itself: what a key that was given none signs with. Found out once. */
  readonly ownName: () => string;
  readonly algorithm: JwtAlgorithm;
  /** The key of an HMAC. */
  readonly secret: KeyObject | undefined;
  /** Whether the host said that it only verifies. */
  readonly verifiesOnly: boolean;
  /** Imported once, at the first use. */
  readonly verifying: () => Promise<webcrypto.CryptoKey>;
  /** Absent for a key that only verifies. */
  readonly signing: (() => Promise<webcrypto.CryptoKey>) | undefined;
  /** The public half (RFC 7517); absent for a secret. */
  readonly publicJwk: Readonly<Record<string, unknown>> | undefined;
}

/** What a ring's entry says. */
export interface KeyDescription {
  readonly kid: string | undefined;
  readonly algorithm: JwtAlgorithm;
  readonly key: unknown;
  readonly use: 'sign' | 'verify' | undefined;
  /** Whether a secret may be shorter than its algorithm asks for: one from before, which cannot be changed. */
  readonly shortSecret?: boolean;
}

type Operation = 'sign' | 'verify';

/** @throws {ConfigError} for a key that does not fit its algorithm or its use. */
export function loadKey(
  { kid, algorithm, key, use, shortSecret = false }: KeyDescription,
  path: string,
): LoadedKey {
  refuseOtherPurpose(key, algorithm, path);
  const object = keyObjectOf(key, algorithm, path, shortSecret);
  const isPublic = object.type === 'public';
  const signs = !isPublic && usable(key, 'sign');
  if (use === 'sign' && !signs) throw new ConfigError(path, 'is a key that cannot sign');
  const shared = object.type === 'secret' || isPublic ? object : createPublicKey(object);
  const publicJwk = object.type === 'secret' ? undefined : { ...shared.export({ format: 'jwk' }) };
  return {
    kid: kid ?? (isJsonWebKey(key) ? readKid(key.kid, `${path}.kid`) : undefined),
    ownName: once(() => (publicJwk === undefined ? nameOfSecret(object) : thumbprintOf(publicJwk))),
    algorithm,
    secret: object.type === 'secret' ? object : undefined,
    verifiesOnly: use === 'verify',
    verifying: once(() => webKeyOf(key, shared, algorithm, 'verify')),
    signing: signs && use !== 'verify' ? once(() => webKeyOf(key, object, algorithm, 'sign')) : undefined,
    publicJwk,
  };
}

/** A name that fits into a header. */
export function readKid(value: unknown, path: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '' && value.length <= 255)) return value;
  throw new ConfigError(path, `must be a text of 1 to 255 characters, got ${kindOf(value)}`);
}

/** What a JWK says it is for is binding (RFC 7517 §4.2–4.4). */
function refuseOtherPurpose(key: unknown, algorithm: JwtAlgorithm, path: string): void {
  if (!isJsonWebKey(key)) return;
  if (key.alg !== undefined && key.alg !== algorithm) {
    throw new ConfigError(path, `is a JWK for another algorithm than ${algorithm}`);
  }
  if (key.use !== undefined && key.use !== 'sig')
    throw new ConfigError(path, 'is a JWK that is not for signatures');
  if (key.key_ops !== undefined && !usable(key, 'verify') && !usable(key, 'sign')) {
    throw new ConfigError(path, 'is a JWK whose key_ops neither sign nor verify');
  }
}

function usable(key: unknown, operation: Operation): boolean {
  if (isWebKey(key)) return key.usages.includes(operation);
  if (!isJsonWebKey(key) || key.key_ops === undefined) return true;
  return Array.isArray(key.key_ops) && key.key_ops.includes(operation);
}

/** The host's own CryptoKey where it can do the work, otherwise one that is made of the same key. */
function webKeyOf(
  given: unknown,
  key: KeyObject,
  algorithm: JwtAlgorithm,
  operation: Operation,
): Promise<webcrypto.CryptoKey> {
  if (isWebKey(given) && given.type === key.type && given.usages.includes(operation)) {
    return Promise.resolve(given as unknown as webcrypto.CryptoKey);
  }
  const { webName: name, webHash } = ruleOf(algorithm);
  if (key.type === 'secret') {
    return webcrypto.subtle.importKey('raw', key.export(), { name, hash: webHash ?? '' }, false, [operation]);
  }
  const jwk = key.export({ format: 'jwk' });
  const parameters = {
    name,
    ...(webHash === undefined ? {} : { hash: webHash }),
    ...(name === 'ECDSA' ? { namedCurve: String(jwk.crv) } : {}),
  };
  return webcrypto.subtle.importKey('jwk', jwk, parameters, false, [operation]);
}

/** RFC 7638 §3: the SHA-256 of the members that make the key, in the order of their names, and of nothing else. */
function thumbprintOf(jwk: Readonly<Record<string, unknown>>): string {
  const members = ['crv', 'e', 'kty', 'n', 'x', 'y'].filter((name) => jwk[name] !== undefined);
  const text = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return hash('sha256', text, 'base64url');
}

/** Derived, as the names of `createAuth`'s secrets are: a digest of a secret would be a part of it. */
function nameOfSecret(secret: KeyObject): string {
  return shortName(new Uint8Array(hkdfSync('sha256', secret, '', 'ostiary/1 kid', 32)));
}

function once<T extends object | string>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
