/** The list of logins as browsers fill it: each with its name, the present one marked, and gone after a sign-out. */

import { describe, expect, it } from 'vitest';
import { webApps } from '../support/web-app.ts';

const adm = { username: 'adm', password: '123' };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

describe.each(webApps)('the list with $adapter on Express $version', ({ make }) => {
  const listing = () => make({ sessions: { registry: true } });
  const devices = async ({ auth }: ReturnType<typeof make>) =>
    (await auth.sessions.list(1)).map(({ device }) => device).sort();

  it('names each browser and marks the one that asks', async () => {
    const web = listing();
    const [laptop, phone] = [web.browser(), web.browser()];
    await laptop.post('/login', adm, { 'User-Agent': firefox });
    web.clock.advance(1);
    await phone.post('/login', adm, { 'User-Agent': iphone });
    const { body } = await laptop.get('/me');
    expect(await web.auth.sessions.list(1, { current: body.auth.sid })).toMatchObject([
      { device: 'Safari on iPhone', kind: 'session', current: false },
      { device: 'Firefox on Linux', kind: 'session', current: true },
    ]);
  });

  it('keeps nothing of what a browser says but its name', async () => {
    const web = listing();
    await web
      .browser()
      .post('/login', adm, { 'User-Agent': '<script>alert(1)</script> Firefox/1.0 (Linux)' });
    await web.browser().post('/login', adm, { 'User-Agent': '' });
    await web.browser().post('/login', adm, { 'User-Agent': '!'.repeat(4000) });
    expect(await devices(web)).toEqual(['Firefox on Linux', null, null]);
  });

  it('forgets a browser that signs out, and signs one out that is ended from it', async () => {
    const web = listing();
    const [laptop, phone] = [web.browser(), web.browser()];
    await laptop.post('/login', adm, { 'User-Agent': firefox });
    await phone.post('/login', adm, { 'User-Agent': iphone });
    await laptop.post('/logout');
    expect(await devices(web)).toEqual(['Safari on iPhone']);
    const [listed] = await web.auth.sessions.list(1);
    await web.auth.sessions.end({ userId: 1, sessionId: listed?.id ?? '' });
    expect((await phone.get('/me')).status).toBe(401);
    expect(await devices(web)).toEqual([]);
  });

  it('has a browser once that signs in again', async () => {
    const web = listing();
    const laptop = web.browser();
    await laptop.post('/login', adm, { 'User-Agent': firefox });
    await laptop.post('/login', adm, { 'User-Agent': firefox });
    expect(await devices(web)).toEqual(['Firefox on Linux']);
  });

  it('has no login that did not succeed', async () => {
    const web = listing();
    await web.browser().post('/login', { ...adm, password: 'wrong' }, { 'User-Agent': firefox });
    expect(await devices(web)).toEqual([]);
  });
});
