/** Texts that are no secrets, however long they are. */

const placeholder =
  /change[-_ ]?(me|this|it)|placeholder|replace[-_ ]?(me|this)|keyboard cat|(your|my|super|top|app|auth|jwt|session)[-_ ]?secret|secret[-_ ]?(key|value)/i;
/** PEM and SSH texts, and the members of a JWK. */
const keyText = /-----?\s?BEGIN|^\s*(ssh|ecdsa|sk)-[a-z0-9-]+ |[{,]\s*["']?kty["']?\s*:/;
/** What the encodings of public keys hold: the names of RSA, of elliptic curves and of Ed25519 (RFC 3279, RFC 8410). */
const keyNames = ['06092a864886f70d0101', '06072a8648ce3d0201', '06032b6570'];

/** Whether it is copied from an example: known to everybody. */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text);
}

/** Whether it is a key of another kind, public perhaps, in any form that keys are kept in: everybody could sign. */
export function isKeyText(text: string): boolean {
  const forms = [text, text.replaceAll('\0', ''), decoded(text, 'base64'), decoded(text, 'hex')];
  return forms.some((form) => keyText.test(form) || holdsKeyName(form));
}

function decoded(text: string, encoding: 'base64' | 'hex'): string {
  return Buffer.from(text, encoding).toString('latin1');
}

function holdsKeyName(text: string): boolean {
  const hex = Buffer.from(text, 'latin1').toString('hex');
  return keyNames.some((name) => hex.includes(name));
}
