/** CommonJS by the name of the file, with `require`. */

import ostiary = require('ostiary');
import express = require('ostiary/express');
import hashers = require('ostiary/hashers');
import jwt = require('ostiary/jwt');
import passport = require('ostiary/passport');
import memory = require('ostiary/stores/memory');

const auth = ostiary.createAuth({
  secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
  issuer: 'https://shop.example',
  hasher: hashers.bcrypt(),
  state: memory.memoryState(),
  users: {
    findById: async (_id): Promise<{ readonly key: number } | null> => null,
    findByIdentifier: async (_mail) => null,
    toAuthUser: (row) => ({ id: row.key, passwordHash: null }),
  },
});
const guard = express.requireAuth(auth);
const strategy = new passport.LocalStrategy(auth);
const ring = jwt.createKeyRing([{ algorithm: 'HS256', key: new Uint8Array(32) }]);
export = { auth, guard, strategy, ring };
