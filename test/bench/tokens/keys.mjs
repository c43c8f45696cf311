/** Keys as text, in the forms that every contender can read: `sign` makes tokens, `verify` checks them. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';

export function makeKeys(algorithm) {
  if (algorithm === 'HS256') {
    const secret = randomBytes(32).toString('base64url');
    return { sign: secret, verify: secret };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { sign: privateKey, verify: publicKey };
}
