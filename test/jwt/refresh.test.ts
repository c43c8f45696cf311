/** Logins with refresh tokens, through `auth.tokens`. */

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { IssueOptions } from '../../src/index.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { loginOf, processOf, refreshDoor, refreshed, useOf } from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { userTable } from '../support/user-table.ts';

const refreshForm = /^[\w-]{22}\.[\w-]{48}$/;
const minutesOn = 60;

it.each([undefined, null, 7, {}, []])('a refresh of %o says which argument is missing', async (value) => {
  const { auth, records } = refreshDoor();
  const fields = { refreshToken: expect.stringContaining('must be a text') };
  await expect(auth.tokens.refresh(value as string)).rejects.toMatchObject({ fields });
  expect(records.records.size).toBe(0);
});

describe('issue', () => {
  it('gives a refresh token to who asks for one, and to nobody else', async () => {
    const { auth, records } = refreshDoor();
    for (const options of [undefined, {}, { refresh: false }]) {
      const pair = await auth.tokens.issue(aliceRow(), options);
      expect(Object.keys(pair)).toEqual(['tokenType', 'accessToken', 'expiresIn']);
      expect(decodeJwt(pair.accessToken)).not.toHaveProperty('sid');
    }
    expect(records.records.size).toBe(0);
    const pair = await auth.tokens.issue(aliceRow(), { refresh: true, scope: 'read write' });
    expect(pair).toEqual({
      ...{ tokenType: 'Bearer', accessToken: expect.any(String), expiresIn: 300 },
      ...{ refreshToken: expect.stringMatching(refreshForm), scope: 'read write' },
    });
  });

  it('names the login in the access token, and in the event', async () => {
    const made = refreshDoor();
    const { accessToken } = await loginOf(made);
    const { sid, jti } = decodeJwt(accessToken);
    expect(sid).toMatch(/^[\w-]{22}$/);
    expect(made.events).toMatchObject([{ name: 'token.issued', userId: 1, tokenId: jti, sessionId: sid }]);
  });

  it('makes a login of its own each time', async () => {
    const made = refreshDoor();
    const [one, other] = [await loginOf(made), await loginOf(made)];
    expect(one.refreshToken.slice(0, 22)).not.toBe(other.refreshToken.slice(0, 22));
    expect(decodeJwt(one.accessToken)['sid']).not.toBe(decodeJwt(other.accessToken)['sid']);
  });

  it('makes none for an account that is not active', async () => {
    const { auth, records } = refreshDoor();
    const row = aliceRow({ state: 'disabled' });
    await expect(auth.tokens.issue(row, { refresh: true })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
    expect(records.records.size).toBe(0);
  });

  it('refuses anything but true and false', async () => {
    const { auth } = refreshDoor();
    for (const refresh of ['true', 1, null, {}]) {
      const options = { refresh } as unknown as IssueOptions;
      await expect(auth.tokens.issue(aliceRow(), options)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
      });
    }
  });
});

