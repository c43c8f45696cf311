/** What a genuine signature stands over may still be damaged, foreign, or out of its time (RFC 8725 §3.8–3.12). */

import { describe, expect, it } from 'vitest';
import { issuer } from '../support/fixed-secret.ts';
import { jwtDoors, refused } from '../support/jwt-doors.ts';
import { movableClock } from '../support/movable-clock.ts';
import { audience, genuineClaims, type JwsPart, signedToken, startOfTime } from '../support/raw-jws.ts';

const expired = expect.objectContaining({ name: 'AuthError', code: 'ERR_TOKEN_EXPIRED' });

const notTexts: readonly unknown[] = [
  ...['', null, 0, 7, true, false, [], {}, [['x']], { x: 'x' }],
  ...[[issuer], [issuer, 'https://evil.example'], { 0: issuer, length: 1 }, { [issuer]: true }],
];
/** No dates; the texts are JSON. */
const notDates: readonly string[] = [
  ...['null', 'true', 'false', '""', '"9999999999"', '"2099-01-01"', '[]', '[9999999999]', '{}', '{"$gt":0}'],
  ...['-1', '-0.5', '-1e999', '1e999', '1e400', '9007199254740991', '9007199254740993', '1e300', '"NaN"'],
  ...['"Infinity"', '"1e3"', '"now"'],
];

/** The claims as text, with one written as given. */
function claimsText(name: string, json: string): string {
  return JSON.stringify({ ...genuineClaims, [name]: undefined, '?': 0 }).replace(
    '"?":0',
    `"${name}":${json}`,
  );
}

