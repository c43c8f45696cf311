/** Sessions end on the server, whatever the browser still sends. */

import { describe, expect, it } from 'vitest';
import { createAuth } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { type WebApp, webApps } from '../support/web-app.ts';

/** Writes another stamp into the one session that is stored. */
const rewrite = (web: WebApp, change: (stamp: Record<string, unknown>) => unknown): void => {
  const [[id, stored]] = Object.entries(web.sessions.stored()) as [[string, Record<string, unknown>]];
  const passport = stored['passport'] as { user: Record<string, unknown> } | undefined;
  if (passport === undefined) stored['ostiary'] = change(stored['ostiary'] as Record<string, unknown>);
  else passport.user = change(passport.user) as Record<string, unknown>;
  web.sessions.set(id, stored as never);
};

describe.each(webApps)('the end of a session with $adapter on Express $version', ({ adapter, make }) => {
  it('refuses the next request of a user who was deleted', async () => {
    const web = make();
    const browser = await web.signedIn();
    web.users.rows.shift();
    expect((await browser.get('/me')).status).toBe(401);
  });

  it.each(['disabled', 'pending'] as const)('refuses the next request of a user who is %s', async (state) => {
    const web = make();
    const browser = await web.signedIn();
    const [row] = web.users.rows;
    Object.assign(row ?? {}, { state });
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('refuses the next request after the password was changed in the table', async () => {
    const web = make();
    const browser = await web.signedIn();
    Object.assign(web.users.rows[0] ?? {}, { hash: 'plain:1:another' });
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('refuses the next request after all sessions of the user were ended', async () => {
    const web = make();
    const [phone, laptop, bob] = [
      await web.signedIn(),
      await web.signedIn(),
      await web.signedIn('bob', '456'),
    ];
    await web.auth.sessions.endAll(1);
    expect((await phone.get('/me')).status).toBe(401);
    expect((await laptop.get('/me')).status).toBe(401);
    expect((await bob.get('/me')).status).toBe(200);
  });

  it('ends one session and leaves the user’s other sessions alone', async () => {
    const web = make();
    const [phone, laptop] = [await web.signedIn(), await web.signedIn()];
    await phone.post('/logout');
    expect((await laptop.get('/me')).status).toBe(200);
  });

  it('ends after the idle time, and not before', async () => {
    const web = make({ sessions: { idle: '30m', absolute: '12h' } });
    const browser = await web.signedIn();
    web.clock.advance(30 * 60);
    expect((await browser.get('/me')).status).toBe(200);
    web.clock.advance(30 * 60 + 1);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('ends after the absolute time, however often it is used', async () => {
    const web = make({ sessions: { idle: '30m', absolute: '2h' } });
    const browser = await web.signedIn();
    const statuses: number[] = [];
    for (let minutes = 20; minutes <= 120; minutes += 20) {
      web.clock.advance(20 * 60);
      statuses.push((await browser.get('/me')).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 401]);
  });

  it('does not believe a session that has pushed its own end away', async () => {
    const web = make({ sessions: { idle: '30m', absolute: '2h' } });
    const browser = await web.signedIn();
    rewrite(web, (stamp) => ({ ...stamp, end: 9_999_999_999, seen: 9_999_999_999 }));
    web.clock.advance(2 * 3600);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it.each([
    ['a text', () => 'garbage'],
    ['a number', () => 7],
    ['the id alone, as an application had it before', () => 1],
    ['true', () => true],
    ['an empty object', () => ({})],
    ['a list', () => [1]],
    ['a stamp of an unknown user', (stamp: object) => ({ ...stamp, user: ['n', '99'] })],
    ['a stamp of another user', (stamp: object) => ({ ...stamp, user: ['n', '2'] })],
    ['a stamp with the id as a text', (stamp: object) => ({ ...stamp, user: ['s', '1'] })],
    ['a stamp with an operator for an id', (stamp: object) => ({ ...stamp, user: { $ne: null } })],
    ['a stamp with another epoch', (stamp: object) => ({ ...stamp, epoch: 'x' })],
    ['a stamp of an unknown secret', (stamp: object) => ({ ...stamp, secretId: '__proto__' })],
    ['a stamp without the time of the login', (stamp: object) => ({ ...stamp, at: undefined })],
  ])('answers 401 for %s in the session, and forgets it', async (_what, change) => {
    const web = make();
    const browser = await web.signedIn();
    rewrite(web, change as never);
    const answer = await browser.get('/me');
    expect([answer.status, answer.body.code]).toEqual([401, 'ERR_TOKEN_MISSING']);
    expect(web.errors).toHaveLength(1);
    expect(JSON.stringify(web.sessions.stored())).not.toMatch(/"user"|ostiary/);
  });

  it('answers 401 for a stamp of another realm with the same secret and the same users', async () => {
    const web = make();
    const other = createAuth({
      ...{ users: web.users, secret: secretA, issuer, hasher: countingHasher(), clock: web.clock },
      realm: 'staff',
    });
    const browser = await web.signedIn();
    const row = await web.users.findById(1);
    const stamp = row && (await other.sessions.start(row));
    expect(await other.sessions.resume(stamp)).not.toBeNull();
    rewrite(web, () => stamp);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it.skipIf(adapter === 'sessionLogin')('answers a public page although the session is garbage', async () => {
    const web = make();
    const browser = await web.signedIn();
    rewrite(web, () => 'garbage');
    expect((await browser.get('/')).status).toBe(200);
  });

  it('stores no session for 400 visits of nobody', async () => {
    const web = make();
    const server = web.app.listen(0);
    try {
      const { port } = server.address() as { port: number };
      const visit = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
      for (let visits = 0; visits < 400; visits += 50) {
        const paths = Array.from({ length: 25 }, () => ['/', '/me']).flat();
        const statuses = new Set(await Promise.all(paths.map(visit)));
        expect(statuses).toEqual(new Set([200, 401]));
      }
    } finally {
      server.close();
    }
    expect(web.sessions.stored()).toEqual({});
  });
});
