/** Which keys are refused: too short, of another kind, or a public text that was taken for a secret. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../core/errors.ts';
import { isKeyText } from '../core/weak-secrets.ts';
import { type JwtAlgorithm, ruleOf } from './algorithms.ts';

const rsaBits = 2048;

/** @throws {ConfigError} when the key is not what RFC 7518 asks for the algorithm. */
export function checkStrength(
  key: KeyObject,
  algorithm: JwtAlgorithm,
  path: string,
  mayBeShort = false,
): void {
  const problem =
    key.type === 'secret' ? secretProblem(key, algorithm, mayBeShort) : pairProblem(key, algorithm);
  if (problem !== undefined) throw new ConfigError(path, problem);
}

function secretProblem(key: KeyObject, algorithm: JwtAlgorithm, mayBeShort: boolean): string | undefined {
  const { secretBytes } = ruleOf(algorithm);
  if (secretBytes === undefined) return `is a secret, and ${algorithm} needs a key pair`;
  const bytes = key.export();
  if (bytes.length === 0) return 'is empty (an environment variable that is missing?)';
  if (bytes.length < (mayBeShort ? 1 : secretBytes)) {
    return `has ${bytes.length} bytes, and ${algorithm} needs at least ${secretBytes} (RFC 7518 §3.2)`;
  }
  if (bytes.every((byte) => byte === 0)) return 'holds nothing but zeros: a buffer never filled?';
  return isKey(bytes)
    ? 'holds a key of another kind, and would be used as a secret: give its algorithm instead'
    : undefined;
}

function pairProblem(key: KeyObject, algorithm: JwtAlgorithm): string | undefined {
  const { keyType, curve } = ruleOf(algorithm);
  if (key.asymmetricKeyType !== keyType) {
    return `is a key of type ${key.asymmetricKeyType}, and ${algorithm} needs ${keyType === 'secret' ? 'a secret' : keyType}`;
  }
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (keyType === 'ec' && namedCurve !== curve)
    return `is on the curve ${namedCurve}, and ${algorithm} needs ${curve}`;
  if (keyType !== 'rsa') return undefined;
  if (modulusLength < rsaBits) return `has ${modulusLength} bits, and ${algorithm} needs at least ${rsaBits}`;
  // With an exponent of 1 every text signs itself.
  return publicExponent < 3n ? 'has a public exponent below 3' : undefined;
}

/**
 * A public key in the place of a secret: everybody could sign with it (CVE-2015-9235, CVE-2023-48223). In each form that
 * hosts keep keys in, whatever stands before the text of one, and whatever object the bytes are wrapped in.
 */
function isKey(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return isKeyText(text) || [bytes, Buffer.from(text, 'base64'), Buffer.from(text, 'hex')].some(isPkcs1);
}

/** An RSA key by itself: it names no algorithm by which {@link isKeyText} could know it. */
function isPkcs1(der: Buffer): boolean {
  try {
    createPublicKey({ key: der, format: 'der', type: 'pkcs1' });
    return true;
  } catch {
    return false;
  }
}