describe('refresh', () => {
  it('gives a new pair, whose access token says when it was made and what it belongs to', async () => {
    const made = refreshDoor();
    const first = await loginOf(made, { scope: 'read' });
    made.clock.advance(minutesOn);
    const next = await refreshed(made, first.refreshToken);
    expect(next).toEqual({
      ...{ tokenType: 'Bearer', accessToken: expect.any(String), expiresIn: 300 },
      ...{ refreshToken: expect.stringMatching(refreshForm), scope: 'read' },
    });
    expect(next.refreshToken).not.toBe(first.refreshToken);
    const [old, now] = [decodeJwt(first.accessToken), decodeJwt(next.accessToken)];
    const { iat = 0, exp = 0 } = old;
    expect(now).toEqual({ ...old, jti: now.jti, iat: iat + minutesOn, exp: exp + minutesOn });
    expect(now.jti).not.toBe(old.jti);
    expect(await verdictOn(made.auth, next.accessToken)).toBe('accepted');
  });

  it('goes on and on, in every process', async () => {
    const made = refreshDoor();
    let { refreshToken } = await loginOf(made);
    const seen = new Set([refreshToken]);
    for (let use = 0; use < 50; use += 1) {
      made.clock.advance(3600);
      ({ refreshToken } = await refreshed(processOf(made), refreshToken));
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(51);
  });

  it('tells of itself, and whether it was a repeat, with where the request came from', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    made.events.length = 0;
    const from = { ip: '192.0.2.1', userAgent: 'Firefox' };
    const [one, two] = [
      await refreshed(made, refreshToken, from),
      await refreshed(made, refreshToken, { ...from, deviceToken: 'secret of this browser' }),
    ];
    const told = [one, two].map(({ accessToken }, n) => {
      const { sid, jti } = decodeJwt(accessToken);
      return { name: 'token.refreshed', userId: 1, tokenId: jti, sessionId: sid, repeated: n === 1, ...from };
    });
    expect(made.events).toMatchObject(told);
    const text = JSON.stringify(made.events);
    for (const { refreshToken: token } of [one, two]) expect(text).not.toContain(token.slice(23));
    expect(text).not.toContain('secret of this browser');
  });

  it('leaves the access token from before alone', async () => {
    const made = refreshDoor();
    const first = await loginOf(made);
    await refreshed(made, first.refreshToken);
    expect(await verdictOn(made.auth, first.accessToken)).toBe('accepted');
  });

  it('takes an access token for no refresh token, and the other way round', async () => {
    const made = refreshDoor();
    const { accessToken, refreshToken } = await loginOf(made);
    expect((await useOf(made, accessToken)).code).toBe('ERR_TOKEN_INVALID');
    expect(await verdictOn(made.auth, refreshToken)).toBe('ERR_TOKEN_INVALID');
  });

  it('refuses an option that it does not know, and costs nothing by it', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const options = { scopes: ['read'] } as never;
    await expect(made.auth.tokens.refresh(refreshToken, options)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
  });

  it('is no fault when a header came twice, and takes it for none', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made, { deviceToken: ['one', 'two'] } as never);
    const odd = { ip: 7, userAgent: ['a', 'b'], deviceToken: {} } as never;
    expect((await useOf(made, refreshToken, odd)).code).toBe('refreshed');
    expect(JSON.parse(made.records.only('refresh')[1].slice(44))).toMatchObject({ device: null });
  });

  it('works for ids of every type that a table has', async () => {
    for (const key of [7, '7', 7n, 'f47ac10b-58cc']) {
      const made = refreshDoor({ table: userTable(aliceRow({ key })) });
      const pair = await made.auth.tokens.issue(aliceRow({ key }), { refresh: true });
      const next = await refreshed(made, pair.refreshToken ?? '');
      expect((await made.auth.tokens.verify(next.accessToken)).sub).toBe(String(key));
      await made.auth.tokens.revokeAll(key);
      expect((await useOf(made, next.refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
    }
  });
});

describe('what the user proved at the login', () => {
  it('is copied by each refresh, and never made newer', async () => {
    const made = refreshDoor();
    const login = await made.auth.login({ identifier: 'alice@shop.example', password: rightPassword });
    if (login.status !== 'signed-in') throw new Error(login.status);
    const { authentication } = login;
    let { refreshToken, accessToken } = await loginOf(made, { authentication });
    for (let use = 0; use < 5; use += 1) {
      made.clock.advance(3600);
      ({ refreshToken, accessToken } = await refreshed(made, refreshToken));
      expect(decodeJwt(accessToken)).toMatchObject({ auth_time: authentication.at, amr: ['pwd'] });
    }
  });

  it('stays unknown when nobody has vouched for it', async () => {
    const made = refreshDoor();
    const { accessToken } = await refreshed(made, (await loginOf(made)).refreshToken);
    expect(decodeJwt(accessToken)).not.toHaveProperty('auth_time');
    expect(decodeJwt(accessToken)).not.toHaveProperty('amr');
  });
});

describe('claims of the host', () => {
  it('are copied by each refresh as they were', async () => {
    const made = refreshDoor();
    const claims = { plan: 'paid', nested: { list: [1, null] } };
    let { refreshToken, accessToken } = await loginOf(made, { claims });
    claims.plan = 'changed by the host';
    for (let use = 0; use < 3; use += 1) {
      ({ refreshToken, accessToken } = await refreshed(made, refreshToken));
      expect(decodeJwt(accessToken)).toMatchObject({ plan: 'paid', nested: { list: [1, null] } });
    }
  });

  it('that the row has, such as roles, are those of now', async () => {
    const made = refreshDoor({ table: userTable(aliceRow({ roles: ['admin'] })) });
    const { refreshToken } = await loginOf(made);
    Object.assign(made.table.rows[0] ?? {}, { roles: ['editor'] });
    const next = await refreshed(made, refreshToken);
    expect(decodeJwt(next.accessToken)['roles']).toEqual(['editor']);
    Object.assign(made.table.rows[0] ?? {}, { roles: [] });
    const last = await refreshed(made, next.refreshToken);
    expect(decodeJwt(last.accessToken)).not.toHaveProperty('roles');
  });
});
