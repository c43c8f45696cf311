/** JWTs without users or a store: issue, verify, rings of keys. `auth.tokens` of `createAuth` stands on the same code. */

export type { JwtAlgorithm } from './algorithms.ts';
export { type IssueJwtOptions, issueJwt } from './issue.ts';
export type { JwksFetch, JwksResponse } from './jwks-request.ts';
export type { JsonWebKeyLike, JwtKey, KeyHandle } from './key-object.ts';
export { createKeyRing, type KeyRing, type KeyRingEntry } from './key-ring.ts';
export { type RemoteJwksOptions, remoteJwks } from './remote-jwks.ts';
export type { RemoteJwks } from './remote-keys.ts';
export { createJwtVerifier, type JwtClaims, type JwtVerifier, verifyJwt } from './verify.ts';
export type { VerifyJwtOptions } from './verify-options.ts';
