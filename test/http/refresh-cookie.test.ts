import { describe, expect, it } from 'vitest';
import {
  type CookieRules,
  clearedCookieText,
  cookieName,
  readRefreshCookie,
  refreshCookieText,
} from '../../src/http/refresh-cookie.ts';
import { AuthError } from '../../src/index.ts';

const rules: CookieRules = { name: '__Host-refresh', secure: true, origins: [], maxAgeSeconds: 60 };
const plain: CookieRules = { ...rules, name: 'refresh', secure: false };
const read = (cookie: string | readonly string[], headers: object = {}, more: Partial<CookieRules> = {}) =>
  readRefreshCookie({ method: 'POST', headers: { cookie, ...headers } }, { ...rules, ...more });
const codeOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return AuthError.is(error) ? error.code : error;
  }
};

describe('the text of the cookie', () => {
  it('is for this host and its own pages alone, out of the reach of scripts', () => {
    expect(refreshCookieText('a.b-_', rules)).toBe(
      '__Host-refresh=a.b-_; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax',
    );
    expect(clearedCookieText(rules)).toBe(
      '__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax',
    );
  });

  it('without TLS has no prefix and no Secure, which browsers would refuse', () => {
    expect(refreshCookieText('a', plain)).toBe('refresh=a; Path=/; Max-Age=60; HttpOnly; SameSite=Lax');
    expect(clearedCookieText(plain)).toBe('refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax');
    expect([cookieName('refresh', true), cookieName('refresh', false)]).toEqual([
      '__Host-refresh',
      'refresh',
    ]);
  });

  it.each([
    undefined,
    null,
    '',
    7,
    ['a'],
    { toString: () => 'a' },
    'a; Domain=evil.example',
    'a,b=c',
    'a b',
    'a\r\nSet-Cookie: b=c',
    'a\n',
    'a\u0000',
    'a\u007f',
    '"a"',
    'a%61',
    'a\\',
    'ä',
  ])('is not made of %j', (token) => {
    expect(() => refreshCookieText(token, rules)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'refreshCookie' }),
    );
  });
});

describe('the cookie of a request', () => {
  it.each([
    ['__Host-refresh=a', 'a'],
    ['other=b; __Host-refresh=a; more=c', 'a'],
    ['__Host-refresh=a; __Host-refresh=a', 'a'],
    ['__Host-refresh="a"; __Host-refresh=a', 'a'],
    ['__Host-refresh=%61', '%61'],
    ['__Host-refresh=%E0%A4%A', '%E0%A4%A'],
    ['__Host-refresh=a\u0001b', 'a\u0001b'],
    ['__Host-refresh=', undefined],
    ['', undefined],
    ['other=a', undefined],
    ['refresh=a', undefined],
    ['__Secure-refresh=a', undefined],
    ['__host-refresh=a', undefined],
    ['__Host-Refresh=a', undefined],
    ['__Host-refresh2=a', undefined],
    ['x__Host-refresh=a', undefined],
    ['\u00a0__Host-refresh=a', undefined],
    ['other=__Host-refresh=a', undefined],
    ['=__Host-refresh=a', undefined],
  ])('in %j is %j', (cookie, expected) => {
    expect(read(cookie)).toBe(expected);
  });

  it.each([
    ['__Host-refresh=a; __Host-refresh=b'],
    ['__Host-refresh=b; __Host-refresh=a'],
    ['__Host-refresh=a; __Host-refresh='],
    [['__Host-refresh=a', '__Host-refresh=b']],
  ])('is nobody’s when there are two: %j', (cookie) => {
    expect(codeOf(() => read(cookie))).toBe('ERR_REQUEST_AMBIGUOUS');
  });

  it('has the name without its prefix where there is no TLS', () => {
    expect(read('refresh=a', {}, plain)).toBe('a');
    expect(read('__Host-refresh=a', {}, plain)).toBeUndefined();
  });

  it.each(['POST', 'GET', 'HEAD', undefined])('is not used up by a %s of another site', (method) => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example', host: 'shop.example' },
      { origin: 'null', host: 'shop.example' },
    ]) {
      const from = (cookie: object) =>
        readRefreshCookie({ method, headers: { ...headers, ...cookie } }, rules);
      expect(codeOf(() => from({ cookie: '__Host-refresh=a' }))).toBe('ERR_CSRF_REJECTED');
      expect(codeOf(() => from({ cookie: '__Host-refresh=a; __Host-refresh=b' }))).toBe('ERR_CSRF_REJECTED');
      expect(codeOf(() => from({ cookie: '__Host-refresh=' }))).toBe('ERR_CSRF_REJECTED');
      expect(from({ cookie: 'refresh=a' })).toBeUndefined();
      expect(from({})).toBeUndefined();
    }
  });

  it('is read for the own pages, for those that are listed, and for clients that are no browser', () => {
    for (const headers of [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { origin: 'https://shop.example', host: 'shop.example' },
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    ]) {
      expect(read('__Host-refresh=a', headers, { origins: ['https://app.example'] })).toBe('a');
    }
  });
});
