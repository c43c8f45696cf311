/** One key in every form that a host may have it in. */

import { type KeyObject, webcrypto } from 'node:crypto';
import { type JwtAlgorithm, ruleOf } from '../../src/jwt/algorithms.ts';
import type { JwtKey } from '../../src/jwt/index.ts';
import { type JwtKeyPair, keysFor } from './jwt-keys.ts';

/** What it is, the key, and whether it can sign. */
export type KeyForm = readonly [what: string, key: JwtKey, signs: boolean];

export async function keyForms(algorithm: JwtAlgorithm): Promise<readonly KeyForm[]> {
  const pair = keysFor(algorithm);
  return ruleOf(algorithm).keyType === 'secret'
    ? secretForms(algorithm, pair.privateKey)
    : pairForms(algorithm, pair);
}

async function secretForms(algorithm: JwtAlgorithm, secret: KeyObject): Promise<readonly KeyForm[]> {
  const bytes = secret.export();
  const jwk = secret.export({ format: 'jwk' });
  return [
    ['a buffer', bytes, true],
    ['bytes', Uint8Array.from(bytes), true],
    ['a view into a larger buffer', Buffer.concat([bytes, bytes]).subarray(bytes.length), true],
    ['a JWK', jwk, true],
    [
      'a JWK that says what it is for',
      { ...jwk, alg: algorithm, use: 'sig', key_ops: ['sign', 'verify'] },
      true,
    ],
    ['a KeyObject', secret, true],
    ['a CryptoKey', await webKey(algorithm, secret, ['sign', 'verify']), true],
    ['a CryptoKey that only verifies', await webKey(algorithm, secret, ['verify']), false],
  ];
}

async function pairForms(algorithm: JwtAlgorithm, pair: JwtKeyPair): Promise<readonly KeyForm[]> {
  const { privateKey, publicKey } = pair;
  const { keyType } = ruleOf(algorithm);
  const [secretJwk, publicJwk] = [privateKey.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' })];
  const forSignatures = { alg: algorithm, use: 'sig' };
  const forms: KeyForm[] = [
    ['a private PEM (PKCS #8)', pem(privateKey, 'pkcs8'), true],
    ['a public PEM (SPKI)', pem(publicKey, 'spki'), false],
    ['a public PEM with CRLF', pem(publicKey, 'spki').replaceAll('\n', '\r\n'), false],
    ['a private JWK', secretJwk, true],
    ['a private JWK that signs', { ...secretJwk, ...forSignatures, key_ops: ['sign'] }, true],
    ['a private JWK that verifies', { ...secretJwk, ...forSignatures, key_ops: ['verify'] }, false],
    ['a public JWK', publicJwk, false],
    ['a public JWK that verifies', { ...publicJwk, ...forSignatures, key_ops: ['verify'] }, false],
    ['a private KeyObject', privateKey, true],
    ['a public KeyObject', publicKey, false],
    ['a private CryptoKey', await webKey(algorithm, privateKey, ['sign']), true],
    ['a public CryptoKey', await webKey(algorithm, publicKey, ['verify']), false],
  ];
  if (keyType === 'ec') forms.push(['a private PEM (SEC 1)', pem(privateKey, 'sec1'), true]);
  if (keyType === 'rsa') {
    forms.push(['a private PEM (PKCS #1)', pem(privateKey, 'pkcs1'), true]);
    forms.push(['a public PEM (PKCS #1)', pem(publicKey, 'pkcs1'), false]);
  }
  return forms;
}

/** As a host would import it; it cannot be exported again. */
export function webKey(
  algorithm: JwtAlgorithm,
  key: KeyObject,
  usages: readonly ('sign' | 'verify')[],
): Promise<webcrypto.CryptoKey> {
  const { webName: name, webHash } = ruleOf(algorithm);
  const jwk = key.export({ format: 'jwk' });
  const parameters = { name, ...(webHash && { hash: webHash }), ...(jwk.crv && { namedCurve: jwk.crv }) };
  return webcrypto.subtle.importKey('jwk', jwk, parameters, false, usages);
}

function pem(key: KeyObject, type: 'pkcs8' | 'spki' | 'pkcs1' | 'sec1'): string {
  return String(key.export({ type: type as 'spki', format: 'pem' }));
}
