/** A header asks for keys, files, addresses and other readings of the token. Nothing of it is granted (RFC 8725 §3.10). */

import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asyncWorkOf } from '../support/async-work.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { encoded, genuineClaims, genuineHeader, rawJws, signedToken } from '../support/raw-jws.ts';
import { certificatePem } from '../vectors/certificate.ts';

const attacker = keysFor('ES256', 'other');
const attackersJwk = { ...attacker.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };
const nobody = 'https://127.0.0.1:1/keys';

/** Names that a look-up by file, table, address or prototype would stumble over. */
const kids: readonly unknown[] = [
  ...['k2', 'K1', 'k1 ', ' k1', 'k1\n', 'k1\u0000', '\ufeffk1', 'k', ''],
  ...['../../../../dev/null', '/dev/null', 'file:///etc/passwd', '..\\..\\nul', '/proc/self/environ'],
  ...["' OR 1=1--", "k1' UNION SELECT 'key'--", '{"$ne":null}', '*', '%00', '$(id)', '| id'],
  ...[nobody, 'http://[::1]:1/', '//evil.example/key', 'k1,k1'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0', 'undefined', 'null'],
  ...[null, true, false, 0, 1, ['k1'], [], {}, { k1: true }, { toString: 'k1' }],
];

/** A header that names or brings the attacker's key. */
const broughtKeys: readonly (readonly [string, object])[] = [
  ['jwk', { jwk: attackersJwk }],
  ['jku', { jku: nobody }],
  ['x5u', { x5u: nobody }],
  ['x5c', { x5c: [certificatePem.replace(/-----.*-----|\n/g, '')] }],
  ['x5t', { x5t: 'A'.repeat(27), 'x5t#S256': 'A'.repeat(43) }],
  ['jwks', { jwks: { keys: [attackersJwk] }, jwks_uri: nobody }],
  ['all of them', { jwk: attackersJwk, jku: nobody, x5u: nobody, kid: 'k1', iss: nobody }],
];

describe('the count of work behind the scenes', () => {
  it('sees a file and a connection', async () => {
    expect(await asyncWorkOf(() => readFile('/dev/null'))).toContain('FSREQPROMISE');
    const connecting = () => new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve));
    expect(await asyncWorkOf(connecting)).toContain('TCPCONNECTWRAP');
  });
});

