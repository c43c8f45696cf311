import { describe, expect, it } from 'vitest';
import type { UserStatus } from '../../../src/index.ts';
import { aliceRow, door, rightPassword } from '../../support/door.ts';
import { verdictOn } from '../../support/token-verdict.ts';
import { type UserTable, userTable } from '../../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };

/** A table that answers this to a new status, and writes nothing. */
function answering(answer: unknown): UserTable {
  return { ...userTable(aliceRow()), setStatus: async () => answer as boolean };
}

describe('setStatus', () => {
  it('writes the status and tells of it', async () => {
    const { auth, table, events } = door();
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    expect(table.rows[0]?.state).toBe('disabled');
    expect(events).toMatchObject([
      { name: 'session.ended', userId: 1 },
      { name: 'token.revoked', userId: 1 },
      { name: 'account.status-changed', userId: 1, status: 'disabled' },
    ]);
  });

  it('leaves the sessions dead that were alive when the account was disabled', async () => {
    const { auth, table } = door();
    const before = await auth.sessions.start(aliceRow());
    for (const status of ['disabled', 'active'] as const) {
      await auth.accounts.setStatus({ user: aliceRow(), status });
      expect(await auth.sessions.resume(before)).toBeNull();
    }
    expect(table.rows[0]?.state).toBe('active');
  });

  it('leaves them dead without bumpEpoch too', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const { auth } = door({ table: table as UserTable });
    const before = await auth.sessions.start(aliceRow());
    await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    await auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
    expect(await auth.sessions.resume(before)).toBeNull();
  });

  it('ends the sessions before it writes, so that a failing write leaves nobody in', async () => {
    const fault = new Error('disk full');
    const { auth, events } = door({
      table: { ...userTable(aliceRow()), setStatus: () => Promise.reject(fault) },
    });
    const before = await auth.sessions.start(aliceRow());
    await expect(auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' })).rejects.toBe(fault);
    expect(await auth.sessions.resume(before)).toBeNull();
    expect(events.map(({ name }) => name)).not.toContain('account.status-changed');
  });

  it('enables nobody when the sessions cannot be ended', async () => {
    const { auth, table, state } = door();
    state.failing.add('put');
    await expect(auth.accounts.setStatus({ user: aliceRow(), status: 'active' })).rejects.toMatchObject({
      code: 'ERR_STATE_UNAVAILABLE',
    });
    expect(table.calls).toEqual(['bumpEpoch']);
  });

  it('disables also when the sessions cannot be ended, and says that they were not', async () => {
    const { auth, table, state, events } = door();
    state.failing.add('put');
    await expect(auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' })).rejects.toMatchObject({
      code: 'ERR_STATE_UNAVAILABLE',
    });
    expect(table.calls).toEqual(['bumpEpoch', 'setStatus']);
    expect(events).toMatchObject([{ name: 'account.status-changed', userId: 1, status: 'disabled' }]);
  });

  it.each([[undefined], [null], ['locked'], ['Active'], [''], [0], [['active']], [{ $ne: 'active' }]])(
    'refuses the status %j and does nothing',
    async (status) => {
      const { auth, table, state } = door();
      await expect(
        auth.accounts.setStatus({ user: aliceRow(), status: status as unknown as UserStatus }),
      ).rejects.toMatchObject({ fields: { status: expect.any(String) } });
      expect([...table.calls, ...state.calls]).toEqual([]);
    },
  );

  it('says that there is no such user', async () => {
    const { auth } = door();
    await expect(
      auth.accounts.setStatus({ user: aliceRow({ key: 2 }), status: 'active' }),
    ).rejects.toMatchObject({ fields: { user: expect.any(String) } });
  });

  it.each([undefined, null, 'disabled', 7, true])('takes one object, and not %j', async (input) => {
    const { auth, table, state } = door();
    await expect(auth.accounts.setStatus(input as never)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
    expect([table.calls, state.calls]).toEqual([[], []]);
  });

  it.each([false, undefined, null, 0, 1, '', 'ok', [1], { rowCount: 0 }])(
    'is not done by a store that answers %j',
    async (answer) => {
      const { auth, events } = door({ table: answering(answer) });
      const done = auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
      await expect(done).rejects.toMatchObject(
        answer === false ? { fields: { user: expect.any(String) } } : { option: 'users.setStatus' },
      );
      expect(events.map(({ name }) => name)).not.toContain('account.status-changed');
    },
  );

  it('names the method that the user store lacks when the types are bypassed', async () => {
    const { setStatus: _missing, ...table } = userTable(aliceRow());
    const { auth } = door({ table: table as UserTable });
    await expect(auth.accounts.setStatus({ user: aliceRow(), status: 'active' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      option: 'users.setStatus',
    });
  });
});

describe('a login while a status is set', () => {
  it.each(['disabled', 'pending'] as const)(
    'has nothing that lives in an account that becomes %s, nor when it is active again',
    async (status) => {
      const table = userTable(aliceRow());
      const first = door({ table });
      const entered: { session?: unknown; token?: string } = {};
      // After the sessions have ended, and before the row is written.
      const racing: UserTable = {
        ...table,
        setStatus: async (...given) => {
          const result = await first.auth.login(right);
          if (result.status !== 'signed-in') throw new Error(result.status);
          const { user, authentication } = result;
          entered.session = await first.auth.sessions.start(user, authentication);
          entered.token = (await first.auth.tokens.issue(user, { authentication })).accessToken;
          return table.setStatus(...given);
        },
      };
      const { auth } = door({ table: racing, state: first.state, clock: first.clock });
      await auth.accounts.setStatus({ user: aliceRow(), status });
      for (const next of [status, 'active'] as const) {
        if (next === 'active') await first.auth.accounts.setStatus({ user: aliceRow(), status: next });
        expect(await first.auth.sessions.resume(entered.session)).toBeNull();
        expect(await verdictOn(first.auth, entered.token ?? '')).toBe('ERR_TOKEN_REVOKED');
      }
    },
  );
});
