import { describe, expect, it } from 'vitest';
import {
  findToken,
  fromBearer,
  fromCookie,
  fromHeader,
  readTokenPlaces,
  type TokenPlace,
} from '../../src/http/bearer.ts';

const find = (places: readonly TokenPlace[], headers: Record<string, string>, more: object = {}) =>
  findToken(places, { headers, ...more });
const invalid = expect.objectContaining({ code: 'ERR_TOKEN_INVALID' });
const ambiguous = expect.objectContaining({ code: 'ERR_REQUEST_AMBIGUOUS' });

describe('fromBearer', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER a.b.c', 'bEaReR a.b.c'])('reads %j', (authorization) => {
    expect(find([fromBearer()], { authorization })).toEqual({ token: 'a.b.c', ambient: false });
  });

  it.each(['azAZ09-._~+/', 'a==', '0', '-', 'x'.repeat(64_000)])('takes the token %.20s', (token) => {
    expect(find([fromBearer()], { authorization: `Bearer ${token}` })).toEqual({ token, ambient: false });
  });

  it.each([
    '',
    'Basic YTpi',
    'DPoP a.b.c',
    'Bearers a.b.c',
    'Bearer-x a',
    'xBearer a',
    'a.b.c',
    'Token a.b.c',
    'Basic x, Bearer a',
  ])('finds no token in %j', (authorization) => {
    expect(find([fromBearer()], { authorization })).toBeUndefined();
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer  a',
    'Bearer\ta',
    'Bearer \ta',
    'Bearer\u00a0a',
    'Bearer a ',
    'Bearer a b',
    'Bearer a,b',
    'Bearer a, Bearer a',
    'Bearer,a',
    'Bearer=a',
    'Bearer:a',
    'Bearer "a"',
    'Bearer %E0%A4%A',
    'Bearer =',
    'Bearer a=b',
    'Bearer a\nb',
    'Bearer a\0',
    'Bearer é',
    'Bearer {"payload":"e30","signatures":[]}',
  ])('takes %j for a token, and a malformed one', (authorization) => {
    expect(() => find([fromBearer()], { authorization })).toThrow(invalid);
  });

  it('sees two headers of which Node keeps the first', () => {
    const raw = (...values: string[]) => ({
      rawHeaders: values.flatMap((value) => ['Authorization', value]),
    });
    const read = (...values: string[]) =>
      find([fromBearer()], { authorization: values[0] ?? '' }, raw(...values));
    expect(read('Bearer a', 'Bearer a')).toEqual({ token: 'a', ambient: false });
    expect(read('Basic YTpi', 'Bearer a')).toEqual({ token: 'a', ambient: false });
    expect(() => read('Bearer a', 'Bearer b')).toThrow(ambiguous);
    expect(() => read('Bearer a', 'Bearer')).toThrow(ambiguous);
    expect(() => read('Bearer', 'Bearer')).toThrow(invalid);
  });
});

describe('fromHeader', () => {
  it.each(['x-access-token', 'X-Access-Token', 'X_TOKEN'])('reads %s', (name) => {
    expect(find([fromHeader(name)], { [name.toLowerCase()]: 'a.b.c' })).toEqual({
      token: 'a.b.c',
      ambient: false,
    });
  });

  it('takes an empty one for none', () => {
    expect(find([fromHeader('x-access-token')], { 'x-access-token': '' })).toBeUndefined();
  });

  it.each(['Bearer a', ' ', 'a b', 'a, b', 'null,', 'undefined undefined'])(
    'takes %j for a malformed token',
    (value) => {
      expect(() => find([fromHeader('x-access-token')], { 'x-access-token': value })).toThrow(invalid);
    },
  );

  it.each([
    ['Authorization', 'fromBearer()'],
    ['authorization', 'fromBearer()'],
    ['Cookie', 'fromCookie(name)'],
    ['', 'name of a header'],
    ['x token', 'name of a header'],
    ['x:token', 'name of a header'],
    ['tökén', 'name of a header'],
    [undefined, 'name of a header'],
    [7, 'name of a header'],
  ])('refuses %j', (name, says) => {
    expect(() => fromHeader(name as string)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        option: 'fromHeader',
        message: expect.stringContaining(says),
      }),
    );
  });
});