describe.each(jwtDoors)('$door', ({ door, open }) => {
  const anyName = door.endsWith('bare key') || door === 'createJwtVerifier';

  it('lets the genuine token in, at the price of one signature', async () => {
    const verify = open();
    const token = signedToken();
    expect(await asyncWorkOf(() => verify(token))).toEqual(['SIGNREQUEST']);
    expect(await verify(token)).toMatchObject({ sub: '1' });
  });

  it.each(kids)('looks nowhere for a key called %j', async (kid) => {
    const verify = open();
    const strange = signedToken({ header: { kid } });
    const forged = signedToken({ header: { kid }, key: attacker.privateKey });
    await expect(verify(forged)).rejects.toEqual(refused);
    const isName = typeof kid === 'string' && kid !== '';
    if (!anyName || !isName) await expect(verify(strange)).rejects.toEqual(refused);
    for (const token of [strange, forged]) {
      const work = await asyncWorkOf(() => verify(token));
      expect(work.filter((kind) => kind !== 'SIGNREQUEST')).toEqual([]);
    }
  });

  it('reads no name of a megabyte', async () => {
    const verify = open();
    const token = signedToken({ header: { kid: 'x'.repeat(1_000_000) } });
    expect(await asyncWorkOf(() => verify(token))).toEqual([]);
    await expect(verify(token)).rejects.toEqual(refused);
  });

  it('takes no name for the name of its key', async () => {
    const nameless = signedToken({ header: { kid: undefined } });
    if (anyName) expect(await open()(nameless)).toMatchObject({ sub: '1' });
    else await expect(open()(nameless)).rejects.toEqual(refused);
  });

  it.each(broughtKeys)('ignores a key in the header: %s', async (_member, header) => {
    const verify = open();
    const forged = signedToken({ header, key: attacker.privateKey });
    expect(await asyncWorkOf(() => verify(forged))).toEqual(['SIGNREQUEST']);
    await expect(verify(forged)).rejects.toEqual(refused);
    expect(await verify(signedToken({ header }))).toMatchObject({ sub: '1' });
  });

  it.each([
    ['missing', undefined],
    ['that of an identity token', 'JWT'],
    ['that of a refresh token', 'refresh+jwt'],
    ['that of a proof of possession', 'dpop+jwt'],
    ['that of a link', 'link+jwt'],
    ['empty', ''],
    ['null', null],
    ['a number', 1],
    ['a list', ['at+jwt']],
    ['an object', { 'at+jwt': true }],
    ['a prefix', 'at'],
    ['longer', 'at+jwt2'],
    ['followed by a space', 'at+jwt '],
    ['followed by a line end', 'at+jwt\n'],
    ['of another tree', 'text/at+jwt'],
    ['prefixed twice', 'application/application/at+jwt'],
    ['with a parameter', 'at+jwt;v=1'],
  ])('refuses a kind that is %s', async (_what, typ) => {
    await expect(open()(signedToken({ header: { typ } }))).rejects.toEqual(refused);
  });

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'application/AT+JWT', 'Application/At+Jwt'])(
    'takes %s for the kind at+jwt (RFC 7515 §4.1.9)',
    async (typ) => {
      expect(await open()(signedToken({ header: { typ } }))).toMatchObject({ sub: '1' });
    },
  );

  it.each([
    [
      'an unknown extension',
      { crit: ['http://example.com/UNDEFINED'], 'http://example.com/UNDEFINED': true },
    ],
    ['an extension it does not have', { crit: ['exp'] }],
    ['an extension of proofs', { crit: ['cnf'], cnf: {} }],
    ['no extension', { crit: [] }],
    ['an extension that is no list', { crit: 'b64' }],
    ['an extension that is null', { crit: null }],
    ['an unencoded payload (RFC 7797)', { crit: ['b64'], b64: false }],
    ['an unencoded payload without crit', { b64: false }],
    ['an encoded payload, said aloud', { crit: ['b64'], b64: true }],
    ['a compressed payload', { zip: 'DEF' }],
    ['an encrypted payload', { enc: 'A256GCM' }],
  ])('refuses a header that asks for %s', async (_what, header) => {
    await expect(open()(signedToken({ header }))).rejects.toEqual(refused);
  });

  it('refuses a payload that is really compressed', async () => {
    const payload = deflateRawSync(JSON.stringify(genuineClaims));
    for (const zip of ['DEF', undefined]) {
      await expect(open()(signedToken({ header: { zip }, payload }))).rejects.toEqual(refused);
    }
  });

  it.each([
    ['nothing', ''],
    ['a list', '[{"alg":"ES256","typ":"at+jwt","kid":"k1"}]'],
    ['a text', '"ES256"'],
    ['null', 'null'],
    ['a number', '1'],
    ['an empty object', '{}'],
    ['cut JSON', '{"alg":"ES256","typ":"at+jwt","kid":"k1"'],
    ['JSON with more behind it', '{"alg":"ES256","typ":"at+jwt","kid":"k1"}{}'],
    ['JSON with a comment', '{"alg":"ES256","typ":"at+jwt","kid":"k1"/**/}'],
    ['JSON with a comma too many', '{"alg":"ES256","typ":"at+jwt","kid":"k1",}'],
    ['single quotes', "{'alg':'ES256','typ':'at+jwt','kid':'k1'}"],
    ['a byte order mark', '\ufeff{"alg":"ES256","typ":"at+jwt","kid":"k1"}'],
    ['UTF-16', Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"k1"}', 'utf16le')],
    [
      'bytes that are no UTF-8',
      Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"k1","x":"\xff"}', 'latin1'),
    ],
    ['a polluting member', '{"__proto__":{"alg":"ES256"},"alg":"ES256","typ":"at+jwt","kid":"k1"}'],
    ['an algorithm that it only inherits', '{"__proto__":{"alg":"ES256","typ":"at+jwt","kid":"k1"}}'],
    ['17 levels', `{"alg":"ES256","typ":"at+jwt","kid":"k1","x":${'['.repeat(16)}${']'.repeat(16)}}`],
  ])('refuses a header of %s', async (_what, wholeHeader) => {
    await expect(open()(signedToken({ wholeHeader }))).rejects.toEqual(refused);
  });
});

