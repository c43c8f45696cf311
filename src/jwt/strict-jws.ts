/** The strict layer: what must hold of a token's text before any key is looked at. */

import { defaults } from '../core/defaults.ts';
import { ownProperty } from '../core/own-property.ts';
import { isJwtAlgorithm, type JwtAlgorithm } from './algorithms.ts';
import { readJsonObject } from './strict-json.ts';

/** The header of a token whose text is in order. Nothing of it has been verified. */
export interface JwsHeader {
  readonly algorithm: JwtAlgorithm;
  readonly kid: string | undefined;
  /** Lower case, without `application/` (RFC 7515 §4.1.9). */
  readonly typ: string | undefined;
}

const threeSegments = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Extensions of the format that change what is signed or how it is read. None of them is understood here. */
const unsupported = ['crit', 'b64', 'zip', 'enc'] as const;
/** A byte order mark stays in the text, so that `JSON.parse` refuses it; bytes that are no UTF-8 throw. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The header, or `null` for a text that is not exactly what a signer writes: too long, another alphabet, padding, a line
 * end, spare bits in a last character. Readers that let those pass have many texts for one token (a denylist by text is
 * then no denylist), and so has jose.
 */
export function readJws(token: unknown): JwsHeader | null {
  if (typeof token !== 'string' || token.length > defaults.tokenMaxLength || !threeSegments.test(token)) {
    return null;
  }
  const segments = token.split('.');
  if (!segments.every(isCanonical)) return null;
  return headerOf(readSegment(segments[0] ?? ''));
}

/** The payload of a token that {@link readJws} has read. */
export function readPayload(token: string): Record<string, unknown> | null {
  return readSegment(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.')));
}

/** The JSON object in a segment, or `null`. */
function readSegment(segment: string): Record<string, unknown> | null {
  try {
    return readJsonObject(utf8.decode(Buffer.from(segment, 'base64url')));
  } catch {
    return null;
  }
}

/** RFC 4648 §3.5: the bits of the last character that stand for nothing are zero. */
function isCanonical(segment: string): boolean {
  const rest = segment.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const spareBits = rest === 2 ? 0b1111 : 0b11;
  return (alphabet.indexOf(segment.slice(-1)) & spareBits) === 0;
}

function headerOf(header: Record<string, unknown> | null): JwsHeader | null {
  if (header === null || unsupported.some((name) => Object.hasOwn(header, name))) return null;
  const algorithm = ownProperty(header, 'alg');
  const kid = ownProperty(header, 'kid');
  const typ = ownProperty(header, 'typ');
  if (!isJwtAlgorithm(algorithm)) return null;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) return null;
  if (typ !== undefined && typeof typ !== 'string') return null;
  return { algorithm, kid, typ: typ === undefined ? undefined : mediaType(typ) };
}

/** Media types are compared without case, and `application/` may be left out. */
export function mediaType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}
