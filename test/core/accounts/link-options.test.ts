import { describe, expect, it } from 'vitest';
import { readLinkOptions } from '../../../src/core/accounts/link-options.ts';
import { ConfigError } from '../../../src/index.ts';

const read = (value: unknown) => readLinkOptions(value, 'links');
const pages = ['verifyEmail', 'resetPassword', 'changeEmail'] as const;

function refusal(value: unknown): ConfigError {
  try {
    read(value);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.unreachable('the options were taken');
}

describe('the group links', () => {
  it.each([undefined, null, {}])('given as %j has no page, and the lives of the design', (value) => {
    const none = { verifyEmail: undefined, resetPassword: undefined, changeEmail: undefined };
    expect(read(value)).toEqual({ ...none, resetLifetime: 1800, verifyLifetime: 86_400 });
  });

  it('is frozen, and no part of what was given', () => {
    const given = { resetPassword: 'https://shop.example/reset' };
    const links = read(given);
    expect(Object.isFrozen(links)).toBe(true);
    given.resetPassword = 'https://evil.example/';
    expect(links.resetPassword).toBe('https://shop.example/reset');
  });

  it.each(['resetPasword', 'reset', 'lifetime', 'reportLogin', '__proto__'])(
    'refuses %s, which it does not know',
    (key) => {
      const given = JSON.parse(`{"${key}":"https://shop.example/x"}`);
      expect(refusal(given).option).toBe(`links.${key}`);
    },
  );

  it.each(['https://shop.example', 7, true, [], new Map()])('refuses %j in its place', (value) => {
    expect(refusal(value).option).toBe('links');
  });

  it('takes no page that is inherited', () => {
    expect(refusal(Object.create({ resetPassword: 'https://evil.example/' })).option).toBe('links');
  });
});

describe.each(pages)('the page %s', (page) => {
  it.each([
    'https://shop.example/reset',
    'https://shop.example',
    'https://shop.example:8443/a/b?lang=en&a=b#form',
    'HTTPS://SHOP.example/reset',
    'http://localhost:3000/reset',
    'http://[::1]:3000/reset',
    'https://b\u00fccher.example/reset',
  ])('may be %s', (url) => {
    expect(read({ [page]: url })[page]).toBe(url);
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['null', null],
    ['a path', '/users/reset'],
    ['an address without a scheme', 'shop.example/reset'],
    ['an address that takes its scheme from elsewhere', '//shop.example/reset'],
    ['a script', 'javascript:alert(1)//https://shop.example/'],
    ['a script with a space in front', ' javascript:alert(1)'],
    ['data', 'data:text/html,https://shop.example'],
    ['a file', 'file:///reset'],
    ['an FTP address', 'ftp://shop.example/reset'],
    ['an address of an app', 'shop://reset'],
    ['https and nothing else', 'https://'],
    ['a URL object', new URL('https://shop.example/reset')],
    ['a boxed text', Object('https://shop.example/reset')],
    ['a list', ['https://shop.example/reset']],
    ['a function of the request', () => 'https://shop.example/reset'],
    ['true', true],
    ['a number', 7],
  ])('is not %s', (_what, value) => {
    const error = refusal({ [page]: value });
    expect(error.option).toBe(`links.${page}`);
    // The kind of it, and nothing that stands in it.
    expect(error.message).toMatch(/users\/reset', got (null|an? \w+|the number 7)$/);
  });
});

describe.each([
  ['resetLifetime', 86_400],
  ['verifyLifetime', 7 * 86_400],
] as const)('%s', (option, most) => {
  it.each([
    [60, 60],
    ['1m', 60],
    [most, most],
    [`${most / 86_400}d`, most],
    ['90m', 5400],
  ] as const)('%s is %d seconds', (given, seconds) => {
    expect(read({ [option]: given })[option]).toBe(seconds);
  });

  it.each<unknown>([
    ...[0, 59, most + 1, -60, 60.5, Number.NaN, Number.POSITIVE_INFINITY, null, true],
    ...['60', '59s', `${most + 1}s`, '1h30m', '', [60]],
  ])('is not %s', (given) => {
    expect(refusal({ [option]: given }).option).toBe(`links.${option}`);
  });
});
