/** Tokens made by hand with node:crypto: what no honest library would write. */

import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { AccessClaims } from '../../src/index.ts';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { issuer } from './fixed-secret.ts';
import { keysFor } from './jwt-keys.ts';

/** A part of a token: an object is written as JSON, a text and bytes as they are. */
export type JwsPart = object | string | Uint8Array;

export const audience = 'https://api.shop.example';
/** Seconds: where the movable clock stands when a test begins. */
export const startOfTime: number = Date.UTC(2026, 0, 1) / 1000;

/** What a genuine access token says (RFC 9068), for all doors alike. */
export const genuineClaims: AccessClaims = {
  iss: issuer,
  aud: audience,
  sub: '1',
  client_id: 'web',
  iat: startOfTime,
  exp: startOfTime + 300,
  jti: 'one',
};

/** The header of a genuine token. */
export function genuineHeader(algorithm: JwtAlgorithm): { alg: JwtAlgorithm; typ: string; kid: string } {
  return { alg: algorithm, typ: 'at+jwt', kid: 'k1' };
}

/** How a token differs from a genuine one. */
export interface Difference {
  readonly algorithm?: JwtAlgorithm;
  /** Further members; `undefined` removes one. */
  readonly header?: object;
  readonly claims?: object;
  /** The whole header or payload instead. */
  readonly wholeHeader?: JwsPart;
  readonly payload?: JwsPart;
  readonly key?: KeyObject;
}

/** A token that its own key has signed, whatever it says. */
export function signedToken(difference: Difference = {}): string {
  const { algorithm = 'ES256', header, claims, wholeHeader, payload } = difference;
  return rawJws(
    wholeHeader ?? { ...genuineHeader(algorithm), ...header },
    payload ?? { ...genuineClaims, ...claims },
    { algorithm, key: difference.key ?? keysFor(algorithm).privateKey },
  );
}

/** A token of these parts, signed or with this very signature. */
export function rawJws(
  header: JwsPart,
  payload: JwsPart,
  signer: { readonly algorithm: JwtAlgorithm; readonly key: KeyObject } | Uint8Array,
): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  const signature = signer instanceof Uint8Array ? signer : signatureOf(input, signer.algorithm, signer.key);
  return `${input}.${encoded(signature)}`;
}

/** The base64url of a part. */
export function encoded(part: JwsPart): string {
  const bytes = part instanceof Uint8Array || typeof part === 'string' ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** The signature over a text. */
export function signatureOf(input: string, algorithm: JwtAlgorithm, key: KeyObject): Buffer {
  const bytes = Buffer.from(input);
  const hash = `sha${algorithm.slice(2)}`;
  switch (algorithm) {
    case 'EdDSA':
    case 'Ed25519':
      return sign(null, bytes, key);
    case 'RS256':
      return sign(hash, bytes, key);
    case 'PS256':
      return sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return sign(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });
    default:
      return createHmac(hash, key).update(bytes).digest();
  }
}
