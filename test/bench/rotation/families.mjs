/** Logins that have refresh tokens: each of a user of its own, and what the store holds of them. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { requireOstiary } from '../ostiary.mjs';
import { audience, issuer } from '../tokens/figures.mjs';

const { createAuth } = requireOstiary('ostiary');

/** Of each login the store holds two: the family itself, and the list of the user's logins. */
export const recordsOfFamily = 2;
/** What a store is filled with at once. */
const batch = 2000;

/** The table answers at once: what a rotation asks it for is the host's, and not measured. */
export function createRotationAuth(state) {
  return createAuth({
    secret: 'for the bench only, and not a secret at all',
    issuer,
    audience,
    state,
    users: {
      findById: async (id) => ({ id }),
      findByIdentifier: async () => undefined,
      toAuthUser: ({ id }) => ({
        id,
        passwordHash: '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
      }),
    },
    tokens: { scopes: (_user, requested) => requested },
  });
}

/**
 * Logs in users 1 to `count` and hands what a store would hold to `fill`, batch by batch: `[key, value, ttlSeconds]`.
 * Answers their refresh tokens.
 */
export async function issueFamilies(count, fill) {
  let rows = [];
  const keep = async (...row) => {
    rows.push(row);
    return true;
  };
  const auth = createRotationAuth({ ...neverAsked(), get: async () => null, put: keep, putIfAbsent: keep });
  const tokens = [];
  for (let id = 1; id <= count; id += 1) {
    const { refreshToken } = await auth.tokens.issue({ id }, { refresh: true, scope: 'read write' });
    tokens.push(refreshToken);
    if (rows.length < batch && id < count) continue;
    await fill(rows);
    rows = [];
    // In memory nothing else would let the process hear that it is no longer wanted.
    await nextTurn();
  }
  return tokens;
}

/** What a first login does not ask for. */
function neverAsked() {
  const verbs = ['compareAndSet', 'take', 'increment', 'delete'];
  const refuse = async () => {
    throw new Error('A first login asked its store for more than was expected.');
  };
  return Object.fromEntries(verbs.map((verb) => [verb, refuse]));
}
