/** The only door of the core to the platform's cryptography. */

import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** 128 random bits as base64url: a session id, a mark. */
export function randomId(): string {
  return randomBytes(16).toString('base64url');
}

/** SHA-256 of the parts, as base64url. The parts are framed, so that no two lists of parts meet. */
export function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** SHA-1 of the UTF-8 text, in upper-case hexadecimal: for a service that lists passwords so, and for no defence. */
export function sha1Hex(text: string): string {
  return hash('sha1', text, 'hex').toUpperCase();
}

/** HMAC-SHA-256 of the parts, as base64url, framed like {@link digest}. */
export function mac(key: Uint8Array, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

/** 32 bytes of HKDF-SHA-256 (RFC 5869): the key of one purpose. */
export function deriveKey(secret: string, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32));
}

/** The key's name: eight characters that say nothing of the key. */
export function shortName(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url').slice(0, 8);
}

/** Compares two texts in a time that depends on their lengths only. */
export function equalSecrets(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
