/** Tokens that must be refused. Each is a good one but for the thing it is named after. */

import { decodeJwt, decodeProtectedHeader, importPKCS8, SignJWT } from 'jose';

export async function makeBadTokens(good, { algorithm, keys }) {
  const header = decodeProtectedHeader(good);
  const claims = decodeJwt(good);
  const key = algorithm === 'HS256' ? Buffer.from(keys.sign) : await importPKCS8(keys.sign, algorithm);
  const signed = (changedClaims, changedHeader) =>
    new SignJWT({ ...claims, ...changedClaims })
      .setProtectedHeader({ ...header, ...changedHeader })
      .sign(key);
  return {
    tampered: tampered(good),
    'of another issuer': await signed({ iss: 'https://other.example' }),
    'for another audience': await signed({ aud: 'https://other.example' }),
    expired: await signed({ iat: claims.iat - 7200, exp: claims.iat - 3600 }),
    'of another type': await signed({}, { typ: 'JWT' }),
  };
}

/** Its signature begins with another character; all bits of that one count. */
function tampered(token) {
  const start = token.lastIndexOf('.') + 1;
  return `${token.slice(0, start)}${token[start] === 'A' ? 'B' : 'A'}${token.slice(start + 1)}`;
}
