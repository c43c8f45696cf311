/** A store that fails must not leave half a login or half a logout behind. */

import { describe, expect, it } from 'vitest';
import { type WebApp, webApps } from '../support/web-app.ts';

const adm = { username: 'adm', password: '123' };

/** Whether any stored session would sign somebody in. */
const livingSessions = async ({ auth, sessions }: WebApp) => {
  const stamps = Object.values(sessions.stored()).map((stored) => {
    const { passport, ostiary } = stored as { passport?: { user?: unknown }; ostiary?: unknown };
    return passport?.user ?? ostiary;
  });
  const resumed = await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)));
  return resumed.filter((session) => session !== null).length;
};

describe.each(webApps)('a failing store with $adapter on Express $version', ({ adapter, make }) => {
  it.each([
    { what: 'calls back with an error', throws: false },
    { what: 'throws', throws: true },
  ])('fails the login when saving the session once $what, and leaves no half of it', async ({ throws }) => {
    const web = make();
    web.sessions.throws = throws;
    web.sessions.failures.set = 1;
    const browser = web.browser();
    expect((await browser.post('/login', adm)).status).toBe(500);
    expect(web.errors).toMatchObject([{ message: 'the session store is down: set' }]);
    expect((await browser.get('/me')).status).toBe(401);
    expect(await livingSessions(web)).toBe(0);
  });

  it('leaves no half of a login when the session store is down for long', async () => {
    const web = make();
    web.sessions.failures.set = 2;
    const browser = web.browser();
    expect((await browser.post('/login', adm)).status).toBe(500);
    expect((await browser.get('/me')).status).toBe(401);
    expect(await livingSessions(web)).toBe(0);
  });

  it('leaves no half of a login when the state store cannot deny it either', async () => {
    const web = make();
    web.sessions.failures.set = 1;
    web.state.broken.add('putIfAbsent').add('compareAndSet');
    const browser = web.browser();
    expect((await browser.post('/login', adm)).status).toBe(500);
    web.state.broken.clear();
    expect((await browser.get('/me')).status).toBe(401);
    expect(await livingSessions(web)).toBe(0);
  });

  it('keeps a login that was saved when a later save of the same request fails', async () => {
    const web = make();
    const { set } = web.sessions;
    let saves = 0;
    web.sessions.set = (id, data, callback) => {
      saves += 1;
      if (saves === 2) web.sessions.failures.set = 1;
      set.call(web.sessions, id, data, callback);
    };
    const browser = web.browser();
    expect((await browser.post('/login', adm)).status).toBe(200);
    expect(saves).toBeGreaterThan(1);
    expect((await browser.get('/me')).status).toBe(200);
  });

  it('fails the login when the session cannot be regenerated, and the old session is over too', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    web.sessions.failures.destroy = 1;
    expect((await browser.post('/login', adm)).status).toBe(500);
    expect(web.errors).toMatchObject([{ message: 'the session store is down: destroy' }]);
    expect((await browser.get('/me')).status).toBe(401);
    expect((await web.browser(before).get('/me')).status).toBe(401);
    expect(await livingSessions(web)).toBe(0);
  });

  it('fails the login when the old session cannot be denied', async () => {
    const web = make();
    const browser = await web.signedIn();
    web.state.broken.add('putIfAbsent').add('compareAndSet');
    const answer = await browser.post('/login', { username: 'bob', password: '456' });
    expect([answer.status, answer.headers['retry-after'], answer.body.code]).toEqual([
      503,
      '1',
      'ERR_STATE_UNAVAILABLE',
    ]);
    const { body } = await browser.get('/me');
    expect(body.key).not.toBe('2');
  });

  it('fails the login when the state store is down, for known and unknown users alike', async () => {
    const web = make();
    web.state.broken.add('get');
    const known = await web.browser().post('/login', adm);
    const unknown = await web.browser().post('/login', { username: 'nobody', password: '123' });
    expect(known.status).toBe(503);
    expect(known.headers['retry-after']).toBe('1');
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    expect(web.sessions.stored()).toEqual({});
  });

  it.each([
    { what: 'calls back with an error', throws: false },
    { what: 'throws', throws: true },
  ])(
    'says that a logout failed when the session store $what, and signs out all the same',
    async ({ throws }) => {
      const web = make();
      const browser = await web.signedIn();
      const before = browser.cookie;
      web.sessions.throws = throws;
      if (adapter === 'sessionLogin') web.sessions.failures.destroy = 1;
      else web.sessions.failures.set = 1;
      const answer = await browser.post('/logout');
      expect([answer.status, answer.text]).toEqual([500, 'failed']);
      expect((await browser.get('/me')).status).toBe(401);
      expect((await web.browser(before).get('/me')).status).toBe(401);
      expect(await livingSessions(web)).toBe(0);
    },
  );

  it('says that a logout failed when the stamp cannot be denied, and signs this browser out', async () => {
    const web = make();
    const browser = await web.signedIn();
    const before = browser.cookie;
    web.state.broken.add('putIfAbsent').add('compareAndSet');
    const answer = await browser.post('/logout');
    expect([answer.status, answer.body.code]).toEqual([503, 'ERR_STATE_UNAVAILABLE']);
    web.state.broken.clear();
    expect((await browser.get('/me')).status).toBe(401);
    expect((await web.browser(before).get('/me')).status).toBe(401);
  });

  it('lets nobody in while the state store is down, and says when to try again', async () => {
    const web = make();
    const browser = await web.signedIn();
    web.state.broken.add('get');
    const answer = await browser.get('/me');
    expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([
      503,
      '1',
      {
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        code: 'ERR_STATE_UNAVAILABLE',
        retryAfterSeconds: 1,
      },
    ]);
    web.state.broken.clear();
    expect((await browser.get('/me')).status).toBe(200);
  });
});
