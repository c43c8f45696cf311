import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuthCore } from '../../src/index.ts';
import { secretA } from '../support/fixed-secret.ts';
import { apiClient } from './api-client.ts';
import { apiDoor, serveApi, stopApis } from './served-api.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

interface Ends {
  readonly auth: AuthCore<object>;
  logOut(token: string): Promise<void>;
  endOne(userId: number, sessionId: string): Promise<void>;
  endAll(userId: number): Promise<void>;
}

/** A login of the example, as its client keeps it. */
interface Pair {
  readonly token: string;
  readonly refreshToken: string;
}
type ClientOf = (api: string, pair: Pair) => (path: string) => Promise<Response>;

const credentials = { identifier: 'ann@example.com', password: '123' };
let app: SnippetApp;
let ends: Ends;
let strict: AuthCore<object>;

beforeAll(async () => {
  vi.stubEnv('AUTH_SECRET', secretA);
  app = compileSnippets(snippetsOf('docs/guides/revocation.md'));
  ends = (await app.load(0)) as unknown as Ends;
  strict = (await app.load(1))['strict'] as AuthCore<object>;
}, 60_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  stopApis();
  await Promise.all([ends?.auth.close(), strict?.close()]);
  app?.remove();
});

async function pairOf(auth: AuthCore<object>) {
  const login = await auth.login(credentials);
  if (login.status !== 'signed-in') throw new Error(login.status);
  const { authentication } = login;
  return auth.tokens.issue(login.user, { authentication, refresh: true });
}

describe('the ends of the guide', { timeout: 30_000 }, () => {
  it('compile', () => {
    expect(app.problems).toEqual([]);
  });

  it.each([
    ['the access token', (pair: { accessToken: string }) => ends.logOut(pair.accessToken)],
    ['the refresh token', (pair: { refreshToken?: string }) => ends.logOut(pair.refreshToken ?? '')],
    [
      'its name',
      async (pair: { accessToken: string }) => {
        const { sid = '' } = await ends.auth.tokens.verify(pair.accessToken);
        await ends.endOne(7, sid);
      },
    ],
    ['the user', () => ends.endAll(7)],
  ])('by %s end both tokens at once', async (_, end) => {
    const pair = await pairOf(ends.auth);
    await end(pair);
    await expect(ends.auth.tokens.verify(pair.accessToken)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REVOKED',
    });
    await expect(ends.auth.tokens.refresh(pair.refreshToken ?? '')).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_TOKEN_(REVOKED|INVALID)$/),
    });
  });

  it('without grace come with the second use of a refresh token', async () => {
    const { refreshToken = '' } = await pairOf(strict);
    const next = await strict.tokens.refresh(refreshToken);
    await expect(strict.tokens.refresh(refreshToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REUSED' });
    await expect(strict.tokens.verify(next.accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
  });
});

describe('the client of the guide', { timeout: 30_000 }, () => {
  async function signedIn() {
    const { clientOf } = (await app.load(2)) as unknown as { readonly clientOf: ClientOf };
    const own = apiDoor();
    const url = await serveApi(own);
    const pair = (await apiClient(url).login({ user: 'abc', password: '123' })).body as Pair;
    const client = clientOf(url, pair);
    const call = async () => (await client('/clients')).status;
    const refreshes = () => own.events.filter(({ name }) => name === 'token.refreshed').length;
    return { ...own, pair, call, refreshes };
  }
  const eight = <Answer>(ask: () => Promise<Answer>) => Promise.all(Array.from({ length: 8 }, ask));

  it('refreshes once for all of its calls, and again when the next token is over', async () => {
    const { call, clock, refreshes } = await signedIn();
    expect([await eight(call), refreshes()]).toEqual([Array(8).fill(200), 0]);
    for (const time of [1, 2]) {
      clock.advance(301);
      expect([await eight(call), refreshes()]).toEqual([Array(8).fill(200), time]);
    }
  });

  it('says to each call that the login is over', async () => {
    const { call, auth, pair } = await signedIn();
    await auth.tokens.revoke(pair.refreshToken);
    const answers = await eight(() => call().catch((error: Error) => error.message));
    expect(answers).toEqual(Array(8).fill('no refresh: 401'));
  });
});
