/** Faults that look like success to a callback, callbacks that throw, and sign-outs of nobody. */

import { describe, expect, it } from 'vitest';
import { requireAuth } from '../../src/express/index.ts';
import { AuthError, createAuth } from '../../src/index.ts';
import { breakableState } from '../support/breakable-stores.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { revocationRecords } from '../support/damaged-records.ts';
import { issuer, secretA } from '../support/fixed-secret.ts';
import { userTable } from '../support/user-table.ts';
import { webApps } from '../support/web-app.ts';

const faults = [undefined, null, false, 0, '', 'route', 'router', Symbol('fault')];

describe.each(webApps)('$adapter on Express $version', ({ make }) => {
  it.each(faults)('lets nobody in when the user store rejects with %s', async (fault) => {
    const web = make();
    const browser = await web.signedIn();
    web.users.findById = () => Promise.reject(fault);
    web.users.findByIdentifier = () => Promise.reject(fault);
    expect((await browser.get('/me')).status).toBe(500);
    const login = await web.browser().post('/login', { username: 'adm', password: 'wrong' });
    expect(login.status).toBe(500);
  });

  it('stores nothing for a sign-out of nobody', async () => {
    const web = make();
    for (let visit = 0; visit < 5; visit += 1) await web.browser().post('/logout');
    expect(web.sessions.stored()).toEqual({});
  });
});

describe('a token service of the host’s', () => {
  const throwing = new Proxy(new Error('odd'), {
    get: () => {
      throw new Error('no property of it can be read');
    },
    has: () => {
      throw new Error('no property of it can be asked for');
    },
  });
  const frozen = Object.freeze(new AuthError('ERR_TOKEN_REVOKED', 'made once'));
  const unknown = Object.assign(new AuthError('ERR_TOKEN_REVOKED', 'of another version'), {
    code: 'ERR_TOKEN_OF_TOMORROW',
  });

  it.each<[string, unknown, number | undefined]>([
    ['a frozen error', frozen, 401],
    ['a code of another version', unknown, 500],
    ['an error whose properties throw', throwing, undefined],
    ['nothing', undefined, undefined],
  ])('that rejects with %s ends no process and lets nobody in', async (_what, fault, status) => {
    const tokens = { verify: () => Promise.reject(fault) };
    const request = {
      method: 'GET',
      headers: { authorization: 'Bearer a.b.c' },
      accepts: () => false as const,
    };
    const response = {} as Parameters<ReturnType<typeof requireAuth>>[1];
    const error = await new Promise<unknown>((resolve) => {
      requireAuth({ tokens })(request, response, resolve);
    });
    expect(typeof error).toBe('object');
    if (status !== undefined) expect(Reflect.get(error as object, 'status')).toBe(status);
  });
});

describe('a revocation record that cannot be read', () => {
  it.each(revocationRecords)('lets nobody in: %s', async (damaged) => {
    const state = breakableState();
    const users = userTable({ key: 1, login: 'adm', hash: null });
    const auth = createAuth({ users, secret: secretA, issuer, hasher: countingHasher(), state });
    const row = { key: 1, login: 'adm', hash: null };
    const stamp = await auth.sessions.start(row);
    state.get = async () => damaged;
    await expect(auth.sessions.resume(stamp)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
  });
});