describe.each(jwtDoors)('$door, before any key is looked at', ({ open }) => {
  const json = {
    payload: encoded(genuineClaims),
    protected: encoded(genuineHeader('ES256')),
    signature: signedToken().split('.')[2] ?? '',
  };
  const unprotected = { ...json, protected: encoded({ typ: 'at+jwt' }), header: { alg: 'none' } };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a number', 7],
    ['true', true],
    ['a list of a token', [signedToken()]],
    ['a boxed token', Object(signedToken())],
    ['something that turns into a token', { toString: () => signedToken() }],
    ['the bytes of a token', Buffer.from(signedToken())],
    ['the JSON serialization', JSON.stringify(json)],
    ['the JSON serialization as an object', json],
    ['the general JSON serialization', JSON.stringify({ payload: json.payload, signatures: [json] })],
    ['the algorithm in the unprotected header', JSON.stringify(unprotected)],
    ['the unprotected header as an object', unprotected],
    ['an encrypted token', jwe({ alg: 'dir', enc: 'A256GCM' })],
    ['an encrypted token of our own key', jwe({ alg: 'ECDH-ES', enc: 'A256GCM', epk: attackersJwk })],
    [
      'an encrypted token of a billion rounds',
      jwe({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 }),
    ],
    ['a compressed bomb', jwe({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, deflateRawSync(Buffer.alloc(4e6)))],
    ['an encrypted token without its key', jwe({ alg: 'dir', enc: 'A256GCM' }).replace('..', '.')],
    ['an encrypted header on three parts', signedToken({ header: { alg: 'dir', enc: 'A256GCM' } })],
    ['rounds on three parts', signedToken({ header: { alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31 } })],
    [
      'a bomb on three parts',
      signedToken({ header: { zip: 'DEF' }, payload: deflateRawSync(Buffer.alloc(4e6)) }),
    ],
    ['two parts', signedToken().split('.').slice(0, 2).join('.')],
    ['four parts', `${signedToken()}.AAAA`],
    ['a megabyte', rawJws(genuineHeader('ES256'), 'x'.repeat(1_000_000), Buffer.alloc(64))],
    ['8,193 characters', tokenOfLength(8193)],
  ])('refuses %s without any work', async (_what, token) => {
    const verify = open();
    await expect(verify(token)).rejects.toEqual(refused);
    expect(await asyncWorkOf(() => verify(token))).toEqual([]);
  });

  it('reads a token of 8,192 characters', async () => {
    expect(await open()(tokenOfLength(8192))).toMatchObject({ sub: '1' });
  });
});

/** Something that looks like a JWE in its compact form: five parts. */
function jwe(header: object, ciphertext: Uint8Array = Buffer.alloc(32)): string {
  const text = Buffer.from(ciphertext.subarray(0, 3000)).toString('base64url');
  return `${encoded({ ...header, typ: 'at+jwt', kid: 'k1' })}..AAAAAAAAAAAAAAAA.${text}.AAAAAAAAAAAAAAAAAAAAAA`;
}

/** A genuine token of exactly so many characters: the header makes up for the lengths that base64 does not have. */
function tokenOfLength(length: number): string {
  for (const x of ['', 'x', 'xx']) {
    const without = signedToken({ header: { x }, claims: { filling: '' } }).length;
    const size = Math.floor(((length - without) * 3) / 4);
    for (const filling of [size, size + 1, size + 2]) {
      const token = signedToken({ header: { x }, claims: { filling: 'x'.repeat(filling) } });
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token has ${length} characters`);
}
