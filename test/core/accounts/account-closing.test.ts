import { describe, expect, it } from 'vitest';
import type { CloseInput, TokenService, UserId } from '../../../src/index.ts';
import { accountDoor } from '../../support/account-door.ts';
import { aliceRow, anotherDoor, rightPassword, wrongPassword } from '../../support/door.ts';
import { faultyState } from '../../support/faulty-state.ts';
import { verdictOn } from '../../support/token-verdict.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const close = { user: aliceRow(), currentPassword: rightPassword };
const rejected = { code: 'ERR_LOGIN_REJECTED' };
const unavailable = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };
const login = { identifier: 'alice@shop.example', password: rightPassword };

describe('accounts.close', () => {
  it('deletes the row, tells the last address, and nothing of the account opens anything', async () => {
    const bob = aliceRow({ key: 2, login: 'bob@shop.example' });
    const made = accountDoor({ table: userTable(aliceRow(), bob) });
    const { auth, table, outbox, settled } = made;
    const [session, bobs] = [await auth.sessions.start(aliceRow()), await auth.sessions.start(bob)];
    const { accessToken } = await auth.tokens.issue(aliceRow(), {});
    expect(await auth.accounts.close(close)).toBeUndefined();
    await settled();
    expect(table.rows).toEqual([bob]);
    expect(outbox.sent).toEqual([
      { kind: 'account-closed', to: 'alice@shop.example', user: expect.objectContaining({ key: 1 }) },
    ]);
    expect(await auth.sessions.resume(session)).toBeNull();
    for (const { auth: process } of [made, anotherDoor(made)]) {
      expect(await verdictOn(process, accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
    await expect(auth.login(login)).rejects.toMatchObject(rejected);
    expect(await auth.sessions.resume(bobs)).not.toBeNull();
  });

  it('tells whoever listens', async () => {
    const { auth, events } = accountDoor();
    await auth.accounts.close(close, { ip: '192.0.2.1', userAgent: 'Firefox' });
    expect(events).toMatchObject([
      { name: 'session.ended', userId: 1 },
      { name: 'token.revoked', userId: 1 },
      { name: 'account.closed', userId: 1, ip: '192.0.2.1', userAgent: 'Firefox' },
    ]);
  });

  it('ends the links of the account', async () => {
    const { auth, outbox, settled } = accountDoor({ table: userTable(aliceRow({ verified: false })) });
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await auth.emails.requestChange({ user: aliceRow(), newEmail: 'new@shop.example' });
    await auth.emails.requestVerification({ user: aliceRow() });
    await settled();
    await auth.accounts.close(close);
    const newPassword = 'correct horse battery staple';
    for (const use of [
      auth.passwords.reset({ token: outbox.token('reset-password'), newPassword }),
      auth.emails.confirmChange({ token: outbox.token('change-email') }),
      auth.emails.verify({ token: outbox.token('verify-email'), password: rightPassword }),
    ]) {
      await expect(use).rejects.toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
    }
  });

  it('leaves nothing alive for the next account that gets the same id', async () => {
    const made = accountDoor();
    const session = await made.auth.sessions.start(aliceRow());
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    await made.auth.accounts.close(close);
    const mallory = aliceRow({ login: 'mallory@shop.example', hash: `plain:1:${wrongPassword}` });
    made.table.rows.push(mallory);
    expect(await made.auth.sessions.resume(session)).toBeNull();
    expect(await verdictOn(made.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    expect(await made.auth.sessions.resume(await made.auth.sessions.start(mallory))).not.toBeNull();
  });

  it('is refused with a wrong password, and nothing has ended', async () => {
    const { auth, table } = accountDoor();
    const session = await auth.sessions.start(aliceRow());
    const wrong = { ...close, currentPassword: wrongPassword };
    await expect(auth.accounts.close(wrong)).rejects.toMatchObject(rejected);
    expect(table.rows).toEqual([aliceRow()]);
    expect(await auth.sessions.resume(session)).not.toBeNull();
  });

  it.each([undefined, null, '', true, 0, [], {}, [rightPassword], { $ne: null }])(
    'is refused before any work with the password %j',
    async (currentPassword) => {
      const { auth, table, state, hasher } = accountDoor();
      const input = { ...close, currentPassword } as CloseInput<Row>;
      await expect(auth.accounts.close(input)).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        fields: { currentPassword: expect.any(String) },
      });
      expect([table.calls, state.calls, hasher.verified]).toEqual([[], [], []]);
    },
  );

  it('is refused the second time', async () => {
    const { auth, outbox, settled } = accountDoor();
    await auth.accounts.close(close);
    await expect(auth.accounts.close(close)).rejects.toMatchObject(rejected);
    await settled();
    expect(outbox.list()).toEqual(['account-closed alice@shop.example']);
  });

  it('is done once when it is asked for many times at once', async () => {
    const { auth, events, outbox, settled } = accountDoor();
    const closing = Array.from({ length: 32 }, () => auth.accounts.close(close));
    const done = (await Promise.allSettled(closing)).filter(({ status }) => status === 'fulfilled');
    await settled();
    expect(done).toHaveLength(1);
    expect(events.filter(({ name }) => name === 'account.closed')).toHaveLength(1);
    expect(outbox.list()).toEqual(['account-closed alice@shop.example']);
  });

  it.each([false, undefined, null, 0, 1, 'ok', {}, { rowCount: 0 }, { rowCount: 1 }])(
    'is said to be done only by a store that answers true, not %j',
    async (answer) => {
      const table: UserTable = { ...userTable(aliceRow()), delete: async () => answer as boolean };
      const { auth, events, outbox, settled } = accountDoor({ table });
      await expect(auth.accounts.close(close)).rejects.toMatchObject(
        answer === false ? { fields: { user: expect.any(String) } } : { option: 'users.delete' },
      );
      await settled();
      expect(events.map(({ name }) => name)).not.toContain('account.closed');
      expect(outbox.sent).toEqual([]);
    },
  );
});

describe('closing an account whose sessions cannot be ended', () => {
  it('deletes nothing', async () => {
    const { auth, table, state, outbox, settled } = accountDoor();
    state.failing.add('put');
    await expect(auth.accounts.close(close)).rejects.toMatchObject(unavailable);
    await settled();
    expect(table.rows).toEqual([aliceRow({ counter: 1 })]);
    expect([table.calls, outbox.sent]).toEqual([['findById', 'bumpEpoch'], []]);
    state.failing.clear();
    await auth.accounts.close(close);
    expect(table.rows).toEqual([]);
  });

  it('deletes nothing when it is the tokens of another service', async () => {
    const ended: UserId[] = [];
    const none = () => Promise.reject(new Error('is not asked'));
    const tokenService: TokenService<Row> = {
      ...{ issue: none, refresh: none, verify: none, revoke: none, jwks: none },
      revokeAll: async (userId) => {
        ended.push(userId);
        throw new Error('the host’s tokens are down');
      },
    };
    const { auth, table } = accountDoor({ tokenService });
    await expect(auth.accounts.close(close)).rejects.toThrow('the host’s tokens are down');
    expect([ended, table.rows.length]).toEqual([[1], 1]);
  });

  it('says so when it is only known after the deletion', async () => {
    const state = faultyState();
    const { auth, table, events, outbox, settled } = accountDoor({ state });
    state.failAt(3);
    await expect(auth.accounts.close(close)).rejects.toMatchObject(unavailable);
    await settled();
    expect(table.rows).toEqual([]);
    expect(events.map(({ name }) => name)).toContain('account.closed');
    expect(outbox.list()).toEqual(['account-closed alice@shop.example']);
  });
});

describe('a login while the account is closed', () => {
  it('has nothing that lives, whenever it came', async () => {
    for (const moment of ['before', 'after'] as const) {
      const table = userTable(aliceRow());
      const first = accountDoor({ table });
      const got: { session?: unknown; token?: string } = {};
      const enter = async (): Promise<void> => {
        const result = await first.auth.login(login);
        if (result.status !== 'signed-in') throw new Error(result.status);
        const { user, authentication } = result;
        got.session = await first.auth.sessions.start(user, authentication);
        got.token = (await first.auth.tokens.issue(user, { authentication })).accessToken;
      };
      // After the sessions were ended, and before the row is gone.
      const racing: UserTable = {
        ...table,
        delete: async (id) => {
          if (moment === 'before') await enter();
          const gone = await table.delete(id);
          if (moment === 'after') await expect(enter()).rejects.toMatchObject(rejected);
          return gone;
        },
      };
      await accountDoor({ table: racing, state: first.state, clock: first.clock }).auth.accounts.close(close);
      expect(await first.auth.sessions.resume(got.session)).toBeNull();
      if (moment === 'before') expect(await verdictOn(first.auth, got.token ?? '')).toBe('ERR_TOKEN_REVOKED');
    }
  });
});
