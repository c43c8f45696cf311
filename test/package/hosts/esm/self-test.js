/** Entries without a route of their own: tokens without users, and the hashers. */

import { AuthError } from 'ostiary';
import { bcrypt, hasherChain, scrypt } from 'ostiary/hashers';
import { issueJwt, verifyJwt } from 'ostiary/jwt';

export const selfTest = async (hashes) => ({
  jwt: await tokenRoundTrip(),
  hashers: await hashRoundTrip(
    hashes === 'scrypt' ? [scrypt({ logN: 10 })] : [scrypt({ logN: 10 }), bcrypt({ cost: 4 })],
  ),
});

async function tokenRoundTrip() {
  const [key, issuer, audience] = [
    'Zq9fR2mXk7TtB4yLw1NcPj6HsVd8gEa3',
    'https://shop.example',
    'https://api.example',
  ];
  const options = { key, algorithm: 'HS256', issuer, audience, expiresIn: '2d', typ: 'invite+jwt' };
  const token = await issueJwt({ sub: 'ann' }, options);
  const expected = { keys: key, algorithms: ['HS256'], issuer, audience, typ: 'invite+jwt' };
  const { sub } = await verifyJwt(token, expected);
  const foreign = await verifyJwt(token, { ...expected, issuer: 'https://evil.example' }).catch(
    (error) => error,
  );
  return [sub, AuthError.is(foreign, 'ERR_TOKEN_INVALID') ? foreign.code : 'accepted'];
}

async function hashRoundTrip(hashers) {
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
