import { describe, expect, it } from 'vitest';
import type { PasswordHashUpdate, TokenService, UserId } from '../../../src/index.ts';
import { accountDoor, goodPassword, otherPassword } from '../../support/account-door.ts';
import { countingHasher } from '../../support/counting-hasher.ts';
import { aliceRow, anotherDoor, rightPassword, wrongPassword } from '../../support/door.ts';
import { faultyState } from '../../support/faulty-state.ts';
import { verdictOn } from '../../support/token-verdict.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const change = { user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword };
const login = (password: string) => ({ identifier: 'alice@shop.example', password });
const rejected = { code: 'ERR_LOGIN_REJECTED' };
const unavailable = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

/** A column of so many characters. */
function narrow(table: UserTable, characters: number): UserTable {
  return {
    ...table,
    updatePasswordHash: (id, update) =>
      table.updatePasswordHash(id, { ...update, next: update.next.slice(0, characters) }),
  };
}

/** A table in which something happens before each write of a hash. */
function overtaken(table: UserTable, happens: (row: Row) => void): UserTable {
  return {
    ...table,
    updatePasswordHash: async (id, update) => {
      for (const row of table.rows) happens(row);
      return table.updatePasswordHash(id, update);
    },
  };
}

describe('a column that cuts the hash', () => {
  it('gets the old hash back, and the error says how wide it must be', async () => {
    const { auth, table, outbox, events, settled } = accountDoor({
      table: narrow(userTable(aliceRow()), 33),
    });
    await expect(auth.passwords.change(change)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      option: 'users.updatePasswordHash',
      message: expect.stringContaining('stored 33 of the 36 characters'),
    });
    await settled();
    expect(table.rows).toEqual([aliceRow()]);
    expect([outbox.sent, events]).toEqual([[], []]);
    expect(await auth.login(login(rightPassword))).toMatchObject({ status: 'signed-in' });
    await expect(auth.login(login(goodPassword))).rejects.toMatchObject(rejected);
  });

  it('is met with a hash to put back that is none of the new one', async () => {
    const updates: PasswordHashUpdate[] = [];
    const table = narrow(userTable(aliceRow()), 33);
    const watched: UserTable = {
      ...table,
      updatePasswordHash: (id, update) => {
        updates.push(update);
        return table.updatePasswordHash(id, update);
      },
    };
    const { auth } = accountDoor({ table: watched });
    await expect(auth.passwords.change(change)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    const [old, next] = [`plain:1:${rightPassword}`, `plain:1:${goodPassword}`];
    expect(updates).toEqual([
      { next, expected: old, reason: 'change' },
      { next: old, expected: next.slice(0, 33), reason: 'rehash' },
    ]);
  });

  it('leaves alone what somebody else has written meanwhile', async () => {
    const table = userTable(aliceRow());
    const other: UserTable = {
      ...table,
      updatePasswordHash: async (id, update) => {
        const written = await table.updatePasswordHash(id, update);
        for (const row of table.rows) row.hash = `plain:1:${otherPassword}`;
        return written;
      },
    };
    const { auth } = accountDoor({ table: other });
    await auth.passwords.change(change);
    expect(table.rows[0]?.hash).toBe(`plain:1:${otherPassword}`);
  });
});

describe('a write that loses', () => {
  it.each([
    ['a change', { hash: `plain:1:${otherPassword}` }],
    ['a rehash and a change', { hash: `plain:2:${otherPassword}` }],
    ['a removed password', { hash: null }],
  ])('to %s is refused like a wrong password, and nobody is told', async (_what, written) => {
    const table = userTable(aliceRow());
    const made = accountDoor({ table: overtaken(table, (row) => Object.assign(row, written)) });
    await expect(made.auth.passwords.change(change)).rejects.toMatchObject(rejected);
    await made.settled();
    expect(table.rows).toEqual([aliceRow(written)]);
    expect([made.outbox.sent, made.events]).toEqual([[], []]);
  });

  it('to the end of the account is refused', async () => {
    const table = userTable(aliceRow());
    const { auth } = accountDoor({ table: overtaken(table, () => table.rows.splice(0)) });
    await expect(auth.passwords.change(change)).rejects.toMatchObject(rejected);
  });

  it('to a rehash tries again, and replaces what the rehash has written', async () => {
    const table = userTable(aliceRow());
    const first = accountDoor({ table });
    let upgraded = false;
    const other: UserTable = {
      ...table,
      updatePasswordHash: async (id, update) => {
        if (!upgraded) {
          upgraded = true;
          await anotherDoor(first, { hasher: countingHasher(2) }).auth.login(login(rightPassword));
          expect(table.rows[0]?.hash).toBe(`plain:2:${rightPassword}`);
        }
        return table.updatePasswordHash(id, update);
      },
    };
    const { auth } = accountDoor({ table: other, state: first.state, clock: first.clock });
    await auth.passwords.change(change);
    expect(table.rows[0]?.hash).toBe(`plain:1:${goodPassword}`);
    await expect(auth.login(login(rightPassword))).rejects.toMatchObject(rejected);
  });

  it('gives up after three times, with the password that was there', async () => {
    const table = userTable(aliceRow());
    const tries: (string | null)[] = [];
    const never: UserTable = {
      ...table,
      updatePasswordHash: async (_id, { expected }) => {
        tries.push(expected);
        return false;
      },
    };
    const { auth } = accountDoor({ table: never });
    await expect(auth.passwords.change(change)).rejects.toMatchObject(rejected);
    expect(tries).toEqual(Array(3).fill(`plain:1:${rightPassword}`));
  });

  it.each([undefined, null, 1, 'ok', { rowCount: 0 }, { rowCount: 1 }, [1]])(
    'by the word of a store that answers %j has not won',
    async (answer) => {
      const table: UserTable = {
        ...userTable(aliceRow()),
        updatePasswordHash: async () => answer as unknown as boolean,
      };
      const { auth, outbox, settled } = accountDoor({ table });
      await expect(auth.passwords.change(change)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        option: 'users.updatePasswordHash',
      });
      await settled();
      expect(outbox.sent).toEqual([]);
    },
  );
});

