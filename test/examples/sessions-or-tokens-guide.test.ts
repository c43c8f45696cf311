import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiAnswer, type ApiClient, apiClient } from './api-client.ts';
import { compileSnippets, type SnippetApp, type SnippetServer, snippetsOf } from './snippets.ts';

const snippets = snippetsOf('docs/guides/sessions-or-tokens.md');
let app: SnippetApp;
let server: SnippetServer;
let api: ApiClient;

beforeAll(async () => {
  app = compileSnippets(snippets);
  server = await app.serve(snippets.findIndex((snippet) => snippet.startsWith('// spa.ts')));
  api = apiClient(server.url);
}, 60_000);

afterAll(async () => {
  await server?.stop();
  app?.remove();
});

interface Login {
  readonly accessToken: string;
  readonly Cookie: string;
}

const loginOf = ({ headers, body }: ApiAnswer): Login => ({
  accessToken: String(Reflect.get(Object(body) as object, 'accessToken')),
  Cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '',
});
const login = async (): Promise<Login> =>
  loginOf(await api.login({ mail: 'ann@example.com', password: '123' }));
const bearer = ({ accessToken }: Login) => ({ Authorization: `Bearer ${accessToken}` });
const refresh = ({ Cookie }: Login, headers = {}) => api.send('POST', '/token', { Cookie, ...headers });
const list = async (by: Login) =>
  (await api.get('/sessions', bearer(by))).body as { id: string; kind: string; current: boolean }[];

describe('the page of scripts of the guide', { timeout: 30_000 }, () => {
  it('compiles, and listens where it says', () => {
    expect(app.problems).toEqual([]);
    expect(server.asked).toBe(3000);
  });

  it('keeps the refresh token out of the answer, and goes on by the cookie', async () => {
    const first = await login();
    const answer = await refresh(first);
    expect([answer.status, answer.body]).toEqual([
      200,
      { tokenType: 'Bearer', accessToken: expect.any(String), expiresIn: 300 },
    ]);
    const next = loginOf(answer);
    expect(next.Cookie).toMatch(/^__Host-refresh=[\w.-]{71}$/);
    expect(next.Cookie).not.toBe(first.Cookie);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await refresh(next)).status).toBe(200);
  });

  it('refuses other sites, and who has no cookie', async () => {
    const by = await login();
    expect((await refresh(by, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await api.send('POST', '/token')).status).toBe(401);
    const body = JSON.stringify({ mail: 'ann@example.com', password: '123' });
    const headers = { 'Content-Type': 'application/json', Origin: 'https://evil.example' };
    expect((await api.send('POST', '/login', headers, body)).status).toBe(403);
  });

  it('lists the logins, and ends another one', async () => {
    const [here, there] = [await login(), await login()];
    const id = (await list(there)).find(({ current }) => current)?.id;
    expect(await list(here)).toContainEqual(expect.objectContaining({ id, kind: 'tokens', current: false }));
    expect((await api.send('DELETE', `/sessions/${id}`, bearer(here))).status).toBe(204);
    expect((await refresh(there)).status).toBe(401);
    expect((await api.get('/sessions', bearer(there))).status).toBe(401);
    expect(await list(here)).not.toContainEqual(expect.objectContaining({ id }));
  });

  it('does not fill the record of who ends what is nobody’s', async () => {
    const by = await login();
    for (let number = 0; number < 65; number += 1) {
      expect((await api.send('DELETE', `/sessions/nobodys-${number}`, bearer(by))).status).toBe(404);
    }
    expect((await refresh(by)).status).toBe(200);
  });

  it('ends the login before it', async () => {
    const present = await login();
    const headers = { 'Content-Type': 'application/json', Cookie: present.Cookie };
    const body = JSON.stringify({ mail: 'ann@example.com', password: '123' });
    const next = loginOf(await api.send('POST', '/login', headers, body));
    expect((await api.get('/sessions', bearer(present))).status).toBe(401);
    expect((await refresh(next)).status).toBe(200);
  });

  it('ends the login at the logout, by the access token where the cookie is gone', async () => {
    const by = await login();
    expect((await api.send('POST', '/logout', bearer(by))).status).toBe(204);
    expect((await refresh(by)).status).toBe(401);
    expect((await api.get('/sessions', bearer(by))).status).toBe(401);
  });

  it('ends the login at the logout, by the cookie alone', async () => {
    const by = await login();
    const answer = await api.send('POST', '/logout', { Cookie: by.Cookie });
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([
      204,
      expect.stringMatching(/^__Host-refresh=; .*Max-Age=0/),
    ]);
    expect((await api.get('/sessions', bearer(by))).status).toBe(401);
    expect((await api.send('POST', '/logout')).status).toBe(401);
  });
});
