/** ostiary's Passport strategy, as built: it compares in worker threads. */

import { requireOstiary } from '../../ostiary.mjs';
import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';

const { createAuth } = requireOstiary('ostiary');
const { bcrypt } = requireOstiary('ostiary/hashers');
const { LocalStrategy } = requireOstiary('ostiary/passport');

const accounts = await receiveAccounts();
const auth = createAuth({
  secret: 'for the bench only, and not a secret at all',
  issuer: 'https://bench.example',
  hasher: bcrypt({ cost: 10 }),
  users: {
    findById: async (id) => accounts.find((account) => account.id === id),
    findByIdentifier: async (name) => accounts.find((account) => account.name === name),
    toAuthUser: ({ id, hash }) => ({ id, passwordHash: hash }),
  },
});

servePassport(new LocalStrategy(auth));
