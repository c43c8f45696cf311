/** Keys for every algorithm, made once in each test file. */

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { type JwtAlgorithm, ruleOf } from '../../src/jwt/algorithms.ts';

/** Both halves; of a secret twice the same. */
export interface JwtKeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const made = new Map<string, JwtKeyPair>();

/** A key for the algorithm, the same at every call. `other` is another one. */
export function keysFor(algorithm: JwtAlgorithm, which: 'one' | 'other' = 'one'): JwtKeyPair {
  const { keyType, curve, secretBytes } = ruleOf(algorithm);
  const name = `${keyType} ${curve ?? secretBytes ?? ''} ${which}`;
  const known = made.get(name) ?? make(algorithm);
  made.set(name, known);
  return known;
}

/** An RSA key of another size or with another exponent. */
export function rsaKeys(modulusLength: number, publicExponent = 0x10001): JwtKeyPair {
  return readAgain(generateKeyPairSync('rsa', { modulusLength, publicExponent }));
}

/** A key on another curve. */
export function ecKeys(namedCurve: string): JwtKeyPair {
  return readAgain(generateKeyPairSync('ec', { namedCurve }));
}

function make(algorithm: JwtAlgorithm): JwtKeyPair {
  const { keyType, curve, secretBytes } = ruleOf(algorithm);
  if (keyType === 'ec') return ecKeys(String(curve));
  if (keyType === 'rsa') return rsaKeys(2048);
  if (keyType === 'ed25519') return readAgain(generateKeyPairSync('ed25519'));
  const secret = createSecretKey(randomBytes(secretBytes ?? 0));
  return { privateKey: secret, publicKey: secret };
}

/** Not the objects that were generated: on Node 20 these may wait for ever when a test exports them as a JWK. */
function readAgain({ privateKey, publicKey }: JwtKeyPair): JwtKeyPair {
  return {
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}
