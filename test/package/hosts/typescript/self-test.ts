/** Entries without a route of their own: tokens without users, and the hashers. */

import { AuthError, type PasswordHasher } from 'ostiary';
import { bcrypt, hasherChain, scrypt } from 'ostiary/hashers';
import { issueJwt, verifyJwt } from 'ostiary/jwt';

export interface SelfTest {
  readonly jwt: readonly unknown[];
  readonly hashers: readonly string[];
}

export async function selfTest(): Promise<SelfTest> {
  const hashers = await hashRoundTrip(scrypt({ logN: 10 }), bcrypt({ cost: 4 }));
  return { jwt: await tokenRoundTrip(), hashers };
}

async function tokenRoundTrip(): Promise<readonly unknown[]> {
  const standard = { issuer: 'https://shop.example', audience: 'https://api.example', typ: 'invite+jwt' };
  const key = 'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3';
  const token = await issueJwt({ sub: 'ann' }, { ...standard, key, algorithm: 'HS256', expiresIn: '2d' });
  const { sub } = await verifyJwt(token, { ...standard, keys: key, algorithms: ['HS256'] });
  const foreign = { ...standard, issuer: 'https://evil.example', keys: key, algorithms: ['HS256'] as const };
  const refusal: unknown = await verifyJwt(token, foreign).catch((error: unknown) => error);
  return [sub, AuthError.is(refusal, 'ERR_TOKEN_INVALID') ? refusal.code : 'accepted'];
}

async function hashRoundTrip(...hashers: [PasswordHasher, PasswordHasher]): Promise<readonly string[]> {
  const results = await Promise.all(
    [...hashers, hasherChain(hashers)].map(async (hasher) => {
      const hash = await hasher.hash('a password');
      const right = await hasher.verify('a password', hash);
      const wrong = await hasher.verify('another password', hash);
      return `${hasher.id} ${right} ${wrong}`;
    }),
  );
  await Promise.all(hashers.map((hasher) => hasher.close?.()));
  return results;
}