describe('tokens and sessions at a change', () => {
  it('end before the write, while it is still the old password that opens the account', async () => {
    const table = userTable(aliceRow());
    const first = accountDoor({ table });
    const { accessToken } = await first.auth.tokens.issue(aliceRow());
    const verdicts: string[] = [];
    const looking: UserTable = {
      ...table,
      updatePasswordHash: async (id, update) => {
        verdicts.push(await verdictOn(first.auth, accessToken));
        return table.updatePasswordHash(id, update);
      },
    };
    await accountDoor({ table: looking, state: first.state, clock: first.clock }).auth.passwords.change(
      change,
    );
    expect(verdicts).toEqual(['ERR_TOKEN_REVOKED']);
  });

  it('also of the service that the host has handed in are ended, before the write and after it', async () => {
    const ended: UserId[] = [];
    const none = () => Promise.reject(new Error('is not asked'));
    const tokenService: TokenService<Row> = {
      ...{ issue: none, refresh: none, verify: none, revoke: none, jwks: none },
      revokeAll: async (userId) => void ended.push(userId),
    };
    const { auth } = accountDoor({ tokenService });
    await auth.passwords.change(change);
    expect(ended).toEqual([1, 1]);
    await expect(
      auth.passwords.change({ ...change, currentPassword: wrongPassword, newPassword: otherPassword }),
    ).rejects.toMatchObject(rejected);
    expect(ended).toEqual([1, 1]);
  });

  it('are ended by the counter of the table too', async () => {
    const { auth, table } = accountDoor();
    await auth.passwords.change(change);
    expect(table.rows[0]?.counter).toBe(1);
  });

  it('are not ended, and the password stays, when the host’s service fails before the write', async () => {
    const none = () => Promise.reject(new Error('is not asked'));
    const revokeAll = () => Promise.reject(new Error('the host’s tokens are down'));
    const tokenService = { issue: none, refresh: none, verify: none, revoke: none, jwks: none, revokeAll };
    const { auth, table, outbox, settled } = accountDoor({ tokenService });
    await expect(auth.passwords.change(change)).rejects.toThrow('the host’s tokens are down');
    await settled();
    expect([table.rows, outbox.sent]).toEqual([[aliceRow()], []]);
  });

  it('are said to live when bumpEpoch fails, though the password is another', async () => {
    const message = 'users.bumpEpoch is down';
    const bumpEpoch = () => Promise.reject(new Error(message));
    const { auth, table, outbox, events, settled } = accountDoor({
      table: { ...userTable(aliceRow()), bumpEpoch },
    });
    await expect(auth.passwords.change(change)).rejects.toThrow(message);
    await settled();
    expect(table.rows[0]?.hash).toBe(`plain:1:${goodPassword}`);
    expect(events).toMatchObject([{ name: 'password.changed', by: 'change' }]);
    expect(outbox.list()).toEqual(['password-changed alice@shop.example']);
  });
});

describe('a change while the state store is down', () => {
  it('does not begin, and leaves the password as it was', async () => {
    const { auth, table, state, outbox, events, settled } = accountDoor();
    state.failing.add('put');
    await expect(auth.passwords.change(change)).rejects.toMatchObject(unavailable);
    await settled();
    expect(table.rows).toEqual([aliceRow()]);
    expect([table.calls, outbox.sent, events]).toEqual([['findById'], [], []]);
    state.failing.clear();
    await auth.passwords.change(change);
  });

  it('after the write is told to the caller, to the user, and to whoever listens', async () => {
    const state = faultyState();
    const { auth, table, outbox, events, settled } = accountDoor({ state });
    const session = await auth.sessions.start(aliceRow());
    state.failAt(2);
    await expect(auth.passwords.change(change)).rejects.toMatchObject(unavailable);
    state.failAt(Number.POSITIVE_INFINITY);
    await settled();
    expect(table.rows[0]?.hash).toBe(`plain:1:${goodPassword}`);
    expect(events.map(({ name }) => name)).toEqual(['session.started', 'password.changed']);
    expect(outbox.list()).toEqual(['password-changed alice@shop.example']);
    expect(await auth.sessions.resume(session)).toBeNull();
    await expect(auth.login(login(rightPassword))).rejects.toMatchObject(rejected);
    expect(await auth.login(login(goodPassword))).toMatchObject({ status: 'signed-in' });
  });
});
