/** A session id that somebody else knows must not become the session of the user (CVE-2022-25896, CVE-2023-29019). */

import { describe, expect, it } from 'vitest';
import { type WebApp, webApps } from '../support/web-app.ts';

const adm = { username: 'adm', password: '123' };
const bob = { username: 'bob', password: '456' };

const whoIs = async ({ browser }: WebApp, cookie: string | undefined) => {
  const { status, body } = await browser(cookie).get('/me');
  return status === 200 ? body.key : status;
};

describe.each(webApps)('session ids with $adapter on Express $version', ({ adapter, make }) => {
  it('gives a new id at the login, and the old one stays anonymous', async () => {
    const web = make();
    const browser = web.browser();
    await browser.post('/data', { colour: 'red' });
    const before = browser.cookie;
    await browser.post('/login', adm);
    expect(browser.cookie).not.toBe(before);
    expect(await whoIs(web, browser.cookie)).toBe('1');
    expect(await whoIs(web, before)).toBe(401);
  });

  it('gives a new id when the same user signs in again, and the old one is signed out', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    await browser.post('/login', adm);
    expect(browser.cookie).not.toBe(before);
    expect(await whoIs(web, browser.cookie)).toBe('1');
    expect(await whoIs(web, before)).toBe(401);
  });

  it('gives a new id when another user signs in, and nobody is left behind', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    await browser.post('/login', bob);
    expect(await whoIs(web, browser.cookie)).toBe('2');
    expect(await whoIs(web, before)).toBe(401);
  });

  it('leaves the old session dead also when its record is saved again', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    const [[id, old]] = Object.entries(web.sessions.stored()) as [[string, object]];
    await browser.post('/login', adm);
    web.sessions.set(id, old as never);
    expect(await whoIs(web, before)).toBe(401);
    expect(await whoIs(web, browser.cookie)).toBe('1');
  });

  it('gives a new id at the logout, and the old one is signed out', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    expect((await browser.post('/logout')).status).toBe(200);
    expect(browser.cookie).not.toBe(before);
    expect(await whoIs(web, browser.cookie)).toBe(401);
    expect(await whoIs(web, before)).toBe(401);
  });

  it('gives a new id in place of one that was planted', async () => {
    const web = make();
    const attacker = web.browser();
    await attacker.post('/data', { colour: 'red' });
    const victim = web.browser(attacker.cookie);
    await victim.post('/login', adm);
    expect(victim.cookie).not.toBe(attacker.cookie);
    expect(await whoIs(web, victim.cookie)).toBe('1');
    expect(await whoIs(web, attacker.cookie)).toBe(401);
  });

  it('gives a new id in place of one that no server ever made', async () => {
    const web = make();
    const planted = 'connect.sid=s%3Aplanted.planted';
    const victim = web.browser(planted);
    await victim.post('/login', adm);
    expect(victim.cookie).not.toBe(planted);
    expect(await whoIs(web, planted)).toBe(401);
  });

  it('drops what the session held before the login', async () => {
    const web = make();
    const browser = web.browser();
    await browser.post('/data', { colour: 'red', csrfToken: 'known to the attacker' });
    await browser.post('/login', adm);
    expect((await browser.get('/data')).body).toEqual({});
  });

  it('drops what the session held before the logout', async () => {
    const web = make({ keep: ['cart'] });
    const browser = await web.signedIn();
    await browser.post('/data', { cart: 'books' });
    await browser.post('/logout');
    expect((await browser.get('/data')).body).toEqual({});
  });

  it.skipIf(adapter === 'LocalStrategy')(
    'carries over the keys that the host names and no others',
    async () => {
      const web = make({ keep: ['cart', 'absent'] });
      const browser = web.browser();
      await browser.post('/data', { cart: 'books', colour: 'red' });
      await browser.post('/login', adm);
      expect((await browser.get('/data')).body).toEqual({ cart: 'books' });
      expect(await whoIs(web, browser.cookie)).toBe('1');
    },
  );
});