describe.each(jwtDoors)('$door', ({ open }) => {
  it('lets a genuine token in', async () => {
    expect(await open()(signedToken())).toMatchObject(genuineClaims);
  });

  it.each(['iss', 'sub', 'jti'] as const)('refuses %s that is no text', async (name) => {
    for (const value of notTexts) {
      await expect(open()(signedToken({ claims: { [name]: value } }))).rejects.toEqual(refused);
    }
  });

  it.each(['iss', 'aud', 'exp'] as const)('refuses a token without %s', async (name) => {
    await expect(open()(signedToken({ claims: { [name]: undefined } }))).rejects.toEqual(refused);
    await expect(open()(signedToken({ claims: { [name]: null } }))).rejects.toEqual(refused);
  });

  it.each([
    ['another', 'https://evil.example'],
    ['longer', `${issuer}/`],
    ['shorter', issuer.slice(0, -1)],
    ['in other letters', issuer.toUpperCase()],
    ['with a space', `${issuer} `],
    ['with a NUL', `${issuer}\u0000`],
    ['in look-alike letters', issuer.replace('o', 'о')],
    ['in another Unicode form', issuer.normalize('NFKC').replace('e', 'e\u0301')],
  ])('refuses an issuer that is %s', async (_what, iss) => {
    await expect(open()(signedToken({ claims: { iss } }))).rejects.toEqual(refused);
  });

  it.each<[string, unknown]>([
    ['another', 'https://other.example'],
    ['a longer one', `${audience}/admin`],
    ['a shorter one', audience.slice(0, -1)],
    ['in other letters', audience.toUpperCase()],
    ['a pattern', '*'],
    ['a pattern of a regular expression', '.*'],
    ['empty', ''],
    ['null', null],
    ['a number', 0],
    ['true', true],
    ['an empty list', []],
    ['an object', { [audience]: true }],
    ['an object like a list', { 0: audience, length: 1 }],
    ['a list of others', ['https://other.example', 'https://third.example']],
    ['a list within a list', [[audience]]],
    ['a list with ours and a number', [audience, 7]],
    ['a list with ours and null', [null, audience]],
    ['a list with ours and nothing', [audience, '']],
    ['ours among others in one text', `${audience} https://other.example`],
    ['ours among others with commas', `${audience},https://other.example`],
  ])('refuses an audience that is %s', async (_what, aud) => {
    await expect(open()(signedToken({ claims: { aud } }))).rejects.toEqual(refused);
  });

  it.each([
    ['alone in a list', [audience]],
    ['among others', ['https://other.example', audience]],
  ])('takes an audience that is ours %s (RFC 7519 §4.1.3)', async (_what, aud) => {
    expect(await open()(signedToken({ claims: { aud } }))).toMatchObject({ aud });
  });

  it.each(['exp', 'nbf', 'iat'])('refuses %s that is no date', async (name) => {
    for (const json of notDates) {
      const payload = claimsText(name, json);
      await expect(open()(signedToken({ payload })), json).rejects.toEqual(refused);
    }
  });

  it.each<[string, JwsPart]>([
    ['an empty list', '[]'],
    ['a list of claims', JSON.stringify([genuineClaims])],
    ['a text', '"x"'],
    ['the claims as a text', JSON.stringify(JSON.stringify(genuineClaims))],
    ['null', 'null'],
    ['a number', '1'],
    ['true', 'true'],
    ['a space', ' '],
    ['an empty object', '{}'],
    ['no JSON', 'iss=x'],
    ['cut JSON', JSON.stringify(genuineClaims).slice(0, -1)],
    ['two objects', `${JSON.stringify(genuineClaims)}{}`],
    ['a NUL behind it', `${JSON.stringify(genuineClaims)}\u0000`],
    ['a comment', JSON.stringify(genuineClaims).replace('{', '{/**/')],
    ['NaN', claimsText('x', 'NaN')],
    ['Infinity', claimsText('x', 'Infinity')],
    ['a hexadecimal number', claimsText('x', '0x10')],
    ['a byte order mark', `\ufeff${JSON.stringify(genuineClaims)}`],
    ['UTF-16', Buffer.from(JSON.stringify(genuineClaims), 'utf16le')],
    ['an unfinished character', Buffer.from(claimsText('x', '"\xc3"'), 'latin1')],
    ['an overlong character', Buffer.from(claimsText('x', '"\xc0\xaf"'), 'latin1')],
    ['a surrogate in UTF-8', Buffer.from(claimsText('x', '"\xed\xa0\x80"'), 'latin1')],
    ['a byte that is none', Buffer.from(claimsText('x', '"\xff"'), 'latin1')],
    ['17 levels of lists', claimsText('x', '['.repeat(16) + ']'.repeat(16))],
    ['1,000 levels of objects', claimsText('x', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)],
    ['a token within', signedToken()],
  ])('refuses a payload of %s', async (_what, payload) => {
    await expect(open()(signedToken({ payload }))).rejects.toEqual(refused);
  });

  it('reads 16 levels, and names that look like structure', async () => {
    const payload = claimsText('x', `${'['.repeat(15)}"{\\"iss\\":1}]["${']'.repeat(15)}`);
    expect(await open()(signedToken({ payload }))).toMatchObject({ sub: '1' });
  });

  it.each([
    ['sub', `{"sub":"2",${JSON.stringify(genuineClaims).slice(1)}`],
    ['sub, the last one genuine', JSON.stringify(genuineClaims).replace('"sub"', '"sub":"2","sub"')],
    ['sub, in another spelling', JSON.stringify(genuineClaims).replace('}', ',"\\u0073ub":"2"}')],
    ['exp', JSON.stringify(genuineClaims).replace('}', ',"exp":9999999999}')],
    ['aud', JSON.stringify(genuineClaims).replace('}', ',"aud":"https://other.example"}')],
    ['a claim of the host', claimsText('role', '"user","role":"admin"')],
    ['a member of a claim', claimsText('x', '{"a":1,"a":2}')],
    ['a member in a list', claimsText('x', '[1,{"a":1,"b":[],"a":2}]')],
    ['a name without letters', claimsText('', '1,"":2')],
  ])('refuses a second %s', async (_what, payload) => {
    await expect(open()(signedToken({ payload }))).rejects.toEqual(refused);
  });

  it('reads the same name in two objects', async () => {
    const payload = claimsText('x', '[{"a":1},{"a":{"a":2}},"a","a"]');
    expect(await open()(signedToken({ payload }))).toMatchObject({
      x: [{ a: 1 }, { a: { a: 2 } }, 'a', 'a'],
    });
  });

  it.each([
    ['at the top', '{"__proto__":{"polluted":true},'],
    ['in another spelling', '{"\\u005f_proto__":{"polluted":true},'],
    ['with claims to inherit', `{"__proto__":${JSON.stringify({ ...genuineClaims, sub: '2' })},`],
    ['deeper', '{"x":[{"y":{"__proto__":{"polluted":true}}}],'],
  ])('refuses __proto__ %s', async (_where, start) => {
    const payload = `${start}${JSON.stringify(genuineClaims).slice(1)}`;
    await expect(open()(signedToken({ payload }))).rejects.toEqual(refused);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('reads claims called like members of every object, and changes none of these', async () => {
    const odd = '{"prototype":{"polluted":true}}';
    const payload = claimsText('constructor', `${odd},"toString":"x","hasOwnProperty":1,"valueOf":null`);
    const claims = await open()(signedToken({ payload }));
    expect(claims).toMatchObject({ toString: 'x', hasOwnProperty: 1, valueOf: null, sub: '1' });
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get(Object, 'polluted')).toBeUndefined();
  });

  it('does not read claims from a polluted prototype', async () => {
    Object.assign(Object.prototype, { exp: startOfTime + 300, aud: audience, iss: issuer });
    try {
      for (const name of ['exp', 'aud', 'iss']) {
        await expect(open()(signedToken({ claims: { [name]: undefined } }))).rejects.toEqual(refused);
      }
    } finally {
      for (const name of ['exp', 'aud', 'iss']) Reflect.deleteProperty(Object.prototype, name);
    }
  });
});

describe.each(jwtDoors)('$door, at the edges of time', ({ open }) => {
  const at = (seconds: number) => movableClock((startOfTime + seconds) * 1000);

  it.each([
    ['299 seconds', 299, true],
    ['299.999 seconds', 299.999, true],
    ['300 seconds', 300, false],
    ['301 seconds', 301, false],
  ])('of a token that lives 300 seconds: %s', async (_when, seconds, alive) => {
    const verdict = expect(open({ clock: at(seconds) })(signedToken()));
    if (alive) await verdict.resolves.toMatchObject({ sub: '1' });
    else await verdict.rejects.toEqual(expired);
  });

  it.each([
    ['exp', 59, { exp: startOfTime - 59 }, 60, 'taken'],
    ['exp', 60, { exp: startOfTime - 60 }, 60, 'expired'],
    ['exp', 0, { exp: startOfTime }, 0, 'expired'],
    ['exp', 0, { exp: startOfTime + 0.5 }, 0, 'taken'],
    ['exp', 0, { exp: 0 }, 0, 'expired'],
    ['nbf', 0, { nbf: startOfTime }, 0, 'taken'],
    ['nbf', 1, { nbf: startOfTime + 1 }, 0, 'refused'],
    ['nbf', 60, { nbf: startOfTime + 60 }, 60, 'taken'],
    ['nbf', 61, { nbf: startOfTime + 61 }, 60, 'refused'],
    ['iat', 0, { iat: startOfTime }, 0, 'taken'],
    ['iat', 1, { iat: startOfTime + 1 }, 0, 'refused'],
    ['iat', 60, { iat: startOfTime + 60 }, 60, 'taken'],
    ['iat', 61, { iat: startOfTime + 61 }, 60, 'refused'],
    ['iat', 1e6, { iat: startOfTime + 1e6, exp: startOfTime + 2e6 }, 60, 'refused'],
  ] as const)('%s, %i seconds off: %j with a tolerance of %i is %s', async (...row) => {
    const [, , claims, clockTolerance, outcome] = row;
    const verdict = expect(open({ clockTolerance })(signedToken({ claims })));
    if (outcome === 'taken') await verdict.resolves.toMatchObject({ sub: '1' });
    else await verdict.rejects.toEqual(outcome === 'expired' ? expired : refused);
  });

  it('says expired only of a token that has nothing else wrong with it', async () => {
    const over = { exp: startOfTime - 1 };
    await expect(open()(signedToken({ claims: over }))).rejects.toEqual(expired);
    await expect(open()(signedToken({ claims: { ...over, aud: 'other' } }))).rejects.toEqual(refused);
    await expect(open()(signedToken({ claims: { ...over, iss: 'other' } }))).rejects.toEqual(refused);
    await expect(open()(signedToken({ claims: { ...over, iat: startOfTime + 9 } }))).rejects.toEqual(refused);
    const forged = signedToken({ claims: over }).replace(/\.[^.]*$/, `.${'A'.repeat(86)}`);
    await expect(open()(forged)).rejects.toEqual(refused);
  });

  it('lets the same token in again while it lives, and not a second longer', async () => {
    const clock = at(0);
    const verify = open({ clock });
    const token = signedToken();
    expect(await verify(token)).toMatchObject({ sub: '1' });
    clock.advance(299);
    expect(await verify(token)).toMatchObject({ sub: '1' });
    clock.advance(1);
    await expect(verify(token)).rejects.toEqual(expired);
  });
});
