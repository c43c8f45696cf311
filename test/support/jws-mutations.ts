/** Damage to tokens that knows how a token is made. Each change goes over a text, so that several go over one another. */

import { createSecretKey } from 'node:crypto';
import { type JwtAlgorithm, jwtAlgorithms } from '../../src/jwt/algorithms.ts';
import { lookAlikes, variantsOf } from './jws-variants.ts';
import { keysFor } from './jwt-keys.ts';
import { encoded, genuineClaims, rawJws } from './raw-jws.ts';

/** A number from 0 to below 1. */
export type Random = () => number;

/** Changes a token; `others` are further genuine ones, to take parts from. */
export type Mutation = (token: string, random: Random, others: readonly string[]) => string;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const strangers = [
  '=',
  '+',
  '/',
  '.',
  '..',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '%2E',
  '%',
  '\\',
  '"',
  "'",
  '~',
];
const foreigners = [
  'é',
  'ａ',
  'İ',
  '\u200b',
  '\u202e',
  '\ufeff',
  '\u2028',
  '😀',
  '\ud800',
  '\udc00',
  '\u212a',
];

export const mutations: Readonly<Record<string, Mutation>> = {
  'a flipped bit': (token, random) => inBytes(token, random, flipBit),
  'several flipped bits': (token, random) =>
    inBytes(token, random, (bytes) => {
      for (let times = whole(random, 7); times >= 0; times -= 1) flipBit(bytes, random);
      return bytes;
    }),
  'a byte more': (token, random) =>
    inBytes(token, random, (bytes) => spliced(bytes, random, 0, Buffer.from([whole(random, 256)]))),
  'a byte less': (token, random) => inBytes(token, random, (bytes) => spliced(bytes, random, 1)),
  'another byte': (token, random) =>
    inBytes(token, random, (bytes) => spliced(bytes, random, 1, Buffer.from([whole(random, 256)]))),
  'another character': (token, random) => inText(token, random, 1, pick(alphabet, random)),
  'a character more': (token, random) => inText(token, random, 0, pick(alphabet, random)),
  'a character less': (token, random) => inText(token, random, 1, ''),
  'a character that is none of a token': (token, random) => inText(token, random, 0, pick(strangers, random)),
  'a character of another script': (token, random) => inText(token, random, 1, pick(foreigners, random)),
  'two characters changed over': (token, random) => {
    const at = whole(random, token.length - 1);
    return `${token.slice(0, at)}${token[at + 1]}${token[at]}${token.slice(at + 2)}`;
  },
  'a cut end': (token, random) => token.slice(0, whole(random, token.length)),
  'a cut beginning': (token, random) => token.slice(whole(random, token.length)),
  'a cut middle': (token, random) => inText(token, random, 1 + whole(random, 40), ''),
  'a piece twice': (token, random) => {
    const [from, to] = [whole(random, token.length), whole(random, token.length)].sort((a, b) => a - b);
    return token.slice(0, to) + token.slice(from);
  },
  'a part of another token': (token, random, others) => {
    const [parts, given] = [token.split('.'), pick(others, random).split('.')];
    const index = whole(random, parts.length);
    return parts.with(index, given[index] ?? '').join('.');
  },
  'a part of another place': (token, random, others) => {
    const [parts, given] = [token.split('.'), pick(others, random).split('.')];
    return parts.with(whole(random, parts.length), pick(given, random)).join('.');
  },
  'parts in another order': (token, random) =>
    token
      .split('.')
      .map((part) => [random(), part] as const)
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('.'),
  'parts more or less': (token, random) => {
    const parts = token.split('.');
    parts.splice(
      whole(random, 4),
      whole(random, 2),
      ...([['', 'AAAA'], ['e30'], [], ['']][whole(random, 4)] ?? []),
    );
    return parts.join('.');
  },
  'another way of writing': (token, random) => pick(variantsOf(token), random)[1],
  'look-alikes': (token, random) => pick(lookAlikes(token), random)[1],
  'something around it': (token, random, others) => {
    const other = pick(others, random);
    const around = [
      `Bearer ${token}`,
      `${token},${other}`,
      `${token}.${other}`,
      JSON.stringify(token),
      `[${token}]`,
    ];
    return pick([...around, JSON.stringify(flattened(token)), `${token}\n${other}`], random);
  },
  'another header': (token, random) => withHeader(token, random, editMember(headerEdits)),
  'another header, written another way': (token, random) => withHeader(token, random, rewrite),
  'other claims': (token, random) => withPayload(token, random, editMember(claimEdits)),
  'other claims, written another way': (token, random) => withPayload(token, random, rewrite),
  'another signature': (token, random, others) => withSignature(token, random, others),
  'a signature of nobody': (token, random) => {
    const edited = withPayload(token, random, editMember(claimEdits));
    return signedByAttacker(pick([token, edited], random), random);
  },
};

