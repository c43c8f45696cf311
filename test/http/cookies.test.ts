import { describe, expect, it } from 'vitest';
import { cookieValues } from '../../src/http/cookies.ts';

const values = (cookie: string | readonly string[]) => cookieValues({ headers: { cookie } }, 'token');

describe('the values of a cookie', () => {
  it.each([
    ['', []],
    ['token=a', ['a']],
    ['token=a; other=b', ['a']],
    ['other=b; token=a', ['a']],
    ['other=b;token=a', ['a']],
    ['  token = a  ;', ['a']],
    ['token=', ['']],
    ['token', []],
    ['token; token=a', ['a']],
    ['=token', []],
    ['Token=a', []],
    ['xtoken=a; token2=b; other=token=c', []],
    ['token=a=b==', ['a=b==']],
    ['token="a"', ['a']],
    ['token=""', ['']],
    ['token="', ['"']],
    ['token="a', ['"a']],
    ['token=%61', ['%61']],
    ['token=%E0%A4%A', ['%E0%A4%A']],
    ['token=a; token=b', ['a', 'b']],
    ['token=a; token=a', ['a', 'a']],
    ['\u00a0token=a', []],
    ['token\u00a0=a; \u2003token=b; \ufefftoken=c', []],
    ['\ttoken\t=\ta\t', ['a']],
  ])('in %j are %j', (cookie, expected) => {
    expect(values(cookie)).toEqual(expected);
  });

  it('are found in each of several headers', () => {
    expect(values(['token=a', 'other=c; token=b'])).toEqual(['a', 'b']);
  });

  it.each(['__proto__', 'constructor', 'toString'])('are none for %s unless it was sent', (name) => {
    expect(cookieValues({ headers: { cookie: 'token=a' } }, name)).toEqual([]);
    expect(cookieValues({ headers: { cookie: `${name}=a` } }, name)).toEqual(['a']);
    expect(cookieValues({ headers: {} }, name)).toEqual([]);
  });
});