describe('fromCookie', () => {
  it('reads a cookie, which browsers send by themselves', () => {
    expect(find([fromCookie('__Host-token')], { cookie: 'a=1; __Host-token=a.b.c' })).toEqual({
      token: 'a.b.c',
      ambient: true,
    });
  });

  it('takes an empty one for none', () => {
    expect(find([fromCookie('token')], { cookie: 'token=' })).toBeUndefined();
    expect(find([fromCookie('token')], { cookie: 'token=; token=a' })?.token).toBe('a');
  });

  it('refuses two of one name: a sibling domain can set the second', () => {
    expect(() => find([fromCookie('token')], { cookie: 'token=a; token=b' })).toThrow(ambiguous);
  });

  it.each(['', 'a b', 'a=b', 'a;b', undefined, null, 7, {}])('refuses %j', (name) => {
    expect(() => fromCookie(name as string)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'fromCookie' }),
    );
  });
});

describe('several places', () => {
  const places = [fromBearer(), fromHeader('x-access-token'), fromCookie('token')];

  it.each([
    [{}, undefined],
    [{ authorization: 'Bearer a' }, { token: 'a', ambient: false }],
    [{ 'x-access-token': 'a' }, { token: 'a', ambient: false }],
    [{ cookie: 'token=a' }, { token: 'a', ambient: true }],
    [
      { authorization: 'Bearer a', cookie: 'token=a' },
      { token: 'a', ambient: false },
    ],
    [
      { 'x-access-token': 'a', cookie: 'token=a' },
      { token: 'a', ambient: false },
    ],
    [
      { authorization: 'Basic YTpi', cookie: 'token=a' },
      { token: 'a', ambient: true },
    ],
  ])('with %j give %j', (headers, expected) => {
    expect(find(places, headers as unknown as Record<string, string>)).toEqual(expected);
    expect(find([...places].reverse(), headers as unknown as Record<string, string>)).toEqual(expected);
  });

  it.each([
    { authorization: 'Bearer a', 'x-access-token': 'b' },
    { authorization: 'Bearer a', cookie: 'token=b' },
    { 'x-access-token': 'a', cookie: 'token=A' },
    { authorization: 'Bearer', cookie: 'token=a' },
  ])('refuse two different tokens: %j', (headers) => {
    expect(() => find(places, headers as Record<string, string>)).toThrow(ambiguous);
    expect(() => find([...places].reverse(), headers as Record<string, string>)).toThrow(ambiguous);
  });

  it('are none but those that were chosen', () => {
    const headers = { authorization: 'Bearer a', 'x-access-token': 'b', cookie: 'token=c' };
    expect(find([fromBearer()], headers)?.token).toBe('a');
    expect(find([fromCookie('token')], headers)?.token).toBe('c');
  });
});

describe('the option from', () => {
  const read = (value: unknown) => readTokenPlaces(value, 'requireAuth.from');
  const refused = expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'requireAuth.from' });

  it('is fromBearer() unless the host says otherwise', () => {
    expect(read(undefined)).toEqual([fromBearer()]);
  });

  it('takes one place, a function, and a list of both', () => {
    const own = () => 'a';
    const cookie = fromCookie('token');
    expect(read(cookie)).toEqual([cookie]);
    expect(read([cookie, own])).toEqual([cookie, { ambient: true, read: expect.any(Function) }]);
    expect(find(read(own), {})).toEqual({ token: 'a', ambient: true });
  });

  it.each([
    [[]],
    [null],
    ['authorization'],
    [['x-access-token']],
    [{}],
    [{ read: () => [] }],
    [{ ambient: false }],
    [{ read: () => [], ambient: undefined }],
    [[fromBearer]],
    [[[fromBearer()]]],
    [[undefined]],
    [7],
  ])('refuses %j', (value) => {
    const places = () => read(value).flatMap((place) => place.read({ headers: {} }));
    expect(places).toThrow(refused);
  });

  it.each([[undefined], [null], ['']])('takes %j from a function for no token', (answer) => {
    expect(
      find(
        read(() => answer),
        {},
      ),
    ).toBeUndefined();
  });

  const odd: readonly (readonly [string, () => unknown])[] = [
    ['a number', () => 7],
    ['true', () => true],
    ['an object', () => ({})],
    ['a list', () => ['a']],
    ['a promise', async () => 'a'],
    ['a promise that is rejected', () => Promise.reject(new Error('late'))],
  ];
  it.each(odd)('refuses %s from a function', (_what, own) => {
    expect(() => find(read(own), {})).toThrow(refused);
  });

  it('lets what a function throws through', () => {
    const fault = new Error('of the host');
    const throwing = () => {
      throw fault;
    };
    expect(() => find(read(throwing), {})).toThrow(fault);
  });
});
