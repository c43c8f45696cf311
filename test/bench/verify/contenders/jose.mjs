/** jose's `jwtVerify` and nothing around it, with a key that was imported once. */

import { importSPKI, jwtVerify } from 'jose';
import { stand } from './stand.mjs';

stand(async ({ algorithm, keys, issuer, audience, typ }) => {
  const key =
    algorithm === 'HS256' ? await importSecret(keys.verify) : await importSPKI(keys.verify, algorithm);
  const options = { algorithms: [algorithm], issuer, audience, typ, requiredClaims: ['exp'] };
  return {
    verify: (token) => jwtVerify(token, key, options),
    claimsOf: ({ payload }) => payload,
  };
});

function importSecret(text) {
  return crypto.subtle.importKey('raw', Buffer.from(text), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
}
