import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readIdentifier } from '../../../src/core/accounts/identifier.ts';

const accepted = (text: string) => expect(readIdentifier(text));
const invisible = 'has an invisible character';
const noAddress = 'is not an e-mail address';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('readIdentifier', () => {
  it.each([
    ['mike@shop.example'],
    ['MIKE@Shop.Example'],
    ['  mike@shop.example\t'],
    ['\u00a0mike@shop.example\ufeff'],
    ['mike@shop.example.'],
    ['mike@shop.example..'],
    ['mike\uff20shop.example'],
    ['ｍｉｋｅ@shop.example'],
    ['mi\u212ae@shop.example'],
    ['mike@shop\u3002example'],
    ['mike@shop\uff61example'],
  ])('reads %j as the one address of mike', (text) => {
    accepted(text).toEqual({ value: 'mike@shop.example', kind: 'email' });
  });

  it('reads the composed and the decomposed form as one address', () => {
    const value = 'jos\u00e9@shop.example';
    accepted('jos\u00e9@shop.example').toEqual({ value, kind: 'email' });
    accepted('jose\u0301@shop.example').toEqual({ value, kind: 'email' });
  });

  it('keeps a dotless i apart from an i', () => {
    accepted('m\u0131ke@shop.example').toEqual({ value: 'm\u0131ke@shop.example', kind: 'email' });
  });

  it.each([
    ['Mike', 'Mike'],
    [' Mike ', 'Mike'],
    ['mi\ufb01', 'mifi'],
    ['adm', 'adm'],
    ['John Smith', 'John Smith'],
    ['name.', 'name.'],
  ])('reads %j as the user name %j, its case kept', (text, value) => {
    accepted(text).toEqual({ value, kind: 'username' });
  });

  it.each([[''], [' '], ['\t\n'], ['\u00a0'], ['\ufeff']])('says that %j is missing', (text) => {
    accepted(text).toEqual({ problem: 'is missing' });
  });

  it.each([
    ['mi\u200bke@shop.example'],
    ['mike\u00ad'],
    ['\u202eekim'],
    ['mike\u2060'],
    ['mi\u0000ke'],
    ['mike@shop.example\nBcc: all@shop.example'],
    ['mi\rke'],
    ['mi\u2028ke'],
    ['mi\u2029ke'],
    ['mi\ud800ke'],
    ['\udc00mike'],
    ['mi\u{e0041}ke'],
    ['ad\u034fmin'],
    ['admin\ufe0f'],
    ['admin\u3164'],
    ['ad\u180bmin'],
    ['\u115fadmin'],
  ])('refuses %j', (text) => {
    accepted(text).toEqual({ problem: invisible });
  });

  it.each([
    ['-oQ/tmp@shop.example'],
    ['|id@shop.example'],
    ['=?utf-8?q?mallory=40evil.example?=@corp.example'],
    ['mike@shop..example'],
    ['mike@.example'],
  ])('refuses %j, which mailers read otherwise', (text) => {
    accepted(text).toEqual({ problem: noAddress });
  });

  it.each([
    ['v@shop.example\uff20evil.example'],
    ['v@shop.example@evil.example'],
    ['a@shop.example,b@evil.example'],
    ['a@shop.example\uff0cb'],
    ['a@shop.example;b'],
    ['a:b@shop.example'],
    ['"a b"@shop.example'],
    ['a b@shop.example'],
    ['a@shop example'],
    ['<a@shop.example>'],
    ['a@shop.example(comment)'],
    ['a@[127.0.0.1]'],
    ['a\\b@shop.example'],
    ['@shop.example'],
    ['a@'],
    ['a@.'],
    ['@'],
  ])('refuses %j, which a mailer could read as something else', (text) => {
    accepted(text).toEqual({ problem: noAddress });
  });

  it('takes 320 code points and refuses 321', () => {
    accepted(`${'a'.repeat(318)}@x`).toMatchObject({ kind: 'email' });
    accepted(`${'a'.repeat(319)}@x`).toEqual({ problem: 'is too long' });
    accepted('\u{1f600}'.repeat(320)).toMatchObject({ kind: 'username' });
    accepted('\u{1f600}'.repeat(321)).toEqual({ problem: 'is too long' });
  });

  it('refuses a text that the normalisation or the lower case makes too long', () => {
    accepted('\ufdfa'.repeat(30)).toEqual({ problem: 'is too long' });
    accepted(`${'\u0130'.repeat(300)}@x`).toEqual({ problem: 'is too long' });
  });

  it('does no work on a text of 64 KB', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    const trim = vi.spyOn(String.prototype, 'trim');
    accepted(`${'a'.repeat(65_536)}@x`).toEqual({ problem: 'is too long' });
    expect(normalize).not.toHaveBeenCalled();
    expect(trim).not.toHaveBeenCalled();
  });
});

describe('readIdentifier with a kind of the host', () => {
  const customer = (text: string) => (/^C-\d+$/.test(text) ? 'customer' : 'username');

  it('hands the text over trimmed and normalised', () => {
    const seen: string[] = [];
    readIdentifier(' \uff23-12 ', (text) => {
      seen.push(text);
      return 'customer';
    });
    expect(seen).toEqual(['C-12']);
  });

  it('keeps the case of every kind but email', () => {
    expect(readIdentifier('C-12', customer)).toEqual({ value: 'C-12', kind: 'customer' });
    expect(readIdentifier('Mike@Shop', customer)).toEqual({ value: 'Mike@Shop', kind: 'username' });
  });

  it('refuses an email without an @', () => {
    expect(readIdentifier('mike', () => 'email')).toEqual({ problem: noAddress });
  });

  it('does not ask about a text that is refused', () => {
    const seen: string[] = [];
    const kind = (text: string) => {
      seen.push(text);
      return 'email';
    };
    for (const text of ['', 'a\u200bb', 'a'.repeat(321)]) readIdentifier(text, kind);
    expect(seen).toEqual([]);
  });
});

describe('every text', () => {
  const tricky = fc.constantFrom(
    ...['@', '.', '..', ' ', '\u0130', '\u00a8', '\u03a3', '\u212a', '\ufdfa', '\uff0e', '\u1e9e', '\u0345'],
    ...['\ud800', '\u0301', 'A', 'z', '\u{1f600}', '\u3000', '\uff20', '\u1fbd', '\u2024', '\u2126'],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(tricky, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(tricky, { maxLength: 6 }).map((parts) => `${parts.join('')}@${parts.reverse().join('')}`),
  );
  const runs = { numRuns: 5000 };

  it('is read without a throw, as an identifier or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary', minLength: 200, maxLength: 900 })), (one) => {
        const read = readIdentifier(one);
        expect('problem' in read ? read.problem : read.value).not.toBe('');
      }),
      runs,
    );
  });

  it('that is accepted is read as itself the second time', () => {
    fc.assert(
      fc.property(text, (one) => {
        const read = readIdentifier(one);
        if (!('problem' in read)) expect(readIdentifier(read.value)).toEqual(read);
      }),
      runs,
    );
  });

  it('is read the same in both Unicode forms', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(readIdentifier(one.normalize('NFD'))).toEqual(readIdentifier(one.normalize('NFC')));
      }),
      runs,
    );
  });
});
