/** Requests that another site makes a browser send. */

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { csrf } from '../../src/express/index.ts';
import { expressVersions } from '../support/passport-app.ts';
import { type WebApp, webApps } from '../support/web-app.ts';

const adm = { username: 'adm', password: '123' };
const crossSite: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
];
const titled = crossSite.map((headers) => [JSON.stringify(headers), headers] as const);

const key = async ({ browser }: WebApp, cookie: string | undefined) =>
  (await browser(cookie).get('/me')).body.key;

describe.each(webApps)('forged requests with $adapter on Express $version', ({ make }) => {
  it.each(titled)('refuses a login with %s: nobody is signed in', async (_title, headers) => {
    const web = make();
    const browser = web.browser();
    const answer = await browser.post('/login', adm, headers);
    expect([answer.status, answer.body]).toEqual([
      403,
      { type: 'about:blank', title: 'Forbidden', status: 403, code: 'ERR_CSRF_REJECTED' },
    ]);
    expect(await key(web, browser.cookie)).toBeUndefined();
  });

  it.each(titled)('does not change who is signed in for a login with %s', async (_title, headers) => {
    const web = make();
    const browser = await web.signedIn('bob', '456');
    await browser.post('/login', adm, headers);
    expect(await key(web, browser.cookie)).toBe('2');
  });

  it.each(titled)('refuses a logout with %s: the user stays signed in', async (_title, headers) => {
    const web = make();
    const browser = await web.signedIn();
    expect((await browser.post('/logout', {}, headers)).status).toBe(403);
    expect(await key(web, browser.cookie)).toBe('1');
  });

  it.each(titled)('refuses a logout by a link with %s', async (_title, headers) => {
    const web = make();
    const browser = await web.signedIn();
    expect((await browser.get('/logout', headers)).status).toBe(403);
    expect(await key(web, browser.cookie)).toBe('1');
  });

  it('lets the application’s own pages sign in and out', async () => {
    const web = make();
    const browser = web.browser();
    const own = { Host: 'shop.example', Origin: 'https://shop.example', 'Sec-Fetch-Site': 'same-origin' };
    expect((await browser.post('/login', adm, own)).status).toBe(200);
    expect((await browser.post('/logout', {}, own)).status).toBe(200);
    expect(await key(web, browser.cookie)).toBeUndefined();
  });

  it.each([
    ['the default port in Host', { Host: 'shop.example:443', Origin: 'https://shop.example' }],
    ['an upper-case Host', { Host: 'SHOP.EXAMPLE', Origin: 'https://shop.example' }],
    ['an IPv6 Host', { Host: '[::1]:3000', Origin: 'http://[::1]:3000' }],
  ])('lets a browser without Sec-Fetch-Site sign in with %s', async (_what, headers) => {
    const web = make();
    expect((await web.browser().post('/login', adm, headers)).status).toBe(200);
  });

  it('does not believe a forwarded host', async () => {
    const web = make();
    const headers = { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' };
    expect((await web.browser().post('/login', adm, headers)).status).toBe(403);
  });
});

describe.each(webApps.filter(({ adapter }) => adapter !== 'logIn'))(
  'guarded routes with $adapter on Express $version',
  ({ make }) => {
    it.each(['post', 'put', 'patch', 'delete'] as const)(
      'refuses a forged %s of a signed-in user',
      async (method) => {
        const web = make();
        const { cookie } = await web.signedIn();
        const send = (headers: Record<string, string>) =>
          request(web.app)[method]('/act').set('Cookie', String(cookie)).set(headers);
        for (const headers of crossSite) expect((await send(headers)).status).toBe(403);
        expect((await send({})).status).toBe(200);
        expect((await send({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
      },
    );

    it.each(['get', 'head', 'options'] as const)('lets a %s come from anywhere', async (method) => {
      const web = make();
      const { cookie } = await web.signedIn();
      for (const headers of crossSite) {
        const answer = await request(web.app)[method]('/act').set('Cookie', String(cookie)).set(headers);
        expect(answer.status).toBe(200);
      }
    });

    it('tells a forged request of nobody that it lacks a session, not where it came from', async () => {
      const web = make();
      const answer = await web.browser().post('/act', {}, { Origin: 'https://evil.example' });
      expect([answer.status, answer.body.code]).toEqual([401, 'ERR_TOKEN_MISSING']);
    });

    it('refuses a form that posts JSON as text', async () => {
      const web = make();
      const { cookie } = await web.signedIn();
      const answer = await request(web.app)
        .post('/act')
        .set({ Cookie: String(cookie), 'Content-Type': 'text/plain', Origin: 'null' })
        .send('{"transfer":1000}');
      expect(answer.status).toBe(403);
    });

    it('refuses a forged POST that a method override made a GET', async () => {
      const web = make({
        before: (req, _res, next) => {
          const method = req.headers['x-http-method-override'];
          // As the package method-override does it.
          Object.assign(req, { originalMethod: req.method });
          if (typeof method === 'string') req.method = method;
          next();
        },
      });
      const browser = await web.signedIn();
      const override = { 'X-HTTP-Method-Override': 'GET', Origin: 'https://evil.example' };
      expect((await browser.post('/act', {}, override)).status).toBe(403);
    });

    it('refuses a forged GET that a method override made a DELETE', async () => {
      const web = make({
        before: (req, _res, next) => {
          Object.assign(req, { originalMethod: req.method });
          if (req.query['_method'] === 'DELETE') req.method = 'DELETE';
          next();
        },
      });
      const browser = await web.signedIn();
      expect((await browser.get('/act?_method=DELETE', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    });
  },
);

describe.each(expressVersions)('csrf() on Express $version', ({ express }) => {
  const make = (origins?: readonly string[]) => {
    const app = express();
    app.all('/host', csrf(origins === undefined ? undefined : { origins }), (_req, res) => {
      res.send('done');
    });
    return app;
  };

  it.each(titled)(
    'refuses a POST with %s, with a status that Express answers by itself',
    async (_title, headers) => {
      expect((await request(make()).post('/host').set(headers)).status).toBe(403);
    },
  );

  it('lets a GET, the own pages and listed origins pass', async () => {
    const app = make(['https://admin.example']);
    expect((await request(app).get('/host').set('Origin', 'https://evil.example')).status).toBe(200);
    expect((await request(app).post('/host')).status).toBe(200);
    const listed = { Origin: 'https://admin.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await request(app).post('/host').set(listed)).status).toBe(200);
    expect((await request(make()).post('/host').set(listed)).status).toBe(403);
  });
});
