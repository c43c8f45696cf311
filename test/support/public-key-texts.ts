/** A public key in all the forms in which hosts keep one, as bytes that somebody could take for a secret. */

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificatePem } from '../vectors/certificate.ts';

/** What it is, and its bytes. */
export type KeyText = readonly [what: string, bytes: Buffer];

export function publicKeyTexts(key: KeyObject): readonly KeyText[] {
  const spki = Buffer.from(key.export({ type: 'spki', format: 'der' }));
  const pem = String(key.export({ type: 'spki', format: 'pem' }));
  // Not of the key itself: if it was generated, that may wait for ever on Node 20.
  const jwk = createPublicKey(pem).export({ format: 'jwk' });
  return [
    ['the DER', spki],
    ['the base64 of the DER', Buffer.from(spki.toString('base64'))],
    ['the base64 of the DER in lines', Buffer.from(pem.split('\n').slice(1, -2).join('\n'))],
    ['the base64url of the DER', Buffer.from(spki.toString('base64url'))],
    ...pemTexts('PEM', pem),
    ['the JWK', Buffer.from(JSON.stringify(jwk))],
    ['the JWK in lines', Buffer.from(JSON.stringify(jwk, null, 2))],
    ['the JWK with spaces before its colons', Buffer.from(JSON.stringify(jwk).replaceAll(':', ' \n:'))],
    ['a JWK Set', Buffer.from(JSON.stringify({ keys: [jwk] }))],
    ...(key.asymmetricKeyType === 'rsa' ? pkcs1Texts(key) : []),
  ];
}

/** Those of a certificate. */
export function certificateTexts(): readonly KeyText[] {
  const { raw } = new X509Certificate(certificatePem);
  return [
    ['the DER of a certificate', raw],
    ['the base64 of a certificate, as in x5c', Buffer.from(raw.toString('base64'))],
    ...pemTexts('certificate PEM', certificatePem),
  ];
}

function pkcs1Texts(key: KeyObject): readonly KeyText[] {
  return [
    ['the PKCS #1 DER', Buffer.from(key.export({ type: 'pkcs1', format: 'der' }))],
    ...pemTexts('PKCS #1 PEM', String(key.export({ type: 'pkcs1', format: 'pem' }))),
  ];
}

/** What stands around a PEM has fooled three checks for one (CVE-2023-48223 and the two after it). */
function pemTexts(name: string, pem: string): readonly KeyText[] {
  const texts: readonly (readonly [string, string])[] = [
    [`the ${name}`, pem],
    [`the ${name} without its last line end`, pem.trimEnd()],
    [`the ${name} with CRLF`, pem.replaceAll('\n', '\r\n')],
    [`the ${name} in one line`, pem.replaceAll('\n', '')],
    [`the ${name} after a space`, ` ${pem}`],
    [`the ${name} after a line end`, `\n${pem}`],
    [`the ${name} after a byte order mark`, `\ufeff${pem}`],
    [`the ${name} after a letter`, `x${pem}`],
    [`the ${name} after a comment`, `# the issuer's key\n${pem}`],
  ];
  return texts.map(([what, text]) => [what, Buffer.from(text)]);
}
