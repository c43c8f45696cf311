import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileSnippets, type SnippetApp, type SnippetServer, snippetsOf } from './snippets.ts';
import { type Visitor, visitorOf } from './visitor.ts';

const snippets = snippetsOf('docs/guides/account-flows.md');
const first = 'correct horse battery staple';
const second = 'twelve purple umbrellas dancing';
let app: SnippetApp;
let server: SnippetServer;

beforeAll(async () => {
  app = compileSnippets(snippets);
  server = await app.serve(snippets.findIndex((snippet) => snippet.startsWith('// app.ts')));
}, 60_000);

afterAll(async () => {
  await server?.stop();
  app?.remove();
});

const visitor = (): Visitor => visitorOf(server.url);

/** The messages of this kind to that address, each with the path of its link. */
function messages(kind: string, to: string): readonly string[] {
  const lines = new RegExp(`^\\[${kind}\\] to ${to}(?:: https://shop\\.example(\\S+))?$`, 'gm');
  return [...server.printed().matchAll(lines)].map(([, path = '']) => path);
}

/** The path of the link in the last of so many. */
async function link(kind: string, to: string, count = 1): Promise<string> {
  await vi.waitFor(() => expect(messages(kind, to)).toHaveLength(count), { timeout: 10_000 });
  return messages(kind, to).at(-1) ?? '';
}

async function register(browser: Visitor, email: string, password = first): Promise<void> {
  expect((await browser.get('/sign-up')).body).toContain('name="password"');
  const answer = await browser.post('/sign-up', { name: 'Bea', email, password });
  expect([answer.status, answer.body]).toEqual([200, 'Look into your mail.']);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^device=[\w.-]+; Max-Age=86400; Path=\/verify; .*HttpOnly; Secure; SameSite=Lax$/,
  );
}

async function member(email: string): Promise<Visitor> {
  const browser = visitor();
  await register(browser, email);
  expect((await browser.post(await link('verify-email', email))).location).toBe('/login');
  expect((await login(browser, email, first)).location).toBe('/');
  return browser;
}

const login = (browser: Visitor, email: string, password: string) =>
  browser.post('/login', { email, password });
const isSignedIn = async (browser: Visitor) => (await browser.get('/')).body === 'Welcome';

