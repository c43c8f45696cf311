import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Door } from '../support/door.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const noToken = { auth: false, message: 'No token provided.' };

interface Login {
  readonly token: string;
  readonly refreshToken: string;
}

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly device: string | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly current: boolean;
}

let own: Door;
let api: ApiClient;

beforeEach(async () => {
  own = apiDoor();
  api = apiClient(await serveApi(own));
});
afterEach(stopApis);

async function login(user = 'abc', userAgent = 'curl/8.5.0'): Promise<Login> {
  const headers = { 'Content-Type': 'application/json', 'User-Agent': userAgent };
  return (await api.send('POST', '/login', headers, JSON.stringify({ user, password: '123' }))).body as Login;
}

const bearer = ({ token }: Login) => ({ Authorization: `Bearer ${token}` });
const list = async (by: Login) => (await api.get('/sessions', bearer(by))).body as readonly Listed[];
const end = async (by: Login, id: string) => (await api.send('DELETE', `/sessions/${id}`, bearer(by))).status;
const refresh = async ({ refreshToken }: Login) =>
  api.send('POST', '/token', { 'Content-Type': 'application/json' }, JSON.stringify({ refreshToken }));
const isAlive = async (by: Login) => (await api.get('/clients', bearer(by))).status === 200;

async function idOf(by: Login): Promise<string> {
  return (await list(by)).find(({ current }) => current)?.id ?? '';
}

describe('the list of sessions', () => {
  it('shows each login of the user, the last one seen first', async () => {
    const first = await login();
    own.clock.advance(600);
    const second = await login('abc', firefox);
    await login('other');
    expect(await list(second)).toEqual([
      {
        ...{ id: expect.any(String), kind: 'tokens', device: 'Firefox on Linux', current: true },
        ...{ firstSeen: '2026-01-01T00:10:00.000Z', lastSeen: '2026-01-01T00:10:00.000Z' },
      },
      {
        ...{ id: expect.any(String), kind: 'tokens', device: 'curl', current: false },
        ...{ firstSeen: '2026-01-01T00:00:00.000Z', lastSeen: '2026-01-01T00:00:00.000Z' },
      },
    ]);
    await refresh(first);
    expect((await list(second)).map(({ lastSeen }) => lastSeen)).toEqual([
      '2026-01-01T00:10:00.000Z',
      '2026-01-01T00:10:00.000Z',
    ]);
  });

  it('opens nothing', async () => {
    const by = await login();
    const { text, headers } = await api.get('/sessions', bearer(by));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toContain(by.refreshToken.split('.')[1]);
    const [{ id = '' } = {}] = await list(by);
    expect((await api.get('/clients', { Authorization: `Bearer ${id}` })).status).toBe(401);
    expect((await refresh({ token: '', refreshToken: id })).status).toBe(401);
  });

  it('is not one of who has left or is disabled', async () => {
    const by = await login();
    for (const row of own.table.rows) row.state = 'disabled';
    expect((await api.get('/sessions', bearer(by))).status).toBe(401);
    expect(await end(by, 'any')).toBe(401);
  });
});

describe.each(['/sessions', '/sessions/any'])('%s', (path) => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'has no way in by %s',
    async (method) => {
      const cookie = await api.login({ user: 'abc', password: '123', cookie: true });
      const [pair = ''] = cookie.headers.getSetCookie()[0]?.split(';') ?? [];
      for (const headers of [{}, { Cookie: pair }]) {
        const { status, body, text } = await api.send(method, path, headers);
        expect(status).toBe(401);
        if (method === 'HEAD') expect(text).toBe('');
        else expect(body).toEqual(noToken);
      }
    },
  );
});

describe('the end of a session', () => {
  it('ends its tokens, and takes it off the list', async () => {
    const [here, there] = [await login(), await login('abc', firefox)];
    const id = await idOf(there);
    expect(await end(here, id)).toBe(204);
    expect([await isAlive(here), await isAlive(there)]).toEqual([true, false]);
    expect((await refresh(there)).status).toBe(401);
    expect((await list(here)).map(({ device }) => device)).toEqual(['curl']);
    expect(await end(here, id)).toBe(404);
  });

  it('may be that of the one that asks', async () => {
    const here = await login();
    expect(await end(here, await idOf(here))).toBe(204);
    expect(await isAlive(here)).toBe(false);
  });

  it('of somebody else is one that never was', async () => {
    const [here, other] = [await login(), await login('other')];
    const id = await idOf(other);
    own.state.calls.splice(0);
    expect(await end(here, id)).toBe(404);
    expect(own.state.calls.filter((call) => !call.startsWith('get '))).toEqual([]);
    expect([await isAlive(other), await isAlive(here)]).toEqual([true, true]);
    expect((await refresh(other)).status).toBe(200);
    expect(await list(other)).toHaveLength(1);
  });

  it.each(['nothing', '..', '%2e%2e', '%00', '__proto__', `${'a'.repeat(3000)}`])(
    'of %s is 404',
    async (id) => {
      expect(await end(await login(), id)).toBe(404);
    },
  );

  it('that could not be done is 503, and it lives on', async () => {
    const [here, there] = [await login(), await login()];
    const id = await idOf(there);
    own.state.failing.add('compareAndSet').add('putIfAbsent');
    expect(await end(here, id)).toBe(503);
    expect(await isAlive(there)).toBe(true);
  });
});
