/** Requests that overtake each other. */

import { describe, expect, it } from 'vitest';
import { webApps } from '../support/web-app.ts';

const adm = { username: 'adm', password: '123' };

/** A promise that the test resolves, and one that says that somebody waits for it. */
const gate = () => {
  let open = (): void => undefined;
  let arrive = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const wait = (): Promise<void> => {
    arrive();
    return opened;
  };
  return { open, arrived, wait };
};

describe.each(webApps)('races with $adapter on Express $version', ({ make }) => {
  it('stays signed out when a slow request saves the session after the logout', async () => {
    const { open, arrived, wait } = gate();
    const web = make({ slow: wait });
    const browser = await web.signedIn();
    const before = browser.cookie;
    const slow = web.browser(before).get('/slow');
    await arrived;
    expect((await browser.post('/logout')).status).toBe(200);
    open();
    expect((await slow).status).toBe(200);
    expect(JSON.stringify(web.sessions.stored())).toContain('"visits":1');
    expect((await web.browser(before).get('/me')).status).toBe(401);
    expect((await browser.get('/me')).status).toBe(401);
  });

  it('keeps the old session dead when a slow request saves it after a new login', async () => {
    const { open, arrived, wait } = gate();
    const web = make({ slow: wait });
    const browser = await web.signedIn();
    const before = browser.cookie;
    const slow = web.browser(before).get('/slow');
    await arrived;
    expect((await browser.post('/login', adm)).status).toBe(200);
    open();
    await slow;
    expect(JSON.stringify(web.sessions.stored())).toContain('"visits":1');
    expect((await web.browser(before).get('/me')).status).toBe(401);
    expect((await browser.get('/me')).status).toBe(200);
  });

  it('never mixes two users up while two tabs sign in and out', async () => {
    const web = make();
    const tab = async (login: string, password: string, key: string) => {
      const wrong: unknown[] = [];
      const browser = web.browser();
      for (let round = 0; round < 15; round += 1) {
        const answer = await browser.post('/login', { username: login, password });
        if (answer.status !== 200) wrong.push(answer.status);
        const me = await browser.get('/me');
        if (me.body.key !== key || me.body.auth.sub !== key) wrong.push(me.body);
        await browser.post('/logout');
        const out = await browser.get('/me');
        if (out.status !== 401) wrong.push(out.body);
      }
      return wrong;
    };
    const tabs = [
      tab('adm', '123', '1'),
      tab('bob', '456', '2'),
      tab('adm', '123', '1'),
      tab('bob', '456', '2'),
    ];
    expect((await Promise.all(tabs)).flat()).toEqual([]);
  });

  it('never shows one user the other while two tabs share one cookie', async () => {
    const web = make();
    const start = await web.signedIn();
    const wrong: unknown[] = [];
    const jar = { cookie: start.cookie };
    const act = async (path: string, form: Record<string, string> = {}) => {
      const browser = web.browser(jar.cookie);
      await browser.post(path, form);
      jar.cookie = browser.cookie;
      const { status, body } = await browser.get('/me');
      // The row and what the guard says of it must be of one user, whoever that is by now.
      if (status === 200 && body.key !== body.auth.sub) wrong.push(body);
      if (status !== 200 && status !== 401) wrong.push(status);
    };
    for (let round = 0; round < 15; round += 1) {
      await Promise.all([
        act('/login', adm),
        act('/login', { username: 'bob', password: '456' }),
        act('/logout'),
        act('/login', adm),
      ]);
    }
    expect(wrong).toEqual([]);
    const unexpected = web.errors.filter((error) => Reflect.get(error as object, 'status') !== 401);
    expect(unexpected).toEqual([]);
  });
});
