import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PasswordHasher } from '../src/index.ts';
import { type ApiClient, apiClient } from './examples/api-client.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './examples/snippets.ts';
import { type Visitor, visitorOf } from './examples/visitor.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const snippets = snippetsOf('README.md');
let app: SnippetApp;

beforeAll(() => {
  app = compileSnippets(snippets);
}, 60_000);

afterAll(() => app?.remove());

describe('the README', () => {
  it('has three snippets, which compile', () => {
    expect(snippets).toHaveLength(3);
    expect(app.problems).toEqual([]);
  });

  it('says what it is in three sentences', () => {
    const [, first = ''] = readme.split('\n\n');
    expect(first.match(/[.!?](?=\s|$)/g)).toHaveLength(3);
  });

  it('has the two commands', () => {
    expect(readme).toMatch(/^npm ci && npm start\b/m);
    expect(readme).toMatch(/^npm ci && npm test$/m);
  });
});

describe('the quick start', { timeout: 30_000 }, () => {
  let server: Awaited<ReturnType<SnippetApp['serve']>>;
  const visitor = (): Visitor => visitorOf(server.url);

  beforeAll(async () => {
    server = await app.serve(0);
  }, 30_000);

  afterAll(() => server?.stop());

  it('has fewer than 30 lines', () => {
    expect(snippets[0]?.trimEnd().split('\n').length).toBeLessThan(30);
  });

  it('listens where it says', () => {
    expect(server.asked).toBe(3000);
  });

  it('logs a customer in and out', async () => {
    const browser = visitor();
    expect((await browser.get('/login')).body).toContain('<form method="post">');
    const login = await browser.post('/login', { username: 'ann@example.com', password: '123' });
    expect(login.location).toBe('/');
    expect(await browser.get('/')).toMatchObject({ status: 200, body: 'Customer 7' });
    expect((await browser.post('/logout')).location).toBe('/login');
    expect((await browser.get('/')).location).toBe('/login');
  });

  it.each([
    ['a wrong password', { username: 'ann@example.com', password: '1234' }],
    ['an unknown customer', { username: 'bob@example.com', password: '123' }],
    ['an empty form', {}],
  ])('refuses %s', async (_, form: Record<string, string>) => {
    const browser = visitor();
    expect((await browser.post('/login', form)).location).toBe('/login?fail=true');
    expect((await browser.get('/')).location).toBe('/login');
  });

  it('refuses the form of another site', async () => {
    const form = { username: 'ann@example.com', password: '123' };
    const login = await visitor().post('/login', form, { Origin: 'https://evil.example' });
    expect(login.status).toBe(403);
  });
});

describe('the API with tokens', { timeout: 30_000 }, () => {
  let server: Awaited<ReturnType<SnippetApp['serve']>>;
  let client: ApiClient;
  const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

  beforeAll(async () => {
    server = await app.serve(2);
    client = apiClient(server.url);
  }, 30_000);

  afterAll(() => server?.stop());

  it('issues a token, takes it, and does so no more after a logout', async () => {
    const login = await client.login({ user: 'ann@example.com', password: '123' });
    expect(login.body).toEqual({ tokenType: 'Bearer', accessToken: expect.any(String), expiresIn: 300 });
    const { accessToken } = login.body as { readonly accessToken: string };
    expect((await client.get('/orders', bearer(accessToken))).body).toEqual([{ customer: '7' }]);
    expect((await client.logout(bearer(accessToken))).status).toBe(204);
    const after = await client.get('/orders', bearer(accessToken));
    expect(after).toMatchObject({ status: 401, body: { code: 'ERR_TOKEN_REVOKED' } });
    expect(after.headers.get('www-authenticate')).toBe(
      'Bearer realm="https://shop.example", error="invalid_token"',
    );
  });

  it.each([
    ['a wrong password', { user: 'ann@example.com', password: '1234' }, 401],
    ['an unknown customer', { user: 'bob@example.com', password: '123' }, 401],
    ['an empty body', {}, 400],
  ])('refuses %s', async (_, body, status) => {
    expect((await client.login(body)).status).toBe(status);
  });

  it('lets nobody in without a token', async () => {
    expect(await client.get('/orders')).toMatchObject({ status: 401, body: { code: 'ERR_TOKEN_MISSING' } });
  });
});

describe('the switch to scrypt', { timeout: 60_000 }, () => {
  it('verifies old hashes and makes new ones', async () => {
    const { hasher } = (await app.load(1)) as { readonly hasher: PasswordHasher };
    const old = '$2a$06$HT.EmXYUUhNo3UQMl9APmeC0SwoGsx7FtMoAWdzGicZJ4wR1J8alW';
    expect(await hasher.verify('123', old)).toBe(true);
    expect(await hasher.verify('1234', old)).toBe(false);
    expect(hasher.needsRehash(old, '123')).toBe(true);
    const next = await hasher.hash('123');
    expect(next).toMatch(/^\$scrypt\$/);
    expect(await hasher.verify('123', next)).toBe(true);
    await hasher.close?.();
  });
});
