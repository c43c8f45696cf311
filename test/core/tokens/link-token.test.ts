import { describe, expect, it } from 'vitest';
import { digest, mac } from '../../../src/core/crypto.ts';
import type { LinkPurpose } from '../../../src/core/events.ts';
import { Secrets } from '../../../src/core/secrets.ts';
import { boundTo, type LinkClaims, readLink, signLink } from '../../../src/core/tokens/link-token.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';

const secrets = new Secrets(secretA, '');
const { secretId, key } = secrets.current('link/reset-password');
const claims: LinkClaims = {
  ...{
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    userId: 7,
    bound: 'bound',
    gen: null,
    epoch: 'epoch',
    end: 1_767_227_400,
  },
};
const token = signLink(secrets, 'reset-password', claims);
const [, body = '', signature = ''] = token.split('.');
const read = (text: string, by = secrets) => readLink(by, 'reset-password', text);

/** Signed with the right key, whatever it says. */
function signed(content: unknown): string {
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${secretId}.${text}.${mac(key, text)}`;
}

describe('a link that was signed', () => {
  it.each([
    ['of a number', { userId: 7 }],
    ['of a text', { userId: '7' }],
    ['of a bigint', { userId: 7n }],
    ['of a negative number', { userId: -7 }],
    ['of a name with letters of all kinds', { userId: 'jos\u00e9.\u{1f600}' }],
    ['that moves an account', { to: 'new@shop.example' }],
    ['that is expired, which is for the caller to say', { end: 0 }],
  ])('says what it said, %s', (_what, changes) => {
    const said = { ...claims, ...changes };
    expect(read(signLink(secrets, 'reset-password', said))).toEqual({ ...said, secretId });
  });

  it('needs no escaping in an address or a form, and names its secret first', () => {
    for (const to of [undefined, 'new@shop.example?&=#+/']) {
      const text = signLink(secrets, 'change-email', to === undefined ? claims : { ...claims, to });
      expect(text).toMatch(/^[\w-]{8}\.[\w-]+\.[\w-]{43}$/);
      expect(encodeURIComponent(text)).toBe(text);
    }
  });

  it('is one for no other purpose', () => {
    const others: readonly LinkPurpose[] = ['verify-email', 'change-email'];
    for (const purpose of others) {
      expect(readLink(secrets, purpose, token)).toBeNull();
      expect(read(signLink(secrets, purpose, claims))).toBeNull();
    }
  });

  it('is one in no other realm', () => {
    expect(read(token, new Secrets(secretA, 'staff'))).toBeNull();
  });

  it('is read while its secret is listed, and not afterwards', () => {
    expect(read(token, new Secrets([secretB, secretA], ''))).toMatchObject(claims);
    expect(read(token, new Secrets(secretB, ''))).toBeNull();
    const next = signLink(new Secrets([secretB, secretA], ''), 'reset-password', claims);
    expect(read(next, new Secrets(secretB, ''))).toMatchObject(claims);
    expect(read(next)).toBeNull();
  });

  it('is read up to 8,192 characters', () => {
    const of = (length: number) =>
      signLink(secrets, 'reset-password', { ...claims, userId: 'x'.repeat(length) });
    const longest = Array.from({ length: 6200 }, (_none, length) => length + 1).findLast(
      (length) => of(length).length <= 8192,
    ) as number;
    expect(read(of(longest))).not.toBeNull();
    expect(of(longest + 1).length).toBeGreaterThan(8192);
    expect(read(of(longest + 1))).toBeNull();
  });
});

describe('no link is', () => {
  const others = (text: string, at: number): readonly string[] =>
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .']
      .filter((letter) => letter !== text.at(at))
      .map((letter) => text.slice(0, at) + letter + text.slice(at + 1));

  it.each<[string, string]>([
    ['nothing', ''],
    ['dots', '..'],
    ['more dots', '...'],
    ['a part less', `${secretId}.${body}`],
    ['a part more', `${token}.`],
    ['a part more in front', `.${token}`],
    ['one without a signature', `${secretId}.${body}.`],
    ['one without a secret', `.${body}.${signature}`],
    ['one of a secret that nobody knows', `unknown1.${body}.${signature}`],
    ['one of a secret that is a property of every object', `__proto__.${body}.${signature}`],
    ['one of a secret in another case', `${secretId.toUpperCase()}.${body}.${signature}`],
    ['one without anything to say', `${secretId}..${signature}`],
    ['one with a line break', `${token}\n`],
    ['one with a space in front', ` ${token}`],
    ['one with padding', `${token}=`],
    ['one in percent signs', token.replaceAll('.', '%2E')],
    ['one with a half of a letter', `${token.slice(0, -1)}\ud83d`],
    ['one with a signature of half the length', `${secretId}.${body}.${signature.slice(0, 22)}`],
    ['one with the signature of the text that is in the body', `${secretId}.${body}.${mac(key, 'other')}`],
    ['one with a plain digest for a signature', `${secretId}.${body}.${digest(body)}`],
    ['one whose signature is told by itself', `${secretId}.${signature}.${signature}`],
    ['a megabyte', token.padEnd(1_000_000, 'x')],
  ])('%s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  it('one with any other letter in the place of the last, also where it decodes to the same bytes', () => {
    const bytes = Buffer.from(signature, 'base64url');
    const all = others(token, token.length - 1);
    const same = all.filter((text) => Buffer.from(text.split('.')[2] ?? '', 'base64url').equals(bytes));
    expect(same.length).toBeGreaterThanOrEqual(3);
    for (const text of all) expect(read(text)).toBeNull();
  });

  it('one with another letter anywhere', () => {
    for (let at = 0; at < token.length; at += 1) {
      expect(read(token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1))).toBeNull();
    }
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'claims'],
    ['an object', claims],
    ['an empty list', []],
    ['an id that is no text', [7, ['n', '7'], 'bound', null, 'epoch', 1]],
    ['an empty id', ['', ['n', '7'], 'bound', null, 'epoch', 1]],
    ['a user without a type', ['id', '7', 'bound', null, 'epoch', 1]],
    ['a user of an unknown type', ['id', ['x', '7'], 'bound', null, 'epoch', 1]],
    ['a user that is no number', ['id', ['n', '7abc'], 'bound', null, 'epoch', 1]],
    ['nothing that it is bound to', ['id', ['n', '7'], undefined, null, 'epoch', 1]],
    ['an empty text that it is bound to', ['id', ['n', '7'], '', null, 'epoch', 1]],
    ['no epoch', ['id', ['n', '7'], 'bound', null, undefined, 1]],
    ['a mark that is no text', ['id', ['n', '7'], 'bound', 7, 'epoch', 1]],
    ['an empty epoch', ['id', ['n', '7'], 'bound', null, '', 1]],
    ['no end', ['id', ['n', '7'], 'bound', null, 'epoch']],
    ['an end that is null', ['id', ['n', '7'], 'bound', null, 'epoch', null]],
    ['an end in a text', ['id', ['n', '7'], 'bound', null, 'epoch', '1']],
    ['half a second for an end', ['id', ['n', '7'], 'bound', null, 'epoch', 0.5]],
    ['a negative end', ['id', ['n', '7'], 'bound', null, 'epoch', -1]],
    ['an end past all numbers', ['id', ['n', '7'], 'bound', null, 'epoch', 1e300]],
    ['a list for an address', ['id', ['n', '7'], 'bound', null, 'epoch', 1, ['a@b.example', 'c@d.example']]],
    ['null for an address', ['id', ['n', '7'], 'bound', null, 'epoch', 1, null]],
  ])('one that we signed and that says %s', (_what, content) => {
    expect(read(signed(['id', ['n', '7'], 'bound', null, 'epoch', 1]))).not.toBeNull();
    expect(read(signed(content))).toBeNull();
  });
});

describe('what a link is bound to', () => {
  const derived = secrets.current('link/reset-password');
  const all = [
    boundTo(derived, 'a@shop.example'),
    boundTo(derived, 'b@shop.example'),
    boundTo(derived, 'A@shop.example'),
    boundTo(derived, null),
    boundTo(derived, 'null'),
    boundTo(derived, ''),
    boundTo(derived, 'a@shop.example","mark'),
    boundTo(secrets.current('link/verify-email'), 'a@shop.example'),
    boundTo(new Secrets(secretA, 'staff').current('link/reset-password'), 'a@shop.example'),
  ];

  it('is another for every address, purpose and realm', () => {
    expect(new Set(all).size).toBe(all.length);
    expect(boundTo(derived, 'a@shop.example')).toBe(all[0]);
  });

  it('has nothing of the address in it, and cannot be guessed without the secret', () => {
    const guesses = [
      ['a@shop.example'],
      [JSON.stringify(['a@shop.example', null])],
      ['a@shop.example', 'null'],
    ].map((parts) => digest(...parts));
    for (const bound of all) {
      expect(bound).toMatch(/^[\w-]{43}$/);
      expect(guesses).not.toContain(bound);
    }
  });
});
