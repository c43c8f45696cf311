import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Door } from '../support/door.ts';
import { issuer, secretA, secretB } from '../support/fixed-secret.ts';
import { type ApiAnswer, type ApiClient, apiClient, tokenHeaders } from './api-client.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';

const clients = [
  { id: 1, name: 'Ann' },
  { id: 2, name: 'Bob' },
];
const paths = ['/clientes', '/clients'];
const loginRefused = { auth: false, message: 'Invalid login!' };
const noToken = { auth: false, message: 'No token provided.' };
const badToken = { auth: false, message: 'Failed to authenticate token.' };
const signedOut = { auth: false, token: null };
const ambiguous = expect.objectContaining({ status: 400, code: 'ERR_REQUEST_AMBIGUOUS' });

let own: Door;
let api: ApiClient;
const serve = async (door: Pick<Door, 'auth'>): Promise<ApiClient> => apiClient(await serveApi(door));

beforeEach(async () => {
  own = apiDoor();
  api = await serve(own);
});

afterEach(async () => {
  stopApis();
  // Whatever a test did, no answer to it holds a secret, a hash or a stack.
  expect(api.heard.join('\n')).not.toMatch(/plain:|passwordHash|\n {4}at /);
  expect(api.heard.join('\n')).not.toContain(secretA);
});

/** What of an answer must be exact. */
const summary = ({ status, body, headers }: ApiAnswer): readonly unknown[] => [
  status,
  body,
  headers.get('www-authenticate'),
];

/** What the state store was asked since the last time, without what only reads. */
function writes(): readonly string[] {
  return own.state.calls.splice(0).filter((call) => !call.startsWith('get '));
}

/** Texts like a token of this API that are none. */
async function badTokens(): Promise<readonly (readonly [string, string])[]> {
  const token = await api.token();
  const [head = '', claims = '', signature = ''] = token.split('.');
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const stranger = await serve(apiDoor({ secret: secretB }));
  return [
    ['no token at all', 'abc'],
    ['two parts', `${head}.${claims}`],
    ['four parts', `${token}.${signature}`],
    ['no signature', `${head}.${claims}.`],
    ['the algorithm none', `${part({ alg: 'none', typ: 'at+jwt' })}.${claims}.`],
    ['another user', `${head}.${part({ ...JSON.parse(atob(claims)), sub: '2' })}.${signature}`],
    ['another signature', `${head}.${claims}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`],
    ['another secret', await stranger.token()],
    ['an object', JSON.stringify({ token })],
    ['a very long text', 'a'.repeat(9000)],
  ];
}

describe('the start page', () => {
  it('says that everything is okay', async () => {
    const { status, body } = await api.get('/');
    expect([status, body]).toEqual([200, { message: 'Everything is okay!' }]);
  });

  it.each(['/nowhere', '/clients/1', '/login', '/logout', '/%E0%A4%A'])(
    'has nothing else: GET %s is JSON',
    async (path) => {
      const { status, body } = await api.get(path);
      expect([status, body]).toEqual([404, { message: 'Not Found' }]);
    },
  );
});

