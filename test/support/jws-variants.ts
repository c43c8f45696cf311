/** Other texts for one token, all of which some reader decodes to the same bytes. */

import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';

/** What was done, and the text. */
export type Variant = readonly [what: string, token: string];

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const blanks = [' ', '\n', '\r\n', '\t', '\u0000', '\u00a0', '\u2028', '\ufeff', '\u200b'];
const names: Readonly<Record<string, string>> = { '\n': 'a line end', ' ': 'a space' };

/** Around it, in it, padded, in the other alphabet, with spare bits set, in other forms. */
export function variantsOf(token: string): readonly Variant[] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const segments = [header, payload, signature];
  return [
    ...blanks.flatMap((blank) => around(token, blank)),
    ...segments.flatMap((segment, index) => spareBits(segment).map(put('spare bits', segments, index))),
    ...segments.flatMap((segment, index) => padded(segment).map(put('padding', segments, index))),
    ...segments.flatMap((segment, index) => broken(segment).map(put('a break', segments, index))),
    ['a dot after it', `${token}.`],
    ['a dot before it', `.${token}`],
    ['a fourth part', `${token}.${signature}`],
    ['an empty fourth part', `${token}..`],
    ['percent-encoded dots', token.replaceAll('.', '%2E')],
    ['the scheme before it', `Bearer ${token}`],
    ['quotes around it', `"${token}"`],
    ['another token behind a comma', `${token},${token}`],
    ...otherAlphabet(token),
  ];
}

/** Characters that some normalisation turns into those of the token. */
export function lookAlikes(token: string): readonly Variant[] {
  const wide = (text: string) =>
    text.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
  return [
    ['full width', wide(token)],
    ['a full-width dot', token.replace('.', '\uff0e')],
    ['a full-width first character', `\uff45${token.slice(1)}`],
    ['the Kelvin sign', token.replace(/K|k/, '\u212a')],
    ['an ideographic full stop', token.replaceAll('.', '\u3002')],
    ['a one-dot leader', token.replaceAll('.', '\u2024')],
    ['a long hyphen', token.replaceAll('-', '\u2010').replaceAll('_', '\uff3f').replace('.', '\u2024')],
    ['a combining mark', `${token}\u0301`],
    ['a soft hyphen', `${token.slice(0, 9)}\u00ad${token.slice(9)}`],
    ['upper case', token.toUpperCase()],
    ['lower case', token.toLowerCase()],
  ];
}

/** The token with (r, n − s) for its (r, s): as genuine as it (SEC 1 §4.1.4). */
export function ecdsaTwin(token: string, algorithm: JwtAlgorithm): string {
  const order = orders[algorithm];
  if (order === undefined) throw new Error(`${algorithm} has one signature only`);
  const at = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(at), 'base64url');
  const half = signature.length / 2;
  const s = BigInt(`0x${signature.subarray(half).toString('hex')}`);
  const other = (order - s).toString(16).padStart(half * 2, '0');
  const twin = Buffer.concat([signature.subarray(0, half), Buffer.from(other, 'hex')]);
  return `${token.slice(0, at)}${twin.toString('base64url')}`;
}

/** The orders of the curves (SEC 2 §2.4.2, §2.5.1, §2.6.1). */
const orders: Partial<Record<JwtAlgorithm, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512: BigInt(
    `0x01ff${'f'.repeat(62)}${'fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409'}`,
  ),
};

function around(token: string, blank: string): readonly Variant[] {
  const name = names[blank] ?? JSON.stringify(blank);
  const middle = Math.floor(token.length / 2);
  return [
    [`${name} before it`, `${blank}${token}`],
    [`${name} after it`, `${token}${blank}`],
    [`${name} before the signature`, token.replace(/\.(?=[^.]*$)/, `.${blank}`)],
    [`${name} after the header`, token.replace('.', `${blank}.`)],
    [`${name} in the middle`, `${token.slice(0, middle)}${blank}${token.slice(middle)}`],
  ];
}

/** Every other last character whose meaning bits are the same (RFC 4648 §3.5). */
function spareBits(segment: string): readonly string[] {
  const spare = [1, 1, 16, 4][segment.length % 4] ?? 1;
  const last = alphabet.indexOf(segment.slice(-1));
  const first = last - (last % spare);
  return Array.from({ length: spare }, (_none, bits) => segment.slice(0, -1) + alphabet[first + bits]).filter(
    (other) => other !== segment,
  );
}

function padded(segment: string): readonly string[] {
  return ['=', '==', '===', '.='].map((padding) => segment + padding);
}

/** In places where lenient decoders skip what is no base64. */
function broken(segment: string): readonly string[] {
  return ['!', '*', '~', '%', '\\', '/', '+', ','].map(
    (one) => `${segment.slice(0, 4)}${one}${segment.slice(4)}`,
  );
}

function put(what: string, segments: readonly string[], index: number): (segment: string) => Variant {
  return (segment) => [`${what} in part ${index + 1}`, segments.with(index, segment).join('.')];
}

/** Base64 with `+` and `/` says the same bytes. Tokens without `-` and `_` have no such variant. */
function otherAlphabet(token: string): readonly Variant[] {
  const other = token.replaceAll('-', '+').replaceAll('_', '/');
  return other === token ? [] : [['the alphabet of base64', other]];
}
