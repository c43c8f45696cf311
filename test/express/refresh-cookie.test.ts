import { createServer } from 'node:http';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refreshCookie } from '../../src/express/index.ts';
import { AuthError } from '../../src/index.ts';
import { expressVersions } from '../support/passport-app.ts';
import { jarOf, refreshApp, setCookies } from '../support/refresh-app.ts';

const name = '__Host-refresh';
const flags = 'HttpOnly; Secure; SameSite=Lax';
const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();

afterEach(() => warned.mockClear());

describe.each(expressVersions)('refreshCookie on Express $version', ({ express }) => {
  it('keeps the refresh token from the login to the logout, and the page never sees it', async () => {
    const { app, auth } = refreshApp(express);
    const jar = jarOf(app);
    const login = jar.receive(await jar.send('/login'));
    expect(Object.keys(login.body)).toEqual(['tokenType', 'accessToken', 'expiresIn']);
    const first = jar.cookies.get(name);
    expect(setCookies(login)).toEqual([
      'theme=dark; Path=/',
      `${name}=${first}; Path=/; Max-Age=1209600; ${flags}`,
    ]);
    expect(login.headers['cache-control']).toBe('no-store');
    const refreshed = jar.receive(await jar.send('/token'));
    expect([refreshed.status, Object.keys(refreshed.body)]).toEqual([200, Object.keys(login.body)]);
    expect(refreshed.headers['cache-control']).toBe('no-store');
    expect(jar.cookies.get(name)).not.toBe(first);
    const logout = jar.receive(await jar.send('/logout'));
    expect([logout.status, setCookies(logout)]).toEqual([204, [`${name}=; Path=/; Max-Age=0; ${flags}`]]);
    expect(logout.headers['cache-control']).toBe('no-store');
    expect([...jar.cookies.keys()]).toEqual(['theme']);
    await expect(auth.tokens.verify(refreshed.body.accessToken)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REVOKED',
    });
    expect((await jar.send('/token')).status).toBe(401);
  });

  it('answers two different cookies with 400, and a request of another site with 403', async () => {
    const { app } = refreshApp(express);
    const ask = (headers: Record<string, string>) => request(app).post('/token').set(headers);
    const two = await ask({ Cookie: `${name}=a; ${name}=b` });
    expect([two.status, two.body.code, setCookies(two)]).toEqual([400, 'ERR_REQUEST_AMBIGUOUS', []]);
    const forged = await ask({ Cookie: `${name}=a`, 'Sec-Fetch-Site': 'cross-site' });
    expect([forged.status, forged.body.code, setCookies(forged)]).toEqual([403, 'ERR_CSRF_REJECTED', []]);
    expect((await ask({ 'Sec-Fetch-Site': 'cross-site' })).body.code).toBe('ERR_TOKEN_INVALID');
  });

  it('lets the pages of listed origins refresh', async () => {
    const { app } = refreshApp(express, { origins: ['https://app.example'] });
    const jar = jarOf(app);
    jar.receive(await jar.send('/login'));
    const site = { Origin: 'https://app.example', 'Sec-Fetch-Site': 'same-site' };
    expect(jar.receive(await jar.send('/token', site)).status).toBe(200);
    expect((await jar.send('/token', { ...site, Origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('refreshCookie', () => {
  const response = (headers: Record<string, string | readonly string[] | number> = {}) => ({
    headers,
    getHeader: (key: string) => headers[key],
    setHeader: (key: string, value: string | readonly string[]) => {
      headers[key] = value;
    },
  });
  const pair = { refreshToken: 'a.b' };

  it('works with Node’s own response', async () => {
    const cookie = refreshCookie({ name: 'staff', maxAge: '1h' });
    const server = createServer((req, res) => {
      res.setHeader('Set-Cookie', 'theme=dark');
      if (req.url === '/write') cookie.write(res, pair);
      if (req.url === '/clear') cookie.clear(res);
      res.end(cookie.read(req) ?? 'none');
    });
    const ask = (path: string, Cookie = '') => request(server).get(path).set({ Cookie });
    expect(setCookies(await ask('/write'))).toEqual([
      'theme=dark',
      `__Host-staff=a.b; Path=/; Max-Age=3600; ${flags}`,
    ]);
    expect(setCookies(await ask('/clear'))).toEqual([
      'theme=dark',
      `__Host-staff=; Path=/; Max-Age=0; ${flags}`,
    ]);
    expect((await ask('/', '__Host-staff=x; __Host-refresh=y')).text).toBe('x');
    expect((await ask('/', 'staff=x')).text).toBe('none');
  });

  it('says the last word on its own cookie, and none on others', () => {
    const cookie = refreshCookie();
    const others = ['theme=dark', '__Host-refresh2=x', 'x__Host-refresh=y'];
    const res = response({ 'Set-Cookie': others });
    cookie.write(res, pair);
    cookie.clear(res);
    cookie.write(res, { refreshToken: 'c' });
    expect(res.headers['Set-Cookie']).toEqual([...others, `${name}=c; Path=/; Max-Age=1209600; ${flags}`]);
  });

  it.each([[{}], [{ refreshToken: undefined }], [{ refreshToken: '' }], [undefined], [null]])(
    'writes no cookie of a pair without a refresh token: %j',
    (without) => {
      const res = response();
      const write = () => refreshCookie().write(res, without as typeof pair);
      expect(write).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: 'refreshCookie' }));
      expect(res.headers).toEqual({});
    },
  );

  it('for development without TLS has neither the prefix nor Secure, and says so once', () => {
    const cookie = refreshCookie({ secure: false });
    expect(warned.mock.calls).toEqual([
      [expect.stringContaining('secure is false'), { code: 'OSTIARY_COOKIE_NOT_SECURE' }],
    ]);
    const res = response();
    cookie.write(res, pair);
    cookie.clear(res);
    expect(res.headers['Set-Cookie']).toEqual(['refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax']);
    cookie.write(res, pair);
    expect(res.headers['Set-Cookie']).toEqual([
      'refresh=a.b; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax',
    ]);
    expect(cookie.read({ headers: { cookie: 'refresh=x' } })).toBe('x');
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('says nothing where there is TLS', () => {
    refreshCookie();
    refreshCookie({ secure: true });
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: '__Host-x' }, 'name'],
    [{ name: '__Secure-x' }, 'name'],
    [{ name: 'a b' }, 'name'],
    [{ name: 'a;b' }, 'name'],
    [{ name: 'a=b' }, 'name'],
    [{ name: 'a\n' }, 'name'],
    [{ name: 'ä' }, 'name'],
    [{ name: 'x'.repeat(65) }, 'name'],
    [{ name: null }, 'name'],
    [{ secure: 'false' }, 'secure'],
    [{ secure: null }, 'secure'],
    [{ maxAge: 0 }, 'maxAge'],
    [{ maxAge: '14' }, 'maxAge'],
    [{ maxAge: '366d' }, 'maxAge'],
    [{ origins: 'https://app.example' }, 'origins'],
    [{ origins: ['https://app.example/'] }, 'origins.0'],
    [{ sameSite: 'none' }, 'sameSite'],
    [{ domain: 'shop.example' }, 'domain'],
    [{ httpOnly: false }, 'httpOnly'],
    [{ path: '/token' }, 'path'],
  ])('refuses the options %j', (options, option) => {
    expect(() => refreshCookie(options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', option: `refreshCookie.${option}` }),
    );
  });

  it('sets the answer on its refusals, for an error handler that is not ours', () => {
    const refusal = (headers: Record<string, string>): unknown => {
      try {
        return refreshCookie().read({ method: 'POST', headers });
      } catch (error) {
        return AuthError.is(error) ? error : undefined;
      }
    };
    const cookie = `${name}=a`;
    expect(refusal({ cookie, 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403, headers: {} });
    expect(refusal({ cookie: `${cookie}; ${name}=b` })).toMatchObject({ status: 400 });
  });

  it('cannot be changed by who gets hold of it', () => {
    expect(Object.isFrozen(refreshCookie())).toBe(true);
  });
});