/** Several of them, one over the other. */
export function mutated(token: string, random: Random, others: readonly string[]): string {
  let text = pick(Object.values(mutations), random)(token, random, others);
  while (random() < 0.25 && text.length > 1) {
    text = pick(Object.values(mutations), random)(text, random, others);
  }
  return text;
}

/** A whole number below the limit. */
function whole(random: Random, limit: number): number {
  return Math.floor(random() * Math.max(1, limit));
}

/** One of them. */
export function pick<T>(list: ArrayLike<T>, random: Random): T {
  return list[whole(random, list.length)] as T;
}

type Edit = (json: Record<string, unknown>, random: Random) => string;
type Values = Readonly<Record<string, readonly unknown[]>>;

const anything = [
  undefined,
  null,
  '',
  0,
  -1,
  true,
  [],
  {},
  ['x'],
  { $ne: null },
  1e21,
  '\u0000',
  '__proto__',
];
export const headerEdits: Values = {
  alg: [...jwtAlgorithms, 'none', 'None', 'HS1', 'RS384', 'ES256K', ...anything],
  kid: [...jwtAlgorithms, 'k1', '../../dev/null', "' OR 1=1--", 'constructor', ...anything],
  typ: ['JWT', 'at+jwt', 'application/at+jwt', 'refresh+jwt', 'AT+JWT ', ...anything],
  crit: [['exp'], ['b64'], [], 'exp', ...anything],
  b64: [false, true],
  zip: ['DEF'],
  enc: ['A256GCM'],
  jku: ['https://127.0.0.1:1/'],
  jwk: [keysFor('ES256', 'other').publicKey.export({ format: 'jwk' })],
  cty: ['JWT'],
};
export const claimEdits: Values = {
  iss: [genuineClaims.iss, `${genuineClaims.iss}/`, [genuineClaims.iss], ...anything],
  aud: [
    genuineClaims.aud,
    [genuineClaims.aud],
    ['x', genuineClaims.aud],
    'x',
    [genuineClaims.aud, 7],
    ...anything,
  ],
  sub: ['2', '1', ['1'], 1, ...anything],
  exp: [genuineClaims.iat, genuineClaims.exp + 1, 9_999_999_999, '9999999999', 2 ** 53, 1.5e300, ...anything],
  iat: [genuineClaims.iat, genuineClaims.iat + 1, '0', ...anything],
  nbf: [genuineClaims.iat, genuineClaims.iat + 1, '0', ...anything],
  jti: ['two', 'one', ...anything],
  client_id: ['web', 'other', ...anything],
  roles: [['admin']],
  scope: ['admin'],
  ['__proto__']: [{ admin: true }],
};

/** Sets, removes or doubles a member. */
export function editMember(values: Values): Edit {
  return (json, random) => {
    const name = pick(Object.keys(values), random);
    const value = pick(values[name] ?? [], random);
    const text = JSON.stringify({ ...json, [name]: value });
    if (random() < 0.8 || value === undefined) return text;
    return text.replace(/\}$/, `,${JSON.stringify(name)}:${JSON.stringify(value)}}`);
  };
}

