/** A login with refresh tokens ends when it must, and its access tokens with it. */

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { goodPassword } from '../support/account-door.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import {
  liveLeaves,
  loginOf,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  tableWithoutEpochs,
  useOf,
} from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const day = 86_400;

describe('the time of a login', () => {
  it('ends for good after the absolute time, however often it is refreshed', async () => {
    const made = refreshDoor({ refresh: { idle: 10 * day, absolute: 30 * day } });
    let { refreshToken } = await loginOf(made);
    for (let days = 7; days < 30; days += 7) {
      made.clock.advance(7 * day);
      ({ refreshToken } = await refreshed(made, refreshToken));
    }
    made.clock.advance(2 * day - 1);
    ({ refreshToken } = await refreshed(made, refreshToken));
    made.clock.advance(1);
    expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });

  it('ends after the idle time, counted from the last refresh', async () => {
    const made = refreshDoor({ refresh: { idle: 60, absolute: 3600 } });
    let { refreshToken } = await loginOf(made);
    made.clock.advance(59);
    ({ refreshToken } = await refreshed(made, refreshToken));
    made.clock.advance(59);
    ({ refreshToken } = await refreshed(made, refreshToken));
    made.clock.advance(60);
    expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });

  it('is fourteen days without a refresh, and ninety in all, when nobody says otherwise', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    made.clock.advance(14 * day - 1);
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
    const other = await loginOf(made);
    made.clock.advance(14 * day);
    expect((await useOf(made, other.refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
    let long = await loginOf(made);
    for (let days = 0; days < 80; days += 10) {
      made.clock.advance(10 * day);
      long = await refreshed(made, long.refreshToken);
    }
    made.clock.advance(10 * day);
    expect((await useOf(made, long.refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });

  it('is made shorter for the logins there are when a setting is, and never longer', async () => {
    const made = refreshDoor({ refresh: { idle: 10 * day, absolute: 10 * day } });
    const { refreshToken } = await loginOf(made);
    const withLife = (seconds: number) =>
      processOf(made, { tokens: { refresh: { idle: seconds, absolute: seconds } } });
    made.clock.advance(5 * day);
    expect((await useOf(withLife(5 * day), refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
    const next = await refreshed(withLife(90 * day), refreshToken);
    made.clock.advance(5 * day);
    expect((await useOf(withLife(90 * day), next.refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });

  it('is over for a store that keeps records for longer than it was told', async () => {
    const made = refreshDoor({ refresh: { idle: 60, absolute: 3600 } });
    const { refreshToken } = await loginOf(made);
    for (const [key, { value }] of made.records.records) {
      made.records.records.set(key, { value, ends: Number.POSITIVE_INFINITY });
    }
    made.clock.advance(365 * day);
    expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });
});

/** All that ends a user's logins. */
const ends: Readonly<Record<string, (made: RefreshDoor) => Promise<unknown>>> = {
  'a changed password': ({ auth }) =>
    auth.passwords.change({ user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword }),
  'a reset password': async ({ auth, outbox, settled }) => {
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await settled();
    await auth.passwords.reset({ token: outbox.token('reset-password'), newPassword: goodPassword });
  },
  'a disabled account': ({ auth }) => auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
  'an account that was disabled and is active again': async ({ auth }) => {
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    await auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
  },
  'a closed account': ({ auth }) => auth.accounts.close({ user: aliceRow(), currentPassword: rightPassword }),
  'sessions.endAll': ({ auth }) => auth.sessions.endAll(1),
  'tokens.revokeAll': ({ auth }) => auth.tokens.revokeAll(1),
};

/** All that a host does in its table without telling us. */
const behindOurBack: Readonly<Record<string, (made: RefreshDoor) => unknown>> = {
  'another password hash': ({ table }) => Object.assign(table.rows[0] ?? {}, { hash: 'plain:1:other' }),
  'no password any more': ({ table }) => Object.assign(table.rows[0] ?? {}, { hash: null }),
  'another counter': ({ table }) => Object.assign(table.rows[0] ?? {}, { counter: 1 }),
  'a disabled row': ({ table }) => Object.assign(table.rows[0] ?? {}, { state: 'disabled' }),
  'a pending row': ({ table }) => Object.assign(table.rows[0] ?? {}, { state: 'pending' }),
  'a deleted row': ({ table }) => table.rows.shift(),
};

describe('every refresh token of a user', () => {
  const table = () => tableWithoutEpochs(aliceRow(), aliceRow({ key: 2, login: 'bob@shop.example' }));

  it.each(Object.entries(ends))('is dead after %s, and so is every access token', async (_what, end) => {
    const made = refreshDoor({ table: table() });
    const [one, other, bobs] = [await loginOf(made), await loginOf(made), await loginOf(made, {}, 2)];
    const next = await refreshed(made, one.refreshToken);
    await end(made);
    for (const process of [made, processOf(made)]) {
      for (const { accessToken } of [one, next, other]) {
        expect(await verdictOn(process.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
      }
      for (const { refreshToken } of [one, next, other]) {
        expect((await useOf(process, refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
      }
    }
    expect((await useOf(made, bobs.refreshToken)).code).toBe('refreshed');
    expect(await verdictOn(made.auth, bobs.accessToken)).toBe('accepted');
  });

  it.each(Object.entries(behindOurBack))('is dead after %s in the table', async (_what, change) => {
    const made = refreshDoor({ table: table() });
    const [one, other] = [await loginOf(made), await loginOf(made)];
    const next = await refreshed(made, one.refreshToken);
    const before = made.records.text();
    change(made);
    for (const { refreshToken } of [one, next, other]) {
      expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
    }
    expect(made.records.text()).toBe(before);
    const bobs = await loginOf(made, {}, 2);
    expect((await useOf(made, bobs.refreshToken)).code).toBe('refreshed');
  });

  it('is not brought to life again by a refresh in a time when there was another mark', async () => {
    const made = refreshDoor({ table: table() });
    await made.auth.tokens.revokeAll(1);
    const first = await loginOf(made);
    const next = await refreshed(made, first.refreshToken);
    expect(decodeJwt(next.accessToken)['gen']).toBe(decodeJwt(first.accessToken)['gen']);
    await made.auth.tokens.revokeAll(1);
    expect((await useOf(made, next.refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
    expect((await useOf(made, (await loginOf(made)).refreshToken)).code).toBe('refreshed');
  });

  it('of a login that began before the sign-out is dead, though its tokens come after', async () => {
    const made = refreshDoor({ table: table() });
    const identifier = 'alice@shop.example';
    const login = await made.auth.login({ identifier, password: rightPassword });
    if (login.status !== 'signed-in') throw new Error(login.status);
    await made.auth.sessions.endAll(1);
    const { authentication } = login;
    const pair = await loginOf(made, { authentication });
    expect((await useOf(made, pair.refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(made.auth, pair.accessToken)).toBe('ERR_TOKEN_REVOKED');
  });
});

describe('the hundred and first login of a user', () => {
  it('ends the oldest: denied, deleted, and refused with its access tokens', async () => {
    const made = refreshDoor();
    const pairs = [];
    for (let login = 0; login < 101; login += 1) {
      pairs.push(await loginOf(made));
      made.clock.advance(1);
    }
    const [oldest, ...others] = pairs;
    expect((await useOf(made, oldest?.refreshToken ?? '')).code).toBe('ERR_TOKEN_INVALID');
    expect(await verdictOn(made.auth, oldest?.accessToken ?? '')).toBe('ERR_TOKEN_REVOKED');
    const stored = [...made.records.records.keys()].filter((key) => key.startsWith('refresh:'));
    expect(stored).toHaveLength(100);
    const live = await liveLeaves(
      made,
      others.map(({ refreshToken }) => refreshToken),
    );
    expect(live).toHaveLength(100);
  });

  it('ends none of those that are over anyway, and none of another user', async () => {
    const made = refreshDoor({ refresh: { idle: 60, absolute: 60 } });
    const bobs = await loginOf(made, {}, 2);
    for (let login = 0; login < 99; login += 1) await loginOf(made);
    made.clock.advance(59);
    const late = await loginOf(made);
    made.clock.advance(1);
    for (let login = 0; login < 99; login += 1) await loginOf(made);
    expect((await useOf(made, late.refreshToken)).code).toBe('refreshed');
    expect((await useOf(made, bobs.refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });
});
