import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuthCore } from '../../src/index.ts';
import type { JwtKey, KeyRingEntry } from '../../src/jwt/index.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { compileSnippets, type SnippetApp, snippetsOf } from './snippets.ts';

const guide = 'docs/guides/key-rotation.md';
const snippets = snippetsOf(guide);
const [may, november] = [keysFor('ES256').privateKey, keysFor('ES256', 'other').privateKey];
const ann = { customer_id: 7, mail: 'Ann@example.com', pwd: null, mail_verified: true, name: 'Ann' };

interface Shop {
  readonly auth: AuthCore<typeof ann>;
  readonly app: Express;
}

let compiled: SnippetApp;
let shop: (keys: readonly KeyRingEntry[]) => Shop;
let stock: (jwksUrl: string) => Express;
let rings: Readonly<Record<'before' | 'added' | 'switched' | 'retired', readonly KeyRingEntry[]>>;
const servers: Server[] = [];

beforeAll(async () => {
  compiled = compileSnippets(snippets);
  process.env['AUTH_SECRET'] = secretA;
  const named = (name: string) =>
    compiled.load(snippets.findIndex((text) => text.startsWith(`// ${name}.ts`)));
  shop = (await named('shop'))['shop'] as typeof shop;
  stock = (await named('stock'))['stock'] as typeof stock;
  const { steps } = await named('steps');
  rings = (steps as (may: JwtKey, november: JwtKey) => typeof rings)(may, november);
}, 60_000);

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

afterAll(() => {
  delete process.env['AUTH_SECRET'];
  compiled?.remove();
});

async function serve(app: Express): Promise<string> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const tokenOf = async ({ auth }: Shop): Promise<string> => (await auth.tokens.issue(ann)).accessToken;
const accepts = ({ auth }: Shop, token: string): Promise<boolean> =>
  auth.tokens.verify(token).then(
    () => true,
    () => false,
  );
const kidsOf = async ({ auth }: Shop) =>
  (await auth.tokens.jwks()).keys.map((key) => Reflect.get(key, 'kid'));

describe('the guide on key rotation', () => {
  it('compiles', () => {
    expect(compiled.problems).toEqual([]);
  });

  it('takes its secrets from one variable', async () => {
    process.env['AUTH_SECRETS'] = `${secretA} ${secretB}`;
    const { auth } = (await compiled.load(0)) as unknown as Shop;
    delete process.env['AUTH_SECRETS'];
    expect(await auth.tokens.verify(await tokenOf({ auth } as Shop))).toMatchObject({ sub: '7' });
  });

  it('makes a key that signs', async () => {
    const [, command = ''] = /```sh\nnode -e "(.*)"\n```/.exec(readFileSync(guide, 'utf8')) ?? [];
    const key = execFileSync(process.execPath, ['-e', command], { encoding: 'utf8' });
    const made = shop([{ kid: 'made', algorithm: 'ES256', key }]);
    expect(await accepts(made, await tokenOf(made))).toBe(true);
  });

  it('has steps each of which takes what its neighbours sign', async () => {
    const { before, added, switched, retired } = rings;
    const shops = [before, added, switched, retired].map(shop);
    const tokens = await Promise.all(shops.map(tokenOf));
    for (const [step, running] of shops.entries()) {
      for (const token of tokens.slice(Math.max(0, step - 1), step + 2)) {
        // The last token of the old key is over by then.
        const isOver = step === 3 && token === tokens[1];
        expect(await accepts(running, token), `step ${step}`).toBe(!isOver);
      }
    }
    expect(await accepts(shops[3] as Shop, tokens[0] ?? '')).toBe(false);
    expect(await Promise.all(shops.map(kidsOf))).toEqual([
      ['2026-05'],
      ['2026-05', '2026-11'],
      ['2026-11', '2026-05'],
      ['2026-11'],
    ]);
  });

  it('moves from the secret to ES256, as its table says', async () => {
    const key = { kid: '2026-11', algorithm: 'ES256', key: november } as const;
    const steps = [shop([{ ...key, use: 'verify' }]), shop([key])] as const;
    const tokens = await Promise.all(steps.map(tokenOf));
    const algorithms = tokens.map(
      (token) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg,
    );
    expect(algorithms).toEqual(['HS256', 'ES256']);
    for (const running of steps) for (const token of tokens) expect(await accepts(running, token)).toBe(true);
    expect(await Promise.all(steps.map(kidsOf))).toEqual([['2026-11'], ['2026-11']]);
  });

  it('has a service that checks with the keys it fetches', async () => {
    const selling = shop(rings.switched);
    const url = await serve(selling.app);
    const storing = await serve(stock(`${url}/.well-known/jwks.json`));
    const ask = (token: string) =>
      fetch(`${storing}/stock`, { headers: { Authorization: `Bearer ${token}` } });
    const answer = await ask(await tokenOf(selling));
    expect([answer.status, await answer.json()]).toEqual([200, { for: '7' }]);
    expect((await ask(await tokenOf(shop(rings.before)))).status).toBe(200);
    const foreign = shop([{ kid: '2026-11', algorithm: 'ES256', key: may }]);
    expect((await ask(await tokenOf(foreign))).status).toBe(401);
    const published = await fetch(`${url}/.well-known/jwks.json`);
    expect(published.headers.get('cache-control')).toBe('public, max-age=300');
  });

  it('has a service that lets nobody in when the keys cannot be had', async () => {
    const storing = await serve(stock('http://127.0.0.1:1/.well-known/jwks.json'));
    const token = await tokenOf(shop(rings.before));
    const { status, headers } = await fetch(`${storing}/stock`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([status, headers.get('retry-after')]).toEqual([503, '30']);
  });
});
