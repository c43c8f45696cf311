/** A key in any form that hosts have one in, as a `KeyObject` that fits its algorithm. */

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKeyInput,
  KeyObject,
} from 'node:crypto';
import { ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { type AlgorithmRule, type JwtAlgorithm, ruleOf } from './algorithms.ts';
import { checkStrength } from './key-strength.ts';

/** A JSON Web Key: the members of RFC 7517 §4 and RFC 7518 §6. */
export interface JsonWebKeyLike {
  readonly kty?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly ext?: boolean | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly d?: string | undefined;
  readonly k?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly p?: string | undefined;
  readonly q?: string | undefined;
  readonly dp?: string | undefined;
  readonly dq?: string | undefined;
  readonly qi?: string | undefined;
}

/** A `KeyObject` of node:crypto, or a `CryptoKey` of Web Crypto. */
export interface KeyHandle {
  readonly type: string;
}

/** A key: the bytes of a secret (a text is its UTF-8 bytes), a PEM text, a JWK, a `KeyObject` or a `CryptoKey`. */
export type JwtKey = string | Uint8Array | JsonWebKeyLike | KeyHandle;

/** What Web Crypto says of a key of its own. */
export interface WebKey extends KeyHandle {
  readonly algorithm: { readonly name: string; readonly hash?: { readonly name: string } };
  readonly usages: readonly string[];
}

/** Whether it is a `CryptoKey`. By its tag: test runners have classes of their own. */
export function isWebKey(key: unknown): key is WebKey {
  return tagOf(key) === 'CryptoKey';
}

/** Whether it is a JSON Web Key, or at least a plain object that could be nothing else. */
export function isJsonWebKey(key: unknown): key is JsonWebKeyLike {
  return typeof key === 'object' && key !== null && !ArrayBuffer.isView(key) && tagOf(key) === undefined;
}

/**
 * The key, checked: its kind, its curve and its strength are the algorithm's.
 *
 * @throws {ConfigError} naming `path`, never quoting the key.
 */
export function keyObjectOf(
  key: unknown,
  algorithm: JwtAlgorithm,
  path: string,
  mayBeShort = false,
): KeyObject {
  const rule = ruleOf(algorithm);
  const object = rule.keyType === 'secret' ? secretOf(key, rule, path) : asymmetricOf(key, algorithm, path);
  checkStrength(object, algorithm, path, mayBeShort);
  return object;
}

function secretOf(key: unknown, rule: AlgorithmRule, path: string): KeyObject {
  if (isWebKey(key)) return fromWebKey(key, rule, path);
  if (isKeyObject(key)) return key;
  const bytes = secretBytesOf(key, path);
  return reading(path, () => createSecretKey(bytes));
}

function secretBytesOf(key: unknown, path: string): Uint8Array {
  if (typeof key === 'string') return Buffer.from(key);
  if (key instanceof ArrayBuffer) return new Uint8Array(key.slice(0));
  if (ArrayBuffer.isView(key))
    return Uint8Array.from(Buffer.from(key.buffer, key.byteOffset, key.byteLength));
  if (isJsonWebKey(key) && key.kty === 'oct' && typeof key.k === 'string')
    return Buffer.from(key.k, 'base64url');
  throw new ConfigError(
    path,
    `must be a secret: bytes, a text, a JWK of kty 'oct', or a KeyObject or CryptoKey of type 'secret', got ${kindOf(key)}`,
  );
}

function asymmetricOf(key: unknown, algorithm: JwtAlgorithm, path: string): KeyObject {
  if (isWebKey(key)) return fromWebKey(key, ruleOf(algorithm), path);
  if (isKeyObject(key)) return ownCopyOf(key, path);
  const pem = textOf(key);
  if (pem?.includes('-----BEGIN')) {
    return reading(path, () =>
      pem.includes('PRIVATE KEY-----') ? createPrivateKey(pem) : createPublicKey(pem),
    );
  }
  if (isJsonWebKey(key) && Array.isArray(Reflect.get(key, 'keys'))) {
    throw new ConfigError(path, 'is a JWK Set: hand in its `keys`');
  }
  if (isJsonWebKey(key) && typeof key.kty === 'string') {
    const input = { key: { ...key } as JsonWebKeyInput['key'], format: 'jwk' } as const;
    return reading(path, () => (key.d === undefined ? createPublicKey(input) : createPrivateKey(input)));
  }
  throw new ConfigError(
    path,
    `must be a key for ${algorithm}: a PEM text, a JWK, a KeyObject or a CryptoKey, got ${kindOf(key)}`,
  );
}

/**
 * On Node 20 a pair of `generateKeyPair` waits for itself for ever, when it is exported as a JWK while the garbage of its
 * making is collected. A copy was not generated.
 */
function ownCopyOf(key: KeyObject, path: string): KeyObject {
  if (key.type === 'secret') return key;
  return reading(path, () =>
    key.type === 'private'
      ? createPrivateKey({ key: key.export({ type: 'pkcs8', format: 'der' }), type: 'pkcs8', format: 'der' })
      : createPublicKey({ key: key.export({ type: 'spki', format: 'der' }), type: 'spki', format: 'der' }),
  );
}

/** A PEM file that was read without an encoding is bytes. */
function textOf(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  if (!ArrayBuffer.isView(key)) return undefined;
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

function fromWebKey(key: WebKey, rule: AlgorithmRule, path: string): KeyObject {
  const { name, hash } = key.algorithm;
  if (name !== rule.webName || (rule.webHash !== undefined && hash?.name !== rule.webHash)) {
    throw new ConfigError(path, 'is a CryptoKey that was made for another algorithm');
  }
  return reading(path, () => KeyObject.from(key as Parameters<typeof KeyObject.from>[0]));
}

function isKeyObject(key: unknown): key is KeyObject {
  return tagOf(key) === 'KeyObject';
}

function tagOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? Reflect.get(key, Symbol.toStringTag) : undefined;
}

/** What OpenSSL says of a damaged key helps nobody, and may quote it. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ConfigError(path, 'cannot be read as a key; see the cause', { cause });
  }
}
