import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningExample, startExample } from './example-process.ts';
import { type Form, type Visitor, visitorOf } from './visitor.ts';

// Logins take the time of bcrypt's cost 12, and more on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let example: RunningExample;

beforeAll(async () => {
  example = await startExample();
});

afterAll(() => example?.stop());

const visitor = (): Visitor => visitorOf(example.url);

async function signedIn(): Promise<Visitor> {
  const browser = visitor();
  expect((await browser.signIn()).location).toBe('/');
  return browser;
}

describe('a visitor', () => {
  it.each([
    ['/', '/login'],
    ['/users', '/login?returnTo=%2Fusers'],
    ['/users?page=2&sort=a', '/login?returnTo=%2Fusers%3Fpage%3D2%26sort%3Da'],
  ])('who asks for %s is sent to the login', async (path, login) => {
    const { status, location, body } = await visitor().get(path);
    expect([status, location]).toEqual([302, login]);
    expect(body).not.toContain('adm');
  });

  it('who asks with a client that accepts anything is sent there too', async () => {
    expect((await visitor().get('/users', { Accept: '*/*' })).location).toBe('/login?returnTo=%2Fusers');
  });

  it('who asks for JSON is told so', async () => {
    const { status, headers, body } = await visitor().get('/users', { Accept: 'application/json' });
    expect([status, headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ code: 'ERR_TOKEN_MISSING' });
  });

  it('gets no cookie before the login', async () => {
    const browser = visitor();
    await browser.get('/login');
    await browser.get('/');
    expect([...browser.cookies]).toEqual([]);
  });

  it('who asks for a page that is not there is told so', async () => {
    const { status, body } = await visitor().get('/%3Cscript%3E');
    expect(status).toBe(404);
    expect(body).toContain('There is no such page.');
    expect(body).not.toContain('<script>');
  });
});

describe('the login', () => {
  it('leads home and shows who is signed in', async () => {
    const browser = visitor();
    const { status, location } = await browser.signIn();
    expect([status, location]).toEqual([302, '/']);
    expect((await browser.get('/')).body).toContain('Welcome, adm');
  });

  it('works again after the old hash was replaced', async () => {
    await signedIn();
    await signedIn();
  });

  it('takes the e-mail address too', async () => {
    const login = await visitor().post('/login', { username: 'ADM@example.com', password: '123' });
    expect(login.location).toBe('/');
  });

  it.each([
    ['a wrong password', { username: 'adm', password: '1234' }],
    ['an unknown user', { username: 'nobody', password: '123' }],
    ['no password', { username: 'adm' }],
    ['an empty form', {}],
    ['fields of another shape', { 'username[$ne]': '', 'password[$ne]': '' }],
    [
      'a username that comes twice',
      [...Object.entries({ username: 'adm', password: '123' }), ['username', 'adm']],
    ],
    [
      'a password that comes twice',
      [...Object.entries({ username: 'adm', password: '123' }), ['password', '123']],
    ],
  ])('refuses %s', async (_, form) => {
    const browser = visitor();
    const { status, location } = await browser.post('/login', form as Form);
    expect([status, location]).toEqual([302, '/login?fail=true']);
    expect((await browser.get('/')).location).toBe('/login');
  });

  it('shows the failure, and only after one', async () => {
    const browser = visitor();
    const message = 'Incorrect username or password!';
    expect((await browser.get('/login?fail=true')).body).toContain(message);
    expect((await browser.get('/login')).body).not.toContain(message);
  });

  it('sends those who are signed in home', async () => {
    expect((await (await signedIn()).get('/login')).location).toBe('/');
  });

  it('gives a cookie that scripts and other sites do not get', async () => {
    const cookie = (await visitor().signIn()).headers.get('set-cookie');
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Lax');
  });

  it('changes the id of the session', async () => {
    const browser = await signedIn();
    const first = browser.cookies.get('connect.sid');
    await browser.signIn();
    expect(browser.cookies.get('connect.sid')).not.toBe(first);
  });

  it.each([
    ['Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['Origin', { Origin: 'https://evil.example' }],
  ])('is refused to a form of another site, told by %s', async (_, headers: Record<string, string>) => {
    const browser = visitor();
    const { status, body } = await browser.post('/login', { username: 'adm', password: '123' }, headers);
    expect(status).toBe(403);
    expect(body).toContain('another site');
    expect((await browser.get('/')).location).toBe('/login');
  });
});

describe('the page to return to', () => {
  const form = { username: 'adm', password: '123' };

  it('is carried by the form and opened after the login', async () => {
    const browser = visitor();
    const { location } = await browser.get('/users?page=2');
    const page = await browser.get(location ?? '');
    expect(page.body).toContain('<input type="hidden" name="returnTo" value="/users?page=2">');
    expect((await browser.post('/login', { ...form, returnTo: '/users?page=2' })).location).toBe(
      '/users?page=2',
    );
  });

  it('is kept over a failure', async () => {
    const browser = visitor();
    const failed = await browser.post('/login', { username: 'adm', password: 'x', returnTo: '/users' });
    expect(failed.location).toBe('/login?fail=true&returnTo=%2Fusers');
    expect((await browser.get(failed.location ?? '')).body).toContain('value="/users"');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example',
    'http://localhost@evil.example',
    '\t//evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/.//evil.example',
  ])('is never another site: %j', async (returnTo) => {
    const browser = visitor();
    expect((await browser.post('/login', { ...form, returnTo })).location).toBe('/');
    const failed = await browser.post('/login', { username: 'adm', password: 'x', returnTo });
    expect(failed.location).toBe('/login?fail=true');
    const page = await visitor().get(`/login?returnTo=${encodeURIComponent(returnTo)}`);
    expect(page.body).not.toContain('name="returnTo"');
  });

  it('stays here when its slashes are encoded', async () => {
    const { location } = await visitor().post('/login', { ...form, returnTo: '/%2f%2fevil.example' });
    expect(new URL(location ?? '', example.url).origin).toBe(example.url);
  });

  it('is written into the page as text', async () => {
    const page = await visitor().get(`/login?returnTo=${encodeURIComponent('/"><script>alert(1)</script>')}`);
    expect(page.body).not.toContain('<script>');
    const query = await visitor().get(`/login?returnTo=${encodeURIComponent('/users?a=1&lt=2')}`);
    expect(query.body).toContain('value="/users?a=1&amp;lt=2"');
  });
});

describe('the logout', () => {
  it('ends the session, also a copy of its cookie', async () => {
    const browser = await signedIn();
    const copy = new Map(browser.cookies);
    const { status, location } = await browser.post('/logout');
    expect([status, location]).toEqual([302, '/login']);
    expect((await browser.get('/')).location).toBe('/login');
    const thief = visitor();
    for (const [name, value] of copy) thief.cookies.set(name, value);
    expect((await thief.get('/')).location).toBe('/login');
  });

  it('does no harm to those who are not signed in', async () => {
    expect((await visitor().post('/logout')).location).toBe('/login');
  });

  it('is refused to another site', async () => {
    const browser = await signedIn();
    const { status } = await browser.post('/logout', {}, { 'Sec-Fetch-Site': 'cross-site' });
    expect(status).toBe(403);
    expect((await browser.get('/')).status).toBe(200);
  });

  it('is not done by a link', async () => {
    const browser = await signedIn();
    expect((await browser.get('/logout')).status).toBe(404);
    expect((await browser.get('/')).status).toBe(200);
  });
});
