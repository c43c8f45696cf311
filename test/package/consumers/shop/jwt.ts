/** `ostiary/jwt`, without users. */

import {
  createJwtVerifier,
  createKeyRing,
  issueJwt,
  type JwtAlgorithm,
  remoteJwks,
  verifyJwt,
} from 'ostiary/jwt';

const key = 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA';
const names = { issuer: 'https://shop.example', audience: 'https://api.shop.example' };
const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

export const algorithm: JwtAlgorithm = 'HS256';
export const ring = createKeyRing([
  { kid: '2026-11', algorithm, key },
  { kid: '2026-05', algorithm: 'EdDSA', key: jwk, use: 'verify' },
]);
export const verifier = createJwtVerifier({ ...names, keys: ring, typ: 'at+jwt', requiredClaims: ['sub'] });
export const issue = (sub: string) =>
  issueJwt({ sub }, { ...names, key: new Uint8Array(32), algorithm, expiresIn: '5m', typ: 'invitation+jwt' });
export const claims = (token: string) =>
  verifyJwt(token, { ...names, keys: [key], algorithms: ['HS256'], typ: 'invitation+jwt' });
export const remote = remoteJwks('https://idp.example/.well-known/jwks.json', { timeout: '5s', fetch });
export const others = createJwtVerifier({ ...names, keys: remote, algorithms: ['RS256'], typ: 'at+jwt' });
export const subject = async (token: string) => (await verifier.verify(token)).sub?.length;

// @ts-expect-error no algorithm
createKeyRing([{ kid: 'a', key }]);
// @ts-expect-error no kind of token
createJwtVerifier({ ...names, keys: ring });
// @ts-expect-error a key that may be missing
(unset: string | undefined) => verifyJwt('', { ...names, keys: unset, algorithms: ['HS256'], typ: 'JWT' });
