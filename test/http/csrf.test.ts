import { describe, expect, it } from 'vitest';
import { isUnsafe, readOrigins, refuseCrossSite, refuseForgery } from '../../src/http/csrf.ts';
import { AuthError } from '../../src/index.ts';

interface Case {
  readonly origin?: string;
  readonly site?: string;
  readonly host?: string;
  readonly origins?: readonly string[];
}

const own = 'shop.example';

const request = (method: string, { origin, site, host = own }: Case) => ({
  method,
  headers: {
    ...(host === '' ? {} : { host }),
    ...(origin === undefined ? {} : { origin }),
    ...(site === undefined ? {} : { 'sec-fetch-site': site }),
  },
});

const passes = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    if (!AuthError.is(error, 'ERR_CSRF_REJECTED')) throw error;
    return false;
  }
};

const allowed: readonly Case[] = [
  {},
  { site: 'same-origin' },
  { site: 'none' },
  { site: 'same-origin', origin: 'https://shop.example' },
  { site: 'cross-site', origin: 'https://admin.example', origins: ['https://admin.example'] },
  { site: 'same-site', origin: 'https://admin.example', origins: ['https://admin.example'] },
  { origin: 'https://admin.example', origins: ['https://other.example', 'https://admin.example'] },
  { origin: 'https://admin.example', host: '', origins: ['https://admin.example'] },
  { origin: 'https://shop.example' },
  { origin: 'http://shop.example' },
  { origin: 'https://shop.example', host: 'shop.example:443' },
  { origin: 'http://shop.example', host: 'shop.example:80' },
  { origin: 'http://shop.example:80', host: 'shop.example' },
  { origin: 'https://shop.example', host: 'SHOP.Example' },
  { origin: 'https://SHOP.example', host: 'shop.example' },
  { origin: 'http://localhost:3000', host: 'localhost:3000' },
  { origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' },
  { origin: 'http://[::1]:3000', host: '[::1]:3000' },
  { origin: 'http://[::1]', host: '[::1]' },
  { origin: 'http://[0:0:0:0:0:0:0:1]', host: '[::1]:80' },
];

const refused: readonly Case[] = [
  { site: 'cross-site' },
  { site: 'same-site' },
  { site: '' },
  { site: 'SAME-ORIGIN' },
  { site: 'same-origin, cross-site' },
  { site: 'same-origin ' },
  { site: 'cross-site', origin: 'https://shop.example' },
  { site: 'same-site', origin: 'https://shop.example' },
  { site: 'cross-site', origin: 'https://evil.example', origins: ['https://admin.example'] },
  { site: 'cross-site', origin: 'null' },
  { origin: 'null' },
  { origin: 'null', host: 'null' },
  { origin: '' },
  { origin: 'https://evil.example' },
  { origin: 'https://shop.example.evil.example' },
  { origin: 'https://evil-shop.example' },
  { origin: 'https://www.shop.example' },
  { origin: 'https://shop.example@evil.example' },
  { origin: 'https://shop.example:8443' },
  { origin: 'https://shop.example', host: 'shop.example:8443' },
  { origin: 'https://shop.example', host: 'shop.example:80' },
  { origin: 'http://shop.example', host: 'shop.example:443' },
  { origin: 'https://shop.example', host: '' },
  { origin: 'https://shop.example', host: ':443' },
  { origin: 'https://shop.example', host: '[::1' },
  { origin: 'http://[::2]', host: '[::1]' },
  { origin: 'file://' },
  { origin: 'file:///shop.example', host: 'shop.example' },
  { origin: 'javascript:shop.example' },
  { origin: 'shop.example' },
  { origin: '//shop.example' },
  { origin: 'https://' },
  { origin: '%00' },
  { origin: 'https://evil.example, https://shop.example' },
  { origin: 'https://evil.example https://shop.example' },
  { origin: `https://${'a'.repeat(100_000)}.example` },
  { origin: 'https://admin.example', origins: ['https://admin.example:8443'] },
  { origin: 'https://admin.example', origins: ['http://admin.example'] },
  { origin: 'HTTPS://ADMIN.EXAMPLE', origins: ['https://admin.example'] },
];

const title = (each: Case): string => JSON.stringify(each).slice(0, 120);

describe.each(['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'post'])('a %s request', (method) => {
  it.each(allowed.map((each) => [title(each), each] as const))('passes with %s', (_title, each) => {
    expect(passes(() => refuseForgery(request(method, each), each.origins ?? []))).toBe(true);
  });

  it.each(refused.map((each) => [title(each), each] as const))('is refused with %s', (_title, each) => {
    expect(passes(() => refuseForgery(request(method, each), each.origins ?? []))).toBe(false);
  });
});

describe.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('a %s request', (method) => {
  it('passes from anywhere, because it changes nothing', () => {
    expect(refused.every((each) => passes(() => refuseForgery(request(method, each), [])))).toBe(true);
  });

  it('is refused where the act itself must not be another site’s', () => {
    expect(
      refused.some((each) => passes(() => refuseCrossSite(request(method, each), each.origins ?? []))),
    ).toBe(false);
    expect(
      allowed.every((each) => passes(() => refuseCrossSite(request(method, each), each.origins ?? []))),
    ).toBe(true);
  });
});

describe('isUnsafe', () => {
  it.each([
    ['GET', 'POST'],
    ['POST', 'GET'],
    ['DELETE', 'POST'],
    ['HEAD', 'DELETE'],
  ])('counts a %s that was sent as %s by both', (method, originalMethod) => {
    expect(isUnsafe({ ...request(method, {}), originalMethod } as never)).toBe(true);
  });

  it('takes no method at all for a safe one', () => {
    expect(isUnsafe({ ...request('GET', {}), originalMethod: undefined } as never)).toBe(false);
  });
});

describe('a header that came twice', () => {
  it('is read as one that names two origins', () => {
    const twice = {
      method: 'POST',
      headers: { host: own, origin: ['https://shop.example', 'https://e.example'] },
    };
    expect(passes(() => refuseForgery(twice, []))).toBe(false);
  });
});

describe('readOrigins', () => {
  it('takes origins as a browser writes them', () => {
    expect(
      readOrigins(['https://shop.example', 'http://localhost:3000', 'http://[::1]:1'], 'origins'),
    ).toEqual(['https://shop.example', 'http://localhost:3000', 'http://[::1]:1']);
    expect(readOrigins(undefined, 'origins')).toEqual([]);
  });

  it.each([
    ['https://shop.example/'],
    ['https://shop.example/path'],
    ['https://shop.example:443'],
    ['https://SHOP.example'],
    ['shop.example'],
    ['*'],
    ['https://*.shop.example '],
    ['null'],
    [''],
    [null],
    [7],
    [{}],
    [['https://shop.example']],
  ])('refuses %j, which no browser sends', (origin) => {
    expect(() => readOrigins(['https://ok.example', origin], 'origins')).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'origins.1' }),
    );
  });

  it.each([['https://shop.example'], [null], [7], [{}], [true], [new Set(['https://shop.example'])]])(
    'refuses %j in place of a list',
    (origins) => {
      expect(() => readOrigins(origins, 'csrf.origins')).toThrow(
        expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'csrf.origins' }),
      );
    },
  );

  it('keeps the list it was given when the host changes its own later', () => {
    const given = ['https://shop.example'];
    const read = readOrigins(given, 'origins');
    given.push('https://evil.example');
    expect(read).toEqual(['https://shop.example']);
  });
});