/** The same members, or nearly, in another text. */
export const rewrite: Edit = (json, random) => {
  const text = JSON.stringify(json);
  const ways = [
    JSON.stringify(json, null, 2),
    ` ${text}`,
    `${text}\n`,
    `\ufeff${text}`,
    `[${text}]`,
    JSON.stringify(text),
    JSON.stringify(Object.fromEntries(Object.entries(json).reverse())),
    text.replace(/"(\w)/, (_all, one: string) => `"\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
    text.replace('{', '{"x":1,'),
    text.replace('{', '{"__proto__":{},'),
    text.replaceAll('"', "'"),
    text.replace(/\}$/, ',}'),
    text.slice(0, -1),
    text + text,
    `${text}\u0000`,
  ];
  return pick(ways, random);
};

function withHeader(token: string, random: Random, edit: Edit): string {
  const [header = '', ...rest] = token.split('.');
  return [encoded(edit(objectIn(header), random)), ...rest].join('.');
}

function withPayload(token: string, random: Random, edit: Edit): string {
  const [header = '', payload = '', ...rest] = token.split('.');
  return [header, encoded(edit(objectIn(payload), random)), ...rest].join('.');
}

function withSignature(token: string, random: Random, others: readonly string[]): string {
  const at = token.lastIndexOf('.') + 1;
  const bytes = Buffer.from(token.slice(at), 'base64url');
  const half = bytes.length >> 1;
  const signatures = [
    Buffer.alloc(bytes.length),
    Buffer.alloc(bytes.length, 0xff),
    Buffer.concat([bytes.subarray(half), bytes.subarray(0, half)]),
    Buffer.concat([bytes.subarray(0, half), Buffer.alloc(bytes.length - half)]),
    Buffer.concat([Buffer.alloc(half), bytes.subarray(half)]),
    Buffer.from(bytes).reverse(),
    bytes.subarray(0, whole(random, bytes.length)),
    Buffer.concat([bytes, bytes]),
    Buffer.concat([Buffer.alloc(1), bytes]),
    Buffer.concat([bytes, Buffer.alloc(1)]),
    Buffer.from(pick(others, random).split('.')[2] ?? '', 'base64url'),
    Buffer.from(Array.from(bytes, () => whole(random, 256))),
  ];
  return token.slice(0, at) + pick(signatures, random).toString('base64url');
}

/** Signed with a key of the attacker's, or with what everybody knows, under a genuine or a foreign header. */
function signedByAttacker(token: string, random: Random): string {
  const [header = '', payload = ''] = token.split('.');
  const algorithm = pick(cheapAlgorithms, random);
  const kid = random() < 0.5 ? algorithm : objectIn(header)['kid'];
  const known = ['', 'secret', publicPem, genuineClaims.iss, payload];
  const key =
    algorithm.startsWith('HS') && random() < 0.5
      ? createSecretKey(Buffer.from(pick(known, random)))
      : keysFor(algorithm, 'other').privateKey;
  const own = { alg: random() < 0.8 ? algorithm : pick(jwtAlgorithms, random), typ: 'at+jwt', kid };
  return rawJws(own, Buffer.from(payload, 'base64url'), { algorithm, key });
}

const cheapAlgorithms: readonly JwtAlgorithm[] = ['HS256', 'HS512', 'ES256', 'EdDSA'];
const publicPem = String(keysFor('RS256').publicKey.export({ type: 'spki', format: 'pem' }));

function flattened(token: string): object {
  const [header, payload, signature] = token.split('.');
  return { payload, protected: header, signature };
}

function inBytes(token: string, random: Random, change: (bytes: Buffer, random: Random) => Buffer): string {
  const parts = token.split('.');
  const index = whole(random, parts.length);
  const bytes = Buffer.from(parts[index] ?? '', 'base64url');
  return parts.with(index, change(bytes, random).toString('base64url')).join('.');
}

function inText(token: string, random: Random, less: number, more: string): string {
  const at = whole(random, token.length);
  return token.slice(0, at) + more + token.slice(at + less);
}

function flipBit(bytes: Buffer, random: Random): Buffer {
  const at = whole(random, bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << whole(random, 8));
  return bytes;
}

function spliced(bytes: Buffer, random: Random, less: number, more: Buffer = Buffer.alloc(0)): Buffer {
  const at = whole(random, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at + less)]);
}

function objectIn(part: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString()));
  } catch {
    return {};
  }
}