describe('the application of the guide', { timeout: 60_000 }, () => {
  it('compiles, and listens where it says', () => {
    expect(app.problems).toEqual([]);
    expect(server.asked).toBe(3000);
  });

  it('lets somebody in who has registered and proven the address in one browser', async () => {
    const browser = visitor();
    await register(browser, 'Bea@Example.com');
    expect((await login(browser, 'bea@example.com', first)).status).toBe(403);
    const path = await link('verify-email', 'bea@example.com');
    const page = await browser.get(path);
    expect(page.body).toBe('<form method="post"><button>This address is mine</button></form>');
    expect(page.headers.get('referrer-policy')).toBe('strict-origin');
    expect((await login(browser, 'bea@example.com', first)).status).toBe(403);
    expect((await browser.post(path)).location).toBe('/login');
    expect((await login(browser, 'bea@example.com', first)).location).toBe('/');
    expect(await isSignedIn(browser)).toBe(true);
    expect((await browser.post(path)).status).toBe(400);
  });

  it('asks for the password in another browser, and sends the link once more', async () => {
    await register(visitor(), 'cara@example.com');
    await link('verify-email', 'cara@example.com');
    await visitor().post('/verify/again', { email: 'cara@example.com' });
    const path = await link('verify-email', 'cara@example.com', 2);
    const other = visitor();
    expect((await other.post(path)).body).toContain('name="password"');
    expect((await other.post(path, { password: second })).status).toBe(401);
    expect((await other.post(path, { password: first })).location).toBe('/login');
    expect((await login(other, 'cara@example.com', first)).location).toBe('/');
  });

  it('tells the owner of an address, and nobody else, that it was registered again', async () => {
    await register(visitor(), 'ann@example.com', second);
    expect(await link('already-registered', 'Ann@example.com')).toBe('');
    expect((await login(visitor(), 'ann@example.com', second)).status).toBe(401);
  });

  it('says what is wrong with a password, at its field', async () => {
    const answer = await visitor().post('/sign-up', {
      name: 'Dan',
      email: 'dan@example.com',
      password: 'short',
    });
    expect([answer.status, answer.body]).toEqual([422, 'password must have at least 15 characters']);
  });

  it('replaces a forgotten password, and ends what the old one opened', async () => {
    const browser = await member('eve@example.com');
    expect((await visitor().post('/forgot', { email: 'nobody@example.com' })).body).toBe(
      (await visitor().post('/forgot', { email: 'Eve@example.com' })).body,
    );
    const path = await link('reset-password', 'eve@example.com');
    const other = visitor();
    expect((await other.get(path)).body).toContain('name="newPassword"');
    expect((await other.post(path, { newPassword: 'short' })).status).toBe(422);
    expect((await other.post(path, { newPassword: second })).location).toBe('/login');
    expect(await isSignedIn(browser)).toBe(false);
    expect((await other.post(path, { newPassword: first })).body).toBe('This link does not work any more.');
    expect((await login(other, 'eve@example.com', second)).location).toBe('/');
    await link('password-changed', 'eve@example.com');
  });

  describe('to somebody who is signed in', () => {
    let browser: Visitor;
    beforeAll(async () => {
      browser = await member('fay@example.com');
    }, 30_000);

    it('leaves the browser that changes the password, and no other', async () => {
      const other = visitor();
      await login(other, 'fay@example.com', first);
      const form = { currentPassword: second, newPassword: second };
      expect((await browser.post('/account/password', form)).status).toBe(401);
      expect((await browser.post('/account/password', { ...form, currentPassword: first })).location).toBe(
        '/',
      );
      expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
    });

    it('gives another address, with the password only', async () => {
      const newEmail = 'fay@post.example';
      for (const form of [{ newEmail }, { newEmail, currentPassword: '' }]) {
        const { status, body } = await browser.post('/account/email', form);
        expect([status, body]).toEqual([400, 'currentPassword is missing']);
      }
      expect((await browser.post('/account/email', { newEmail, currentPassword: second })).status).toBe(200);
      const path = await link('change-email', newEmail);
      expect((await browser.get(path)).body).toContain('<button>Use this address from now on</button>');
      expect((await login(visitor(), newEmail, second)).status).toBe(401);
      const stranger = await member('hal@example.com');
      expect((await stranger.post(path)).body).toBe('This link does not work any more.');
      const outside = visitor();
      expect((await outside.post(path)).location).toBe('/login');
      const { location } = await outside.get(path);
      expect(location).toBe(`/login?next=${encodeURIComponent(path)}`);
      const form = { email: 'fay@example.com', password: second };
      expect((await outside.post(location ?? '', form)).location).toBe(path);
      expect((await outside.post(path)).location).toBe('/');
      expect((await login(visitor(), newEmail, second)).location).toBe('/');
      expect(await isSignedIn(browser)).toBe(true);
      await link('email-changed', 'fay@example.com');
    });

    it('gives no address that somebody else has got meanwhile', async () => {
      const newEmail = 'gus@post.example';
      await browser.post('/account/email', { newEmail, currentPassword: second });
      const path = await link('change-email', newEmail);
      await register(visitor(), newEmail);
      const { status, body } = await browser.post(path);
      expect([status, body]).toEqual([409, 'newEmail is taken']);
    });

    it('closes the account, with the password only', async () => {
      expect((await browser.post('/account/close', { currentPassword: first })).status).toBe(401);
      expect((await browser.post('/account/close', { currentPassword: second })).location).toBe('/login');
      expect(await isSignedIn(browser)).toBe(false);
      expect((await login(visitor(), 'fay@post.example', second)).status).toBe(401);
      await link('account-closed', 'fay@post.example');
    });
  });

  it.each(['/sign-up', '/verify', '/verify/again', '/forgot', '/reset', '/account/email/confirm'])(
    'refuses a form of another site at %s',
    async (path) => {
      const answer = await visitor().post(path, {}, { Origin: 'https://evil.example' });
      expect(answer.status).toBe(403);
    },
  );

  it.each(['/account/password', '/account/email', '/account/close'])(
    'sends who is not signed in to the login: %s',
    async (path) => {
      expect((await visitor().post(path)).location).toBe('/login');
    },
  );
});