describe('the login', () => {
  it('answers tokens, which nobody keeps', async () => {
    const { status, body, headers } = await api.login({ user: 'abc', password: '123' });
    expect([status, body]).toEqual([
      200,
      {
        auth: true,
        token: expect.stringMatching(/^[\w-]+(\.[\w-]+){2}$/),
        expiresIn: 300,
        refreshToken: expect.stringMatching(/^[\w-]{22}\.[\w-]{48}$/),
      },
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.has('set-cookie')).toBe(false);
    expect(headers.has('x-powered-by')).toBe(false);
  });

  it('says nothing of the user in the token but the id', async () => {
    const [, claims = ''] = (await api.token()).split('.');
    const { iss, aud, client_id, iat, exp, jti, auth_time, ...rest } = JSON.parse(atob(claims));
    expect(exp - iat).toBe(300);
    expect(rest).toEqual({ sub: '1', idt: 'n', amr: ['pwd'], sid: expect.stringMatching(/^[\w-]{22}$/) });
  });

  it.each([
    ['a wrong password', { user: 'abc', password: '1234' }],
    ['an unknown user', { user: 'nobody', password: '123' }],
    ['a user without a password', { user: 'hashless', password: '123' }],
    ['a disabled user', { user: 'gone', password: '123' }],
    ['a user who is not verified', { user: 'new', password: '123' }],
    ['no user', { password: '123' }],
    ['no password', { user: 'abc' }],
    ['nothing', {}],
    ['empty fields', { user: '', password: '' }],
    ['an empty password', { user: 'abc', password: '' }],
    ['null', { user: null, password: null }],
    ['numbers', { user: 'abc', password: 123 }],
    ['booleans', { user: true, password: true }],
    ['lists', { user: ['abc'], password: ['123'] }],
    ['operators of a database', { user: { $ne: '' }, password: { $ne: '' } }],
    ['a password that is too long', { user: 'abc', password: '1'.repeat(5000) }],
    ['a list', []],
    ['a JSON null', 'null'],
    ['a JSON text', '"abc"'],
    ['an empty body', ''],
    ['half a JSON', '{"user":"abc","password":'],
    ['no JSON', 'user=abc&password=123'],
    ['a prototype', '{"__proto__":{"user":"abc","password":"123"}}'],
  ])('refuses %s like any other', async (_, sent) => {
    expect(summary(await api.login(sent))).toEqual([401, loginRefused, `Bearer realm="${issuer}"`]);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'user=abc&password=123'],
    ['a text', 'text/plain', '{"user":"abc","password":"123"}'],
  ])('refuses %s', async (_, type, sent) => {
    const answer = await api.send('POST', '/login', { 'Content-Type': type }, sent);
    expect(summary(answer)).toEqual([401, loginRefused, `Bearer realm="${issuer}"`]);
  });

  it('gives no token for a status that a later version may answer', async () => {
    const { auth } = own;
    const half: typeof auth = {
      ...auth,
      login: async (input) => ({ ...(await auth.login(input)), status: 'second-factor-required' }) as never,
    };
    api = await serve({ auth: half });
    expect(summary(await api.login({ user: 'abc', password: '123' }))).toEqual([
      401,
      loginRefused,
      `Bearer realm="${issuer}"`,
    ]);
  });

  it('reads no query', async () => {
    const { status } = await api.send('POST', '/login?user=abc&password=123');
    expect(status).toBe(401);
  });

  it('refuses a body of more than 100 kB unread', async () => {
    const { status, body } = await api.login({ user: 'abc', password: '1'.repeat(110_000) });
    expect([status, body]).toEqual([413, { message: 'Payload Too Large' }]);
    expect(own.hasher.verified).toEqual([]);
  });
});

describe.each(paths)('%s', (path) => {
  it.each(tokenHeaders)('answers a token in %s', async (_, headersOf) => {
    const { status, body, headers } = await api.get(path, headersOf(await api.token()));
    expect([status, body]).toEqual([200, clients]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers the same token in both headers', async () => {
    const token = await api.token();
    const { status } = await api.get(path, { 'x-access-token': token, Authorization: `Bearer ${token}` });
    expect(status).toBe(200);
  });

  it.each([
    ['no header', {}],
    ['another scheme', { Authorization: 'Basic YWJjOjEyMw==' }],
  ])('refuses %s', async (_, headers: Record<string, string>) => {
    expect(summary(await api.get(path, headers))).toEqual([401, noToken, `Bearer realm="${issuer}"`]);
  });

  it('answers a HEAD with a token like a GET, without the body', async () => {
    const { status, text } = await api.send('HEAD', path, { 'x-access-token': await api.token() });
    expect([status, text]).toEqual([200, '']);
  });

  it('looks for a token nowhere else', async () => {
    const token = await api.token();
    const { status, body } = await api.get(
      `${path}?token=${token}&access_token=${token}&x-access-token=${token}`,
      {
        Cookie: `token=${token}; x-access-token=${token}`,
      },
    );
    expect([status, body]).toEqual([401, noToken]);
  });

  it.each(tokenHeaders)('refuses a bad token in %s', async (_, headersOf) => {
    for (const [what, token] of await badTokens()) {
      const answer = await api.get(path, headersOf(token));
      expect([what, ...summary(answer)]).toEqual([
        what,
        401,
        badToken,
        `Bearer realm="${issuer}", error="invalid_token"`,
      ]);
    }
  });

  it('refuses a token after five minutes', async () => {
    const token = await api.token();
    own.clock.advance(299);
    expect((await api.get(path, { 'x-access-token': token })).status).toBe(200);
    own.clock.advance(1);
    expect(summary(await api.get(path, { 'x-access-token': token }))).toEqual([
      401,
      badToken,
      `Bearer realm="${issuer}", error="invalid_token"`,
    ]);
  });

  it('refuses two different tokens, whatever they are', async () => {
    const [first, second] = [await api.token(), await api.token()];
    for (const [header, bearer] of [
      [first, second],
      [first, 'abc'],
      ['abc', first],
    ]) {
      const answer = await api.get(path, {
        'x-access-token': header ?? '',
        Authorization: `Bearer ${bearer}`,
      });
      expect([answer.status, answer.body]).toEqual([400, ambiguous]);
    }
  });

  it.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])('has no way in by %s', async (method) => {
    const { status, text } = await api.send(method, path);
    expect(status).toBe(401);
    expect(text).not.toContain('Ann');
    const overridden = await api.send('POST', path, { 'X-HTTP-Method-Override': 'GET', 'X-Method': method });
    expect(overridden.status).toBe(401);
  });

  it.each([path.toUpperCase(), `${path}/`, `${path}?`, `/.${path}`])(
    'has no way in by %s',
    async (variant) => {
      expect((await api.get(variant)).status).toBe(401);
    },
  );
});

