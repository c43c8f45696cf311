/** Prototype pollution: what comes in changes no prototype, and a polluted prototype opens no door. */

import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { requireAuth } from '../../src/express/index.ts';
import { webApps } from '../support/web-app.ts';

const polluted = Object.prototype as Record<string, unknown>;
const planted = new Set<string>();
const plant = (entries: Record<string, unknown>): void => {
  for (const [key, value] of Object.entries(entries)) {
    planted.add(key);
    polluted[key] = value;
  }
};
afterEach(() => {
  for (const key of planted) delete polluted[key];
  planted.clear();
});

describe.each(webApps)('pollution with $adapter on Express $version', ({ adapter, make }) => {
  it.each([
    ['{"__proto__":{"polluted":1},"username":"adm","password":"wrong"}'],
    ['{"constructor":{"prototype":{"polluted":1}},"username":"adm","password":"wrong"}'],
    ['{"username":{"__proto__":{"polluted":1}},"password":{"constructor":{"prototype":{"polluted":1}}}}'],
  ])('leaves every prototype as it is after %s', async (body) => {
    const web = make();
    const answer = await request(web.app).post('/login').type('json').send(body);
    expect([400, 401]).toContain(answer.status);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.skipIf(adapter !== 'LocalStrategy')('takes no field of the form from a polluted prototype', async () => {
    const web = make();
    plant({ username: 'adm', password: '123' });
    const answer = await request(web.app).post('/login').type('json').send('{}');
    expect(answer.status).toBe(400);
  });

  it('finds no role in a prototype', async () => {
    const web = make();
    const guard = requireAuth(web.auth, { role: 'constructor' });
    web.users.rows[0] = { key: 1, login: 'adm', hash: 'plain:1:123', roles: [] };
    const browser = await web.signedIn();
    const stored = Object.values(web.sessions.stored())[0];
    const request = { method: 'GET', headers: {}, session: stored, accepts: () => false as const };
    const error = await new Promise((resolve) => guard(request, {} as never, resolve));
    expect(error).toMatchObject({ code: 'ERR_ACCESS_ROLE', status: 403 });
    expect((await browser.get('/me')).body.auth.roles).toEqual([]);
  });
});

it('takes no option from a prototype', async () => {
  const web = webApps[0]?.make();
  plant({ optional: true, redirectTo: '/elsewhere' });
  const guard = requireAuth(web?.auth as never, { role: 'admin' });
  const request = { method: 'GET', headers: {}, accepts: () => 'html' as const };
  const error = await new Promise((resolve) => guard(request, { redirect: resolve } as never, resolve));
  expect(error).toMatchObject({ code: 'ERR_TOKEN_MISSING' });
});
