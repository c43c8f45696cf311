/** ostiary for users of whom nothing but the id is known, with a key that the peers can be given too. */

import { requireOstiary } from '../ostiary.mjs';
import { audience, issuer } from './figures.mjs';

const { createAuth } = requireOstiary('ostiary');
const { createKeyRing } = requireOstiary('ostiary/jwt');

/** The state is the memory of the process, as by default. */
export function createTokenAuth({ algorithm, keys, maxStaleness = 0 }) {
  return createAuth({
    secret: 'for the bench only, and not a secret at all',
    issuer,
    audience,
    users: {
      findById: async (id) => ({ id }),
      findByIdentifier: async () => undefined,
      toAuthUser: ({ id }) => ({ id, passwordHash: null }),
    },
    tokens: {
      keys: createKeyRing([{ kid: 'bench', algorithm, key: keys.sign }]),
      expiresIn: '1d',
      maxStaleness,
    },
  });
}
