/** fast-jwt's verifier; `cache` is how many tokens it remembers, and `keyedByToken` has it remember them unhashed. */

import { createVerifier } from 'fast-jwt';
import { stand } from './stand.mjs';

// It warns of keys that are not hashed, for fear of worse ones than the whole token.
process.removeAllListeners('warning');

stand(({ algorithm, keys, issuer, audience, typ, settings: { cache, keyedByToken } }) => ({
  verify: createVerifier({
    key: keys.verify,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: typ,
    requiredClaims: ['exp'],
    ...(cache && { cache }),
    ...(keyedByToken && { cacheKeyBuilder: (token) => token }),
  }),
  claimsOf: (claims) => claims,
}));
