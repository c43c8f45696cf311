/** Every entry, with neither the types of Node nor those of a framework. */

import { AuthError, createAuth } from 'ostiary';
import { authErrors, getAuth, type HttpRequest, requireAuth, sessionLogin } from 'ostiary/express';
import { bcrypt, hasherChain, scrypt } from 'ostiary/hashers';
import { createJwtVerifier, createKeyRing } from 'ostiary/jwt';
import { BearerStrategy, LocalStrategy, type PassportSessions, serializeSessions } from 'ostiary/passport';
import { memoryState } from 'ostiary/stores/memory';

interface Row {
  readonly id: number;
}

export const auth = createAuth({
  secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
  issuer: 'https://shop.example',
  users: {
    findById: async (_id): Promise<Row | null> => null,
    findByIdentifier: async (_mail): Promise<Row | null> => null,
    toAuthUser: (row) => ({ id: row.id, passwordHash: null }),
  },
  hasher: hasherChain([scrypt(), bcrypt()]),
  state: memoryState(),
});
export const guard = requireAuth(auth);
export const errors = authErrors();
export const { signIn, signOut } = sessionLogin(auth);
export const strategies = [new LocalStrategy(auth), new BearerStrategy(auth)];
export const who = (request: HttpRequest) => getAuth(request)?.sub;
export const serialize = (passport: PassportSessions) => serializeSessions(passport, auth);
export const verifier = createJwtVerifier({
  keys: createKeyRing([{ algorithm: 'HS256', key: new Uint8Array(32) }]),
  issuer: 'https://shop.example',
  audience: 'api',
  typ: 'JWT',
});
export const codeOf = (error: unknown) => (AuthError.is(error) ? error.code : undefined);