describe('the logout', () => {
  it.each(tokenHeaders)('ends the token in %s, on every route and in every header', async (_, headersOf) => {
    const [token, other] = [await api.token(), await api.token()];
    const { status, body } = await api.logout(headersOf(token));
    expect([status, body]).toEqual([200, signedOut]);
    for (const path of paths)
      for (const [, anyHeader] of tokenHeaders) {
        const answer = await api.get(path, anyHeader(token));
        expect([answer.status, answer.body]).toEqual([401, badToken]);
        expect((await api.get(path, anyHeader(other))).status).toBe(200);
      }
  });

  // RFC 7515 §2: base64url has more than one text for the same bytes, which a list of texts does not know.
  it('ends every other spelling of the token', async () => {
    const token = await api.token();
    await api.logout({ 'x-access-token': token });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const spelling of [...alphabet].map((last) => token.slice(0, -1) + last).concat(`${token}=`))
      expect((await api.get('/clients', { 'x-access-token': spelling })).status).toBe(401);
  });

  it('of a missing or a bad token is refused as anywhere, and writes nothing', async () => {
    const dead = await api.token();
    await api.logout({ 'x-access-token': dead });
    const bad = await badTokens();
    writes();
    for (const headers of [
      {},
      { 'x-access-token': dead },
      { 'x-access-token': '' },
      ...bad.map(([, token]) => ({ 'x-access-token': token })),
    ]) {
      const answer = await api.logout(headers as Record<string, string>);
      const isMissing = !Object.values(headers).some(Boolean);
      expect([answer.status, answer.body]).toEqual([401, isMissing ? noToken : badToken]);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    expect(writes()).toEqual([]);
  });

  it('of a token that is over does not say that it ended anything', async () => {
    const token = await api.token();
    own.clock.advance(301);
    writes();
    const { status, body } = await api.logout({ 'x-access-token': token });
    expect([status, body]).toEqual([401, badToken]);
    expect(writes()).toEqual([]);
  });

  it('refuses two different tokens and ends neither', async () => {
    const [first, second] = [await api.token(), await api.token()];
    writes();
    const answer = await api.logout({ 'x-access-token': first, Authorization: `Bearer ${second}` });
    expect([answer.status, answer.body]).toEqual([400, ambiguous]);
    expect(writes()).toEqual([]);
    for (const token of [first, second])
      expect((await api.get('/clients', { 'x-access-token': token })).status).toBe(200);
  });

  it('is not done by a link', async () => {
    const token = await api.token();
    expect((await api.get('/logout', { 'x-access-token': token })).status).toBe(404);
    expect((await api.get('/clients', { 'x-access-token': token })).status).toBe(200);
  });
});

describe('a state store that is down', () => {
  const unavailable = expect.objectContaining({ status: 503, code: 'ERR_STATE_UNAVAILABLE' });

  it.each(paths)('lets nobody in at %s', async (path) => {
    const token = await api.token();
    own.state.failing.add('get');
    for (const [, headersOf] of tokenHeaders) {
      const { status, body, headers } = await api.get(path, headersOf(token));
      expect([status, body]).toEqual([503, unavailable]);
      expect(headers.has('retry-after')).toBe(true);
    }
  });

  it('logs nobody in', async () => {
    own.state.failing.add('get');
    const { status, body } = await api.login({ user: 'abc', password: '123' });
    expect([status, body]).toEqual([503, unavailable]);
  });

  it.each([['get'], ['compareAndSet', 'putIfAbsent', 'put']] as const)(
    'logs nobody out and says so, when it fails for %s',
    async (...verbs) => {
      const token = await api.token();
      for (const verb of verbs) own.state.failing.add(verb);
      const { status, body } = await api.logout({ 'x-access-token': token });
      expect([status, body]).toEqual([503, unavailable]);
    },
  );
});

describe('a flood of logins', () => {
  it('is refused with 503, and says when to try again', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { hasher } = own;
    const slow = { ...hasher, concurrency: 1, verify: () => gate.then(() => false) };
    api = await serve(apiDoor({ hasher: slow }));
    // One at work and 32 waiting are what one address may have.
    const refused: ApiAnswer[] = [];
    const flood = Array.from({ length: 40 }, () => api.login({ user: 'abc', password: '123' }));
    await new Promise<void>((resolve) => {
      for (const login of flood)
        login.then((answer) => {
          if (refused.push(answer) === 7) resolve();
        }, resolve);
    });
    for (const { status, body, headers } of refused) {
      expect([status, body]).toEqual([503, expect.objectContaining({ code: 'ERR_SERVER_BUSY' })]);
      expect(headers.get('retry-after')).toBe('1');
    }
    release();
    expect((await Promise.all(flood)).filter(({ status }) => status === 401)).toHaveLength(33);
  });
});
