import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import { jwtAlgorithms } from '../../src/jwt/algorithms.ts';
import { mediaType, readJws, readPayload } from '../../src/jwt/strict-jws.ts';
import { lookAlikes, variantsOf } from '../support/jws-variants.ts';
import { encoded, rawJws } from '../support/raw-jws.ts';

const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1' };
const signature = Buffer.alloc(64, 1);

describe('readJws', () => {
  it('reads the algorithm, the name of the key and the kind', () => {
    expect(readJws(rawJws(header, {}, signature))).toEqual({ algorithm: 'ES256', kid: 'k1', typ: 'at+jwt' });
  });

  it.each(jwtAlgorithms)('knows %s', (alg) => {
    expect(readJws(rawJws({ alg }, {}, signature))).toMatchObject({ algorithm: alg });
  });

  it('leaves open what a header leaves out, and does not read what it inherits', () => {
    expect(readJws(rawJws({ alg: 'ES256' }, {}, signature))).toEqual({
      ...{ algorithm: 'ES256', kid: undefined, typ: undefined },
    });
    Object.assign(Object.prototype, { kid: 'inherited', alg: 'ES256' });
    try {
      expect(readJws(rawJws({ alg: 'RS256' }, {}, signature))).toMatchObject({ kid: undefined });
      expect(readJws(rawJws({ typ: 'at+jwt' }, {}, signature))).toBeNull();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'kid');
      Reflect.deleteProperty(Object.prototype, 'alg');
    }
  });

  it('takes members that it does not know: they ask for nothing', () => {
    const more = { ...header, cty: 'x', jku: 'https://evil.example', x5t: 'A', url: 'x', nonce: 'x' };
    expect(readJws(rawJws(more, {}, signature))).toMatchObject({ algorithm: 'ES256' });
  });

  it.each([
    ...[{}, { alg: 'none' }, { alg: ['ES256'] }, { ...header, kid: '' }, { ...header, kid: 1 }],
    ...[
      { ...header, kid: null },
      { ...header, typ: 1 },
      { ...header, typ: null },
      { ...header, crit: [] },
    ],
    ...[{ ...header, b64: true }, { ...header, zip: 'DEF' }, { ...header, enc: 'x' }, [header], 'ES256'],
  ])('refuses the header %j', (strange) => {
    expect(readJws(rawJws(JSON.stringify(strange), {}, signature))).toBeNull();
  });

  it('takes the one text of a token that a signer writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.uint8Array({ minLength: 1 }), (payload, bytes) => {
        const token = rawJws(header, payload, bytes);
        expect(readJws(token)).not.toBeNull();
        for (const [what, variant] of [...variantsOf(token), ...lookAlikes(token)]) {
          if (variant !== token) expect(readJws(variant), what).toBeNull();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('takes no text whose bytes are written another way', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,6}$/), (segment) => {
        const canonical = Buffer.from(segment, 'base64url').toString('base64url') === segment;
        const token = `${encoded(header)}.${segment}.${segment}`;
        expect(readJws(token) !== null).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [undefined],
    [null],
    [7],
    [{}],
    [[rawJws(header, {}, signature)]],
    [Object(rawJws(header, {}, signature))],
  ])('refuses %o, which is no text', (value) => {
    expect(readJws(value)).toBeNull();
  });

  it('refuses a text that is longer than any token', () => {
    const filled = (length: number) => {
      const start = `${encoded(header)}.`;
      return `${start}${'A'.repeat(length - start.length - 5)}.AAAA`;
    };
    const longest = Math.floor((defaults.tokenMaxLength - encoded(header).length - 6) / 4) * 4;
    const fits = encoded(header).length + 6 + longest;
    expect(fits).toBeGreaterThan(defaults.tokenMaxLength - 4);
    expect(readJws(filled(fits))).not.toBeNull();
    expect(readJws(filled(fits + 4))).toBeNull();
  });
});

describe('readPayload', () => {
  it('reads the second part', () => {
    expect(readPayload(rawJws(header, { sub: 'Änne 😀' }, signature))).toEqual({ sub: 'Änne 😀' });
  });

  it.each([
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['a byte order mark', '\ufeff{}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a name twice', '{"a":1,"a":1}'],
  ])('answers null for %s', (_what, payload) => {
    expect(readPayload(rawJws(header, payload, signature))).toBeNull();
  });
});

describe('mediaType', () => {
  it.each([
    ['at+jwt', 'at+jwt'],
    ['AT+JWT', 'at+jwt'],
    ['application/at+jwt', 'at+jwt'],
    ['Application/JWT', 'jwt'],
    ['application/application/jwt', 'application/jwt'],
    ['text/jwt', 'text/jwt'],
    ['', ''],
  ])('of %j is %j (RFC 7515 §4.1.9)', (typ, expected) => {
    expect(mediaType(typ)).toBe(expected);
  });
});
