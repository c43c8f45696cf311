import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LegacyTokens } from '../../src/index.ts';
import { type ApiClient, apiClient, tokenHeaders } from './api-client.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

const secret = 'mysecret';
/** The day on the page will have passed some day. */
const nextYear = `${new Date().getUTCFullYear() + 1}-06-30`;
let app: SnippetApp;

beforeAll(() => {
  const snippets = snippetsOf('docs/guides/migrating-tokens.md');
  app = compileSnippets(snippets.map((snippet) => snippet.replace(/\b20\d\d-\d\d-\d\d\b/, nextYear)));
}, 60_000);

afterAll(() => app?.remove());

describe('the API of the guide', { timeout: 30_000 }, () => {
  let server: Awaited<ReturnType<SnippetApp['serve']>>;
  let api: ApiClient;
  const asking = async (token: string): Promise<unknown> => {
    const { status, body } = await api.get('/clientes', { 'x-access-token': token });
    return status === 200 ? body : status;
  };

  beforeAll(async () => {
    server = await app.serve(0);
    api = apiClient(server.url);
  }, 30_000);

  afterAll(() => server?.stop());

  it('compiles', () => {
    expect(app.problems).toEqual([]);
  });

  it.each(tokenHeaders)(
    'takes an old token in %s, until its logout, and counts it',
    async (name, headersOf) => {
      const token = jwt.sign({ id: 7, for: name }, secret);
      const headers = headersOf(token);
      expect(await api.get('/clientes', headers)).toMatchObject({ status: 200, body: [{ askedBy: '7' }] });
      expect(server.printed()).toContain('an old token of 7');
      expect((await api.logout(headers)).status).toBe(200);
      expect((await api.get('/clientes', headers)).status).toBe(401);
      expect(await asking(jwt.sign({ id: 7 }, secret, { expiresIn: '30d' }))).toEqual([{ askedBy: '7' }]);
    },
  );

  it('takes a new one beside it', async () => {
    expect(await asking(await api.token('ann@example.com'))).toEqual([{ askedBy: '7' }]);
  });

  it('refuses what was made for something else, with another secret, or is over', async () => {
    const refused = [
      jwt.sign({ id: 7, purpose: 'reset' }, secret),
      jwt.sign({ id: '7' }, secret),
      jwt.sign({ mail: 'ann@example.com' }, secret),
      jwt.sign({ id: 7 }, 'guessed'),
      jwt.sign({ id: 7 }, secret, { expiresIn: -1 }),
      jwt.sign({ id: 7 }, secret, { algorithm: 'HS512' }),
    ];
    expect(await Promise.all(refused.map(asking))).toEqual(refused.map(() => 401));
  });

  it('says at the start that its secret is short', () => {
    expect(server.complained()).toContain('OSTIARY_LEGACY_SECRET_SHORT');
  });
});

describe('the function of the guide', () => {
  it('says what the old rules were', async () => {
    const made = (await app.load(1)) as unknown as { legacy(key: string): LegacyTokens };
    const { claims } = made.legacy(secret);
    const genuine = { iss: 'old-shop', aud: 'web', sub: '7' };
    expect(claims(genuine)).toEqual({ sub: 7, roles: [] });
    expect(claims({ ...genuine, role: 'admin', perms: ['read:orders', 'write:orders'] })).toEqual({
      ...{ sub: 7, roles: ['admin'], scope: 'read:orders' },
    });
    expect(claims({ ...genuine, perms: [] })).toEqual({ sub: 7, roles: [], scope: '' });
    expect([claims({ ...genuine, iss: 'x' }), claims({ ...genuine, aud: 'x' })]).toEqual([null, null]);
  });
});
