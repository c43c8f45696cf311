/** jsonwebtoken's `verify`, with the key as text, as tutorials have it, or as a `KeyObject`. */

import { createPublicKey, createSecretKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { stand } from './stand.mjs';

stand(({ algorithm, keys, issuer, audience, settings: { keyObject } }) => {
  const key = keyObject ? keyObjectOf(algorithm, keys.verify) : keys.verify;
  const options = { algorithms: [algorithm], issuer, audience };
  return {
    verify: (token) => jsonwebtoken.verify(token, key, options),
    claimsOf: (claims) => claims,
    blind: ['of another type'],
  };
});

function keyObjectOf(algorithm, text) {
  return algorithm === 'HS256' ? createSecretKey(Buffer.from(text)) : createPublicKey(text);
}
