/** Which keys are refused: too short, of another kind, or a public text that was taken for a secret. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../core/errors.ts';
import { type JwtAlgorithm, ruleOf } from './algorithms.ts';

const rsaBits = 2048;

/** @throws {ConfigError} when the key is not what RFC 7518 asks for the algorithm. */
export function checkStrength(key: KeyObject, algorithm: JwtAlgorithm, path: string): void {
  const problem = key.type === 'secret' ? secretProblem(key, algorithm) : pairProblem(key, algorithm);
  if (problem !== undefined) throw new ConfigError(path, problem);
}

function secretProblem(key: KeyObject, algorithm: JwtAlgorithm): string | undefined {
  const { secretBytes } = ruleOf(algorithm);
  if (secretBytes === undefined) return `is a secret, and ${algorithm} needs a key pair`;
  const size = key.symmetricKeySize ?? 0;
  if (size < secretBytes) {
    return `has ${size} bytes, and ${algorithm} needs at least ${secretBytes} (RFC 7518 §3.2)`;
  }
  return key.export().every((byte) => byte === 0)
    ? 'holds nothing but zeros: a buffer never filled?'
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
 * A public key in the place of a secret: everybody could sign with it (CVE-2015-9235, CVE-2023-48223). All its texts and
 * encodings are refused, wherever in the bytes they start.
 */
export function refuseKeyText(bytes: Uint8Array, path: string): void {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.includes('-----BEGIN') || /"kty"\s*:/.test(text)) {
    throw new ConfigError(
      path,
      'is the text of a key, and would be used as a secret: give its algorithm instead',
    );
  }
  if (isPublicKeyBytes(bytes)) {
    throw new ConfigError(path, 'holds the bytes of a public key, and would be used as a secret');
  }
}

function isPublicKeyBytes(bytes: Uint8Array): boolean {
  return (['spki', 'pkcs1'] as const).some((type) => {
    try {
      createPublicKey({ key: Buffer.from(bytes), format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}
