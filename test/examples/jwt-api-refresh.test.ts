import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Door } from '../support/door.ts';
import { type ApiAnswer, type ApiClient, apiClient } from './api-client.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';

const badToken = { auth: false, message: 'Failed to authenticate token.' };
const noToken = { auth: false, message: 'No token provided.' };
const signedOut = { auth: false, token: null };
const json = { 'Content-Type': 'application/json' };
const accessToken = expect.stringMatching(/^[\w-]+(\.[\w-]+){2}$/);

interface Login {
  readonly token: string;
  readonly refreshToken: string;
}

let own: Door;
let api: ApiClient;

beforeEach(async () => {
  own = apiDoor();
  api = apiClient(await serveApi(own));
});
afterEach(stopApis);

/** The refresh token in the cookie that an answer sets. */
function cookieOf({ headers }: ApiAnswer): string {
  const [, value = ''] = headers.getSetCookie()[0]?.match(/^__Host-refresh=([^;]*);/) ?? [];
  return value;
}

const cookie = (value: string) => ({ Cookie: `__Host-refresh=${value}` });
const refresh = (headers: Readonly<Record<string, string>>, body?: object) =>
  body === undefined
    ? api.send('POST', '/token', headers)
    : api.send('POST', '/token', { ...json, ...headers }, JSON.stringify(body));
const call = async (token: string): Promise<number> =>
  (await api.get('/clients', { Authorization: `Bearer ${token}` })).status;
const summary = ({ status, body, headers }: ApiAnswer): readonly unknown[] => [
  status,
  body,
  headers.getSetCookie(),
];
const writes = (): readonly string[] => own.state.calls.splice(0).filter((made) => !made.startsWith('get '));

async function login(): Promise<Login> {
  return (await api.login({ user: 'abc', password: '123' })).body as Login;
}

const loginWith = (refreshToken: string, changes: object) => {
  const body = JSON.stringify({ user: 'abc', password: '123', ...changes });
  return api.send('POST', '/login', { ...json, ...cookie(refreshToken) }, body);
};

/** A login of a browser: the refresh token is the one in its cookie. */
async function browserLogin(): Promise<Login> {
  const answer = await api.login({ user: 'abc', password: '123', cookie: true });
  return { ...(answer.body as Login), refreshToken: cookieOf(answer) };
}

