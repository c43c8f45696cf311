/** Tokens that a browser sends by itself, in requests that another site makes. */

import { describe, expect, it } from 'vitest';
import { fromBearer, fromCookie, fromHeader } from '../../src/express/index.ts';
import { expressVersions } from '../support/passport-app.ts';
import { guardedPaths, shown, tokenApp } from '../support/token-app.ts';

const unsafe = ['post', 'put', 'patch', 'delete'] as const;
const safe = ['get', 'head', 'options'] as const;
const crossSite: readonly Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
];
const ownPages: readonly Record<string, string>[] = [
  {},
  { 'Sec-Fetch-Site': 'same-origin' },
  { 'Sec-Fetch-Site': 'none' },
  { Host: 'shop.example', Origin: 'https://shop.example' },
  { Origin: 'https://admin.example', 'Sec-Fetch-Site': 'cross-site' },
];

const cases = expressVersions.flatMap(({ version, express }) =>
  guardedPaths.map((path) => ({ version, express, path })),
);

describe.each(cases)('a token on Express $version at $path', ({ express, path }) => {
  const own = (req: { headers: object }) => Reflect.get(req.headers, 'x-own');
  const from = [fromBearer(), fromHeader('x-access-token'), fromCookie('token'), own];
  const rules = { from, origins: ['https://admin.example'] };
  const make = () => tokenApp(express, { guards: [{ ...rules, optional: true }], strategy: rules });
  const byItself = (token: string) => [{ Cookie: `token=${token}` }, { 'X-Own': token }] as const;
  const byThePage = (token: string) =>
    [
      shown(token),
      { 'X-Access-Token': token },
      { ...shown(token), Cookie: `token=${token}` },
      { 'X-Access-Token': token, 'X-Own': token },
    ] as const;

  it.each(unsafe)('that a browser sends by itself does nothing by a %s of another site', async (method) => {
    const { ask, token } = make();
    for (const sent of byItself(await token())) {
      for (const site of crossSite) {
        const { status, headers, body } = await ask({ ...sent, ...site }, { method, path });
        expect([status, headers['www-authenticate'], body.code]).toEqual([
          403,
          undefined,
          'ERR_CSRF_REJECTED',
        ]);
      }
    }
  });

  it.each(unsafe)('that a browser sends by itself works by a %s of the own pages', async (method) => {
    const { ask, token } = make();
    for (const sent of byItself(await token())) {
      for (const site of ownPages)
        expect((await ask({ ...sent, ...site }, { method, path })).status).toBe(200);
    }
  });

  it.each(safe)('that a browser sends by itself works by a %s, which changes nothing', async (method) => {
    const { ask, token } = make();
    for (const sent of byItself(await token())) {
      expect((await ask({ ...sent, ...crossSite[0] }, { method, path })).status).toBe(200);
    }
  });

  it('that a browser sends by itself does nothing by a method that is hidden', async () => {
    const override = (req: object) => Object.assign(req, { method: 'GET', originalMethod: 'POST' });
    const { ask, token } = tokenApp(express, {
      ...{ guards: [rules], strategy: rules },
      before: (req, _res, next) => {
        override(req);
        next();
      },
    });
    const sent = { Cookie: `token=${await token()}`, ...crossSite[0] };
    expect((await ask(sent, { method: 'post', path })).status).toBe(403);
  });

  it.each(unsafe)('that a page must add by itself is exempt: a %s', async (method) => {
    const { ask, token } = make();
    for (const sent of byThePage(await token())) {
      for (const site of crossSite)
        expect((await ask({ ...sent, ...site }, { method, path })).status).toBe(200);
    }
  });

  it('is no excuse for a cookie when the header is empty or of another scheme', async () => {
    const { ask, token } = make();
    const Cookie = `token=${await token()}`;
    for (const more of [{ Authorization: 'Basic YTpi' }, { Authorization: '' }, { 'X-Access-Token': '' }]) {
      const { status } = await ask({ ...more, Cookie, ...crossSite[0] }, { method: 'post', path });
      expect(status).toBe(403);
    }
  });

  it('is not even checked when another site sends it', async () => {
    const { ask, token, state } = make();
    const Cookie = `token=${await token()}`;
    state.calls.length = 0;
    await ask({ Cookie, ...crossSite[0] }, { method: 'post', path });
    expect(state.calls).toEqual([]);
  });
});

describe.each(expressVersions)('a session beside a token on Express $version', ({ express }) => {
  it('is no way around: the token of the header is who asks', async () => {
    const { signedIn, token } = tokenApp(express);
    const browser = await signedIn(1);
    const forged = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await browser.post('/page', {}, forged)).status).toBe(403);
    const { status, body } = await browser.post('/page', {}, { ...forged, ...shown(await token(2)) });
    expect([status, body.auth.sub]).toEqual([200, '2']);
  });
});
