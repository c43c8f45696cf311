import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, apiClient, tokenHeaders } from './api-client.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

const failed = { auth: false, message: 'Failed to authenticate token.' };
let app: SnippetApp;

beforeAll(() => {
  app = compileSnippets(snippetsOf('docs/guides/from-the-tutorial.md'));
}, 60_000);

afterAll(() => app?.remove());

describe('the API of the guide', { timeout: 30_000 }, () => {
  let server: Awaited<ReturnType<SnippetApp['serve']>>;
  let api: ApiClient;

  beforeAll(async () => {
    server = await app.serve(0);
    api = apiClient(server.url);
  }, 30_000);

  afterAll(() => server?.stop());

  it('listens where it says', () => {
    expect(server.asked).toBe(3000);
  });

  it.each(tokenHeaders)('takes a token in %s, until the logout', async (_, headersOf) => {
    const headers = headersOf(await api.token('ann@example.com'));
    expect(await api.get('/clientes', headers)).toMatchObject({ status: 200, body: [{ askedBy: '7' }] });
    expect(await api.logout(headers)).toMatchObject({ status: 200, body: { auth: false, token: null } });
    const after = await api.get('/clientes', headers);
    expect([after.status, after.body]).toEqual([401, failed]);
    expect(after.headers.get('www-authenticate')).toBe(
      'Bearer realm="https://shop.example", error="invalid_token"',
    );
  });

  it.each(['/clientes', '/logout'])('refuses who has none at %s', async (path) => {
    const { status, body } = path === '/logout' ? await api.logout() : await api.get(path);
    expect([status, body]).toEqual([401, { auth: false, message: 'No token provided.' }]);
  });

  it('refuses a bad one', async () => {
    const { status, body } = await api.get('/clientes', { 'x-access-token': 'abc' });
    expect([status, body]).toEqual([401, failed]);
  });

  it('refuses a wrong password, and says where to sign in', async () => {
    const { status, body, headers } = await api.login({ user: 'ann@example.com', password: '1234' });
    expect([status, body]).toEqual([401, { auth: false, message: 'Invalid login!' }]);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="https://shop.example"');
  });

  it('answers a login without texts with a problem document', async () => {
    const { status, body } = await api.login({ user: { $ne: '' } });
    expect([status, body]).toMatchObject([
      400,
      { code: 'ERR_INPUT_INVALID', fields: { identifier: 'must be a text', password: 'is missing' } },
    ]);
  });
});

describe('the invitation of the guide', () => {
  interface Invitations {
    invite(key: string, mail: string): Promise<string>;
    readInvitation(key: string, token: string): Promise<{ readonly sub?: string }>;
  }
  const key = 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA';

  it('is read with its key, and with no other', async () => {
    const { invite, readInvitation } = (await app.load(1)) as unknown as Invitations;
    const token = await invite(key, 'ann@example.com');
    expect(await readInvitation(key, token)).toMatchObject({ sub: 'ann@example.com' });
    const refused = readInvitation(key.replace('w', 'W'), token);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
  });
});
