/** The signature algorithms, and what a key must be for each. */

/** A name of RFC 7518 §3.1, RFC 8037 or RFC 9864. */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'RS256'
  | 'PS256';

/** Algorithms whose keys could be taken for one another: one key is used with one of them only (RFC 8725 §3.1). */
export type AlgorithmFamily = 'HMAC' | 'ECDSA' | 'EdDSA' | 'RSASSA-PKCS1-v1_5' | 'RSA-PSS';

/** What a key must be. */
export interface AlgorithmRule {
  readonly family: AlgorithmFamily;
  /** As `KeyObject.asymmetricKeyType`; `secret` for HMAC. */
  readonly keyType: 'secret' | 'ec' | 'ed25519' | 'rsa';
  /** As `asymmetricKeyDetails.namedCurve`. */
  readonly curve?: string;
  /** Bytes of a secret: as many as the output of the hash (RFC 7518 §3.2). */
  readonly secretBytes?: number;
  /** As `CryptoKey.algorithm` has them. */
  readonly webName: string;
  readonly webHash?: string;
}

const rules: Readonly<Record<JwtAlgorithm, AlgorithmRule>> = {
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
  ES256: ecdsa('prime256v1'),
  ES384: ecdsa('secp384r1'),
  ES512: ecdsa('secp521r1'),
  EdDSA: { family: 'EdDSA', keyType: 'ed25519', webName: 'Ed25519' },
  Ed25519: { family: 'EdDSA', keyType: 'ed25519', webName: 'Ed25519' },
  RS256: rsa('RSASSA-PKCS1-v1_5'),
  PS256: rsa('RSA-PSS'),
};

/** All of them. */
export const jwtAlgorithms: readonly JwtAlgorithm[] = Object.keys(rules) as JwtAlgorithm[];

/** Whether it is one of them, in exactly this spelling. `none` is not. */
export function isJwtAlgorithm(value: unknown): value is JwtAlgorithm {
  return typeof value === 'string' && Object.hasOwn(rules, value);
}

/** What a key must be for the algorithm. */
export function ruleOf(algorithm: JwtAlgorithm): AlgorithmRule {
  return rules[algorithm];
}

function hmac(bits: number): AlgorithmRule {
  return {
    family: 'HMAC',
    keyType: 'secret',
    secretBytes: bits / 8,
    webName: 'HMAC',
    webHash: `SHA-${bits}`,
  };
}

function ecdsa(curve: string): AlgorithmRule {
  return { family: 'ECDSA', keyType: 'ec', curve, webName: 'ECDSA' };
}

function rsa(family: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS'): AlgorithmRule {
  return { family, keyType: 'rsa', webName: family, webHash: 'SHA-256' };
}
