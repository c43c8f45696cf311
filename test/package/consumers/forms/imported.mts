/** An ES module by the name of the file, and the CommonJS one beside it. */

import { AuthError, createAuth } from 'ostiary';
import { requireAuth } from 'ostiary/express';
import { LocalStrategy } from 'ostiary/passport';
import required from './required.cjs';

export const auth = createAuth({
  secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
  issuer: 'https://shop.example',
  users: {
    findById: async (_id): Promise<{ readonly key: number } | null> => null,
    findByIdentifier: async (_mail) => null,
    toAuthUser: (row) => ({ id: row.key, passwordHash: null }),
  },
});
export const guards = [requireAuth(auth), requireAuth(required.auth)];
export const strategies = [new LocalStrategy(auth), new LocalStrategy(required.auth)];
export const passed = required.guard;

// The service of one copy in the place of the other's: their errors are told apart by no one.
export const same: typeof auth = required.auth;
export const codeOf = (error: unknown) => (AuthError.is(error) ? error.code : undefined);