describe('a login', () => {
  it('over the cookie of another ends that one first', async () => {
    const [present, elsewhere] = [await browserLogin(), await browserLogin()];
    const answer = await loginWith(present.refreshToken, { cookie: true });
    expect(answer.status).toBe(200);
    expect(await call(present.token)).toBe(401);
    expect((await refresh(cookie(present.refreshToken))).status).toBe(401);
    expect((await refresh(cookie(cookieOf(answer)))).status).toBe(200);
    expect(await call(elsewhere.token)).toBe(200);
  });

  it.each([
    ['fails', { password: '1234', cookie: true }],
    ['keeps its refresh token by itself', {}],
  ])('that %s leaves the cookie beside it alone', async (_, changes) => {
    const present = await browserLogin();
    expect((await loginWith(present.refreshToken, changes)).headers.getSetCookie()).toEqual([]);
    expect(await call(present.token)).toBe(200);
    expect((await refresh(cookie(present.refreshToken))).status).toBe(200);
  });

  it('does not begin when the one before it cannot be ended', async () => {
    const { refreshToken } = await browserLogin();
    own.state.failing.add('delete');
    const answer = await loginWith(refreshToken, { cookie: true });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  });

  it('of a browser puts the refresh token into a cookie that scripts cannot read', async () => {
    const { body, headers } = await api.login({ user: 'abc', password: '123', cookie: true });
    expect(body).toEqual({ auth: true, token: accessToken, expiresIn: 300 });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-refresh=[\w.-]{71}; Path=\/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it.each(['true', 1, {}, null])('has a cookie for true only, not for %j', async (wants) => {
    const { body, headers } = await api.login({ user: 'abc', password: '123', cookie: wants });
    expect(headers.getSetCookie()).toEqual([]);
    expect(body).toHaveProperty('refreshToken');
  });

  it('that fails sets none', async () => {
    expect(summary(await api.login({ user: 'abc', password: '1234', cookie: true }))[2]).toEqual([]);
  });

  it('is refused to the page of another site, which would sign its visitor in as somebody', async () => {
    const body = JSON.stringify({ user: 'abc', password: '123', cookie: true });
    const answer = await api.send('POST', '/login', { ...json, 'Sec-Fetch-Site': 'cross-site' }, body);
    expect([answer.status, cookieOf(answer)]).toEqual([403, '']);
    expect(own.hasher.verified).toEqual([]);
  });

  it('on plain http has a cookie for it', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    api = apiClient(await serveApi(own, { secure: false }));
    const { headers } = await api.login({ user: 'abc', password: '123', cookie: true });
    expect(headers.getSetCookie()[0]).toMatch(/^refresh=\S+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});

describe('a refresh', () => {
  it('by the cookie answers an access token, and the next cookie', async () => {
    const first = await browserLogin();
    const answer = await refresh(cookie(first.refreshToken));
    expect([answer.status, answer.body]).toEqual([200, { auth: true, token: accessToken, expiresIn: 300 }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(cookieOf(answer)).toMatch(/^[\w.-]{71}$/);
    expect(cookieOf(answer)).not.toBe(first.refreshToken);
    expect(await call((answer.body as Login).token)).toBe(200);
    expect((await refresh(cookie(cookieOf(answer)))).status).toBe(200);
  });

  it('by JSON answers the next pair, and no cookie', async () => {
    const { refreshToken } = await login();
    const answer = await refresh({}, { refreshToken });
    expect(summary(answer)).toEqual([
      200,
      { auth: true, token: accessToken, expiresIn: 300, refreshToken: expect.any(String) },
      [],
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((answer.body as Login).refreshToken).not.toBe(refreshToken);
    expect(await call((answer.body as Login).token)).toBe(200);
  });

  it('by JSON leaves a cookie beside it alone', async () => {
    const [browser, program] = [await browserLogin(), await login()];
    const answer = await refresh(cookie(browser.refreshToken), { refreshToken: program.refreshToken });
    expect(summary(answer)).toEqual([200, expect.objectContaining({ refreshToken: expect.any(String) }), []]);
    writes();
    expect((await refresh(cookie(browser.refreshToken))).status).toBe(200);
    // Its first use, which is written; a repeat is not.
    expect(writes()).toHaveLength(1);
  });

  it('twice at once with one cookie gives both the same next one', async () => {
    const { refreshToken } = await browserLogin();
    const answers = await Promise.all([1, 2].map(() => refresh(cookie(refreshToken))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [one = '', other] = answers.map(cookieOf);
    expect(other).toBe(one);
    for (const { body } of answers) expect(await call((body as Login).token)).toBe(200);
    expect((await refresh(cookie(one))).status).toBe(200);
  });

  it('with a cookie that was used some time ago ends the login, and leaves the cookie', async () => {
    const first = await browserLogin();
    const next = await refresh(cookie(first.refreshToken));
    own.clock.advance(10);
    expect(summary(await refresh(cookie(first.refreshToken)))).toEqual([401, badToken, []]);
    expect((await refresh(cookie(cookieOf(next)))).status).toBe(401);
    expect(await call((next.body as Login).token)).toBe(401);
    expect(own.events.map(({ name }) => name)).toContain('token.reused');
  });

  it.each([
    ['nothing', () => ({}), noToken],
    ['an empty cookie', () => cookie(''), noToken],
    ['a forged cookie', () => cookie(`${'a'.repeat(22)}.${'a'.repeat(48)}`), badToken],
    ['an access token', (token: string) => cookie(token), badToken],
  ] as const)('with %s is refused, and clears no cookie', async (_, headersOf, said) => {
    const { token } = await browserLogin();
    writes();
    const answer = await refresh(headersOf(token) as Record<string, string>);
    expect(summary(answer)).toEqual([401, said, []]);
    expect(writes()).toEqual([]);
  });

  it.each([{}, { refreshToken: 7 }, { refreshToken: null }, { refreshToken: ['a'] }, []])(
    'with %j has no token',
    async (body) => {
      expect(summary(await refresh({}, body))).toEqual([401, noToken, []]);
    },
  );

  it('looks for a refresh token nowhere else', async () => {
    const { refreshToken } = await login();
    const answers = [
      await api.send('POST', `/token?refreshToken=${refreshToken}`),
      await refresh({ Authorization: `Bearer ${refreshToken}` }),
      await refresh({ 'x-access-token': refreshToken }),
      await api.send(
        'POST',
        '/token',
        { 'Content-Type': 'application/x-www-form-urlencoded' },
        `refreshToken=${refreshToken}`,
      ),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [401, noToken]));
    expect(await call(refreshToken)).toBe(401);
  });

  it.each(['/token', '/logout'])('of half a JSON is 400 at %s', async (path) => {
    const answer = await api.send('POST', path, json, '{"refreshToken":');
    expect(summary(answer)).toEqual([400, { message: 'Bad Request' }, []]);
  });

  it.each<Record<string, string>>([
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ])('of another site (%j) is refused, and uses nothing up', async (headers) => {
    const { refreshToken } = await browserLogin();
    writes();
    const answer = await refresh({ ...cookie(refreshToken), ...headers });
    expect(summary(answer)).toEqual([403, expect.objectContaining({ code: 'ERR_CSRF_REJECTED' }), []]);
    expect(writes()).toEqual([]);
    expect((await refresh({ ...cookie(refreshToken), 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
  });

  it('with two different cookies is refused', async () => {
    const [one, other] = [await browserLogin(), await browserLogin()];
    const Cookie = `__Host-refresh=${one.refreshToken}; __Host-refresh=${other.refreshToken}`;
    expect((await refresh({ Cookie })).status).toBe(400);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is not done by %s', async (method) => {
    const { refreshToken } = await browserLogin();
    writes();
    const { text, headers } = await api.send(method, '/token', cookie(refreshToken));
    expect(text).not.toContain('eyJ');
    expect(headers.getSetCookie()).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('is over after fourteen days without one', async () => {
    const [idle, used] = [await browserLogin(), await browserLogin()];
    own.clock.advance(7 * 86_400);
    const next = cookieOf(await refresh(cookie(used.refreshToken)));
    own.clock.advance(7 * 86_400);
    expect((await refresh(cookie(idle.refreshToken))).status).toBe(401);
    expect((await refresh(cookie(next))).status).toBe(200);
  });

  it('is refused once the password is another, also by another hand', async () => {
    const { refreshToken } = await browserLogin();
    for (const row of own.table.rows) row.hash = 'plain:1:another';
    expect(summary(await refresh(cookie(refreshToken)))).toEqual([401, badToken, []]);
  });

  it('of a store that is down is 503, and the token is good afterwards', async () => {
    const { refreshToken } = await browserLogin();
    own.state.failing.add('compareAndSet');
    const answer = await refresh(cookie(refreshToken));
    expect(summary(answer)).toEqual([503, expect.objectContaining({ code: 'ERR_STATE_UNAVAILABLE' }), []]);
    own.state.failing.clear();
    expect((await refresh(cookie(refreshToken))).status).toBe(200);
  });
});

describe('a logout', () => {
  const cleared = ['__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax'];
  const logout = (headers: Readonly<Record<string, string>>, body = {}) =>
    api.send('POST', '/logout', { ...json, ...headers }, JSON.stringify(body));

  it.each([
    ['the cookie', ({ refreshToken }: Login) => logout(cookie(refreshToken))],
    ['the refresh token in JSON', ({ refreshToken }: Login) => logout({}, { refreshToken })],
    ['the access token', ({ token }: Login) => logout({ Authorization: `Bearer ${token}` })],
    [
      'the cookie beside a bad access token',
      ({ refreshToken }: Login) => logout({ ...cookie(refreshToken), 'x-access-token': 'abc' }),
    ],
  ])('by %s ends the login, and clears the cookie', async (_, send) => {
    const [ended, other] = [await browserLogin(), await browserLogin()];
    expect(summary(await send(ended))).toEqual([200, signedOut, cleared]);
    expect(await call(ended.token)).toBe(401);
    expect((await refresh(cookie(ended.refreshToken))).status).toBe(401);
    expect(await call(other.token)).toBe(200);
    expect((await refresh(cookie(other.refreshToken))).status).toBe(200);
  });

  it('by the cookie works when the access token is over', async () => {
    const { token, refreshToken } = await browserLogin();
    own.clock.advance(400);
    await logout({ ...cookie(refreshToken), Authorization: `Bearer ${token}` });
    expect((await refresh(cookie(refreshToken))).status).toBe(401);
  });

  it.each([
    ['nothing', () => ({}), noToken],
    ['an empty cookie', () => cookie(''), noToken],
    ['an access token that is over', (token: string) => ({ Authorization: `Bearer ${token}` }), badToken],
  ] as const)('with %s alone does not look like one', async (_, headersOf, said) => {
    const { token, refreshToken } = await browserLogin();
    own.clock.advance(400);
    const headers = headersOf(token) as Record<string, string>;
    expect(summary(await logout(headers, { refreshToken: '' }))).toEqual([401, said, []]);
    expect((await refresh(cookie(refreshToken))).status).toBe(200);
  });

  it('with tokens of two logins ends both', async () => {
    const [one, other] = [await browserLogin(), await login()];
    await logout({ ...cookie(one.refreshToken), Authorization: `Bearer ${other.token}` });
    expect([await call(one.token), await call(other.token)]).toEqual([401, 401]);
  });

  it('of another site is refused, and ends nothing', async () => {
    const { token, refreshToken } = await browserLogin();
    const answer = await logout({ ...cookie(refreshToken), 'Sec-Fetch-Site': 'cross-site' });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    expect(await call(token)).toBe(200);
  });

  it('that could not be done keeps the cookie, and says so', async () => {
    const { refreshToken } = await browserLogin();
    for (const verb of ['compareAndSet', 'putIfAbsent', 'put'] as const) own.state.failing.add(verb);
    const answer = await logout(cookie(refreshToken));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    own.state.failing.clear();
    expect((await refresh(cookie(refreshToken))).status).toBe(200);
  });
});
