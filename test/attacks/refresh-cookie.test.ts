/** A refresh token in a cookie: what other sites, other hosts of the domain and other tabs can do to it. */

import request, { type Response } from 'supertest';
import { describe, expect, it } from 'vitest';
import type { DoorParts } from '../support/door.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type Jar, jarOf, refreshApp, setCookies } from '../support/refresh-app.ts';
import { tally } from '../support/token-verdict.ts';

const name = '__Host-refresh';
const crossSite: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
];
const strict = { tokens: { refresh: { grace: 0 } } };

describe.each(expressVersions)('a refresh cookie on Express $version', ({ express }) => {
  const signedIn = async (parts: DoorParts<never> = {}) => {
    const made = refreshApp(express, {}, parts);
    const jar = jarOf(made.app);
    jar.receive(await jar.send('/login'));
    return { ...made, jar };
  };

  it.each(['get', 'post'] as const)(
    'is not used up, and not removed, by a %s of another site',
    async (method) => {
      const { jar, state } = await signedIn(strict);
      state.calls.length = 0;
      for (const site of crossSite) {
        for (const path of method === 'get' ? ['/token'] : ['/token', '/logout']) {
          const answer = jar.receive(await jar.send(path, site, method));
          expect([answer.status, answer.body.code, setCookies(answer)]).toEqual([
            403,
            'ERR_CSRF_REJECTED',
            [],
          ]);
        }
      }
      expect(state.calls).toEqual([]);
      // With a grace of zero, one use would have been the last.
      expect((await jar.send('/token')).status).toBe(200);
    },
  );

  it('cannot be planted by a host of the same domain, nor hidden behind another', async () => {
    const { jar, app } = await signedIn(strict);
    const own = jar.cookies.get(name) ?? '';
    const other = (await signedIn()).jar.cookies.get(name) ?? '';
    const ask = (Cookie: string) => request(app).post('/token').set({ Cookie });
    for (const planted of [`${name}=${other}; ${name}=${own}`, `${name}=${own}; ${name}=${other}`]) {
      const answer = await ask(planted);
      expect([answer.status, answer.body.code, setCookies(answer)]).toEqual([
        400,
        'ERR_REQUEST_AMBIGUOUS',
        [],
      ]);
    }
    for (const alike of ['refresh', '__Secure-refresh', '__host-refresh', `${name}2`, `x${name}`]) {
      expect((await ask(`${alike}=${own}`)).body.code).toBe('ERR_TOKEN_INVALID');
    }
    expect((await ask(`refresh=${other}; ${name}=${own}; __Secure-refresh=${other}`)).status).toBe(200);
  });

  /** Two tabs that send the same cookie at once; their answers arrive in this order. */
  const bothTabs = async (jar: Jar, order: readonly number[]): Promise<readonly Response[]> => {
    const answers = await Promise.all([jar.send('/token'), jar.send('/token')]);
    for (const index of order) if (answers[index] !== undefined) jar.receive(answers[index]);
    return answers;
  };

  it.each([[[0, 1]], [[1, 0]], [[0]], [[1]]])(
    'that two tabs use at once stays good for both, when answers arrive as %j',
    async (order) => {
      const { jar, events } = await signedIn();
      for (let round = 0; round < 5; round += 1) {
        const answers = await bothTabs(jar, order);
        expect(tally(answers.map(({ status }) => String(status)))).toEqual({ 200: 2 });
        expect(new Set(answers.map((answer) => setCookies(answer).join())).size).toBe(1);
      }
      expect(jar.receive(await jar.send('/token')).status).toBe(200);
      expect(events.filter((event) => event.name === 'token.reused')).toEqual([]);
    },
  );

  it.each([[[0, 1]], [[1, 0]]])(
    'of the tab that won is not removed by the one that lost, when answers arrive as %j',
    async (order) => {
      const { jar } = await signedIn(strict);
      const answers = await bothTabs(jar, order);
      const won = answers.filter(({ status }) => status === 200);
      const lost = answers.filter(({ status }) => status === 401);
      expect([won.length, lost.length]).toEqual([1, 1]);
      expect(lost.flatMap(setCookies)).toEqual([]);
      expect(jar.cookies.get(name)).toBe(/=([^;]+)/.exec(won.flatMap(setCookies)[0] ?? '')?.[1]);
    },
  );

  it('stays where it is when the store is down, and works again when it is not', async () => {
    const { jar, state } = await signedIn(strict);
    const down = async (verb: 'get' | 'compareAndSet', path: string): Promise<void> => {
      state.failing.add(verb);
      const answer = jar.receive(await jar.send(path));
      state.failing.clear();
      expect([answer.status, setCookies(answer), answer.headers['retry-after']]).toEqual([503, [], '1']);
    };
    await down('get', '/token');
    await down('compareAndSet', '/token');
    await down('get', '/logout');
    expect(jar.receive(await jar.send('/token')).status).toBe(200);
  });

  it('is kept by nobody on the way, whatever the answer', async () => {
    const { jar, app } = await signedIn();
    const answers = [
      await jar.send('/token', crossSite[0]),
      await request(app).post('/token'),
      await request(app)
        .post('/token')
        .set({ Cookie: `${name}=a; ${name}=b` }),
      jar.receive(await jar.send('/token')),
      await jar.send('/logout'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 401, 400, 200, 204]);
    expect(answers.map(({ headers }) => headers['cache-control'])).toEqual(Array(5).fill('no-store'));
  });

  it.each(['%', '%E0%A4%A', '"', '""', 'x'.repeat(4096), '__proto__', '.', 'a.b'])(
    'that says %j is a refusal like any other',
    async (value) => {
      const { app, state } = await signedIn();
      state.calls.length = 0;
      const { status, body } = await request(app)
        .post('/token')
        .set({ Cookie: `${name}=${value}` });
      expect([status, body.code]).toEqual([401, 'ERR_TOKEN_INVALID']);
      expect(state.calls).toEqual([]);
    },
  );
});
