/** ostiary's Passport strategy, as built: it compares in worker threads. */

import { createRequire } from 'node:module';
import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';

// By its name, as a host does: this folder has a package.json of its own, so the name is looked up from the root's.
const require = createRequire(new URL('../../../../package.json', import.meta.url));
const { createAuth } = require('ostiary');
const { bcrypt } = require('ostiary/hashers');
const { LocalStrategy } = require('ostiary/passport');

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
