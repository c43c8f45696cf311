import { describe, expect, it, vi } from 'vitest';
import type { PasswordHashUpdate, TokenService } from '../../../src/index.ts';
import { accountDoor, goodPassword, otherPassword } from '../../support/account-door.ts';
import type { CountingHasher } from '../../support/counting-hasher.ts';
import type { DoorParts } from '../../support/door.ts';
import { saltedHasher } from '../../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const email = 'bob@shop.example';
const origin = { ip: '192.0.2.7', userAgent: 'Browser/1' };
const old = 'salted:0:the first password there was';

const rowOf = (changes: Partial<Row>): Row => ({ key: 7, login: 'bob', mail: email, hash: old, ...changes });
const unverified = rowOf({ verified: false, profile: { name: 'the first' } });

function doorOf(table: UserTable, more: Omit<DoorParts<CountingHasher>, 'notifier'> = {}) {
  return accountDoor({ table, hasher: saltedHasher(), ...more });
}

/** A registration of the address, with all that follows it. */
async function register(
  made: ReturnType<typeof doorOf>,
  input: { readonly username?: string; readonly profile?: object } = {},
): Promise<void> {
  const given = { email: 'Bob@Shop.Example', password: goodPassword, ...input };
  await made.auth.register(given as typeof given & { profile: Record<string, unknown> }, origin);
  await made.settled();
}

describe('a registration of a free address', () => {
  it('is followed by a link to it', async () => {
    const made = doorOf(userTable());
    await register(made);
    expect(made.outbox.sent).toMatchObject([
      {
        kind: 'verify-email',
        to: email,
        user: { key: 1, mail: email },
        url: `https://shop.example/users/verify?token=${made.outbox.token('verify-email')}`,
        lifetimeSeconds: 86_400,
      },
    ]);
    expect(made.events).toMatchObject([{ name: 'account.registered', userId: 1, again: false, ...origin }]);
  });

  it('is followed by it also where a replica does not know the row yet', async () => {
    const table = userTable();
    const made = doorOf({ ...table, findByIdentifier: async () => null });
    await register(made);
    expect(made.outbox.list()).toEqual([`verify-email ${email}`]);
  });
});

describe('a registration of an address that has an account', () => {
  const rows: readonly (readonly [string, Row])[] = [
    ['verified', rowOf({ verified: true })],
    ['of a table that does not know whether it is verified', rowOf({})],
    ['pending, though the address is proven', rowOf({ verified: true, state: 'pending' })],
    ['verified and disabled', rowOf({ verified: true, state: 'disabled' })],
    ['unverified and disabled', rowOf({ verified: false, state: 'disabled' })],
    ['of a status that is unknown here', rowOf({ verified: false, state: 'locked' as 'disabled' })],
  ];

  it.each(rows)('that is %s changes nothing of it, and its owner is told', async (_what, row) => {
    const made = doorOf(userTable(row));
    await register(made, { profile: { name: 'another' } });
    expect(made.table.rows).toEqual([row]);
    expect(made.table.calls).toEqual(['create', 'findByIdentifier']);
    expect(made.outbox.sent).toEqual([{ kind: 'already-registered', to: email, user: row }]);
    expect(made.events).toMatchObject([{ name: 'account.registration-refused', userId: 7, ...origin }]);
  });

  it('leaves a user of a table without such a column signing in as before', async () => {
    const made = doorOf(userTable(rowOf({})));
    const stamp = await made.auth.sessions.start(rowOf({}));
    await register(made);
    const password = 'the first password there was';
    expect(await made.auth.sessions.resume(stamp)).not.toBeNull();
    expect(await made.auth.login({ identifier: email, password })).toMatchObject({ status: 'signed-in' });
  });

  it('that was deleted meanwhile is followed by nothing', async () => {
    const table = userTable(rowOf({ verified: true }));
    const made = doorOf({ ...table, findByIdentifier: async () => null });
    await register(made);
    expect([...made.outbox.sent, ...made.events, ...made.state.calls]).toEqual([]);
  });
});

describe('a registration of an address that nobody has proven', () => {
  it.each([
    ['by its column', unverified],
    ['by its status', { ...unverified, state: 'pending' as const }],
    ['by its status alone', rowOf({ state: 'pending', profile: { name: 'the first' } })],
  ])('takes the place of the one before, %s', async (_how, row) => {
    const made = doorOf(userTable({ ...row }));
    await register(made, { profile: { name: 'the second' } });
    expect(made.table.rows).toEqual([
      { ...row, hash: `salted:1:${goodPassword}`, profile: { name: 'the second' } },
    ]);
    expect(made.outbox.sent).toMatchObject([{ kind: 'verify-email', to: email, user: { key: 7 } }]);
    expect(made.events).toMatchObject([{ name: 'account.registered', userId: 7, again: true, ...origin }]);
  });

  it('hands the store one conditional write with what the second registration brought', async () => {
    const updates: PasswordHashUpdate[] = [];
    const table = userTable({ ...unverified });
    const updatePasswordHash: UserTable['updatePasswordHash'] = async (id, update) => {
      updates.push(update);
      return table.updatePasswordHash(id, update);
    };
    const made = doorOf({ ...table, updatePasswordHash });
    await register(made, { username: 'bobby', profile: { name: 'the second', roles: ['admin'] } });
    await register(made);
    const [first, second] = ['salted:1', 'salted:2'].map((hash) => `${hash}:${goodPassword}`);
    expect(updates).toEqual([
      {
        next: first,
        expected: old,
        reason: 'registration',
        registration: { username: 'bobby', profile: { name: 'the second' } },
      },
      { next: second, expected: first, reason: 'registration', registration: { profile: {} } },
    ]);
  });

  it('ends the sessions and tokens of the one before', async () => {
    const made = doorOf(userTable({ ...unverified }));
    const stamp = await made.auth.sessions.start(unverified);
    const { accessToken } = await made.auth.tokens.issue(unverified);
    await register(made);
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
    await expect(made.auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
  });

  it('ends also what the host’s own token service keeps, and leaves the counter to the links of others', async () => {
    const revoked: unknown[] = [];
    const tokenService = tokenServiceOf(async (id) => void revoked.push(id));
    const made = doorOf(userTable({ ...unverified }), { tokenService });
    await register(made);
    expect({ revoked, bumped: made.table.calls.includes('bumpEpoch') }).toEqual({
      revoked: [7, 7],
      bumped: false,
    });
  });

  it('ends tokens before it writes, so that a state store that fails leaves none alive', async () => {
    const made = doorOf(userTable({ ...unverified }));
    const { accessToken } = await made.auth.tokens.issue(unverified);
    made.state.failing.add('put');
    await register(made);
    made.state.failing.clear();
    const isReplaced = made.table.rows[0]?.hash !== old;
    const isAlive = await made.auth.tokens.verify(accessToken).then(
      () => true,
      () => false,
    );
    expect({ isReplaced, isAlive }).not.toEqual({ isReplaced: true, isAlive: true });
  });

  it('of which somebody has begun to prove the address is left alone, and the owner told', async () => {
    const table = userTable();
    const markEmailVerified = () => Promise.reject(new Error('down'));
    const made = doorOf({ ...table, markEmailVerified });
    const { deviceToken } = await tokenOf(made);
    const proof = made.auth.emails.verify({ token: made.outbox.token('verify-email') }, { deviceToken });
    await expect(proof).rejects.toThrow('down');
    await register(made);
    expect(table.rows[0]?.hash).toBe(`salted:1:${otherPassword}`);
    expect(made.outbox.list().at(-1)).toBe(`already-registered ${email}`);
  });

  it('is tried anew when the password was stored in another way meanwhile', async () => {
    const made = doorOf(
      interrupted(userTable({ ...unverified }), 2, (row, n) => ({ ...row, hash: `${old} ${n}` })),
    );
    await register(made);
    expect(made.table.rows[0]?.hash).toBe(`salted:1:${goodPassword}`);
    expect(made.outbox.list()).toEqual([`verify-email ${email}`]);
  });

  it('gives up when that happens again and again, and replaces nothing', async () => {
    const made = doorOf(
      interrupted(userTable({ ...unverified }), 9, (row, n) => ({ ...row, hash: `${old} ${n}` })),
    );
    await register(made);
    expect(made.table.rows[0]?.hash).toMatch(/the first password/);
    expect(made.table.calls.filter((call) => call === 'updatePasswordHash')).toHaveLength(3);
    expect(made.outbox.list()).toEqual([`already-registered ${email}`]);
  });

  it.each<[string, (row: Row) => Row]>([
    ['verified', (row) => ({ ...row, hash: `${old} 2`, verified: true })],
    ['disabled', (row) => ({ ...row, hash: `${old} 2`, state: 'disabled' })],
  ])('that is %s between the look and the write is left alone', async (_what, change) => {
    const made = doorOf(interrupted(userTable({ ...unverified }), 1, change));
    await register(made, { profile: { name: 'the second' } });
    expect(made.table.rows).toEqual([change(unverified)]);
    expect(made.outbox.list()).toEqual([`already-registered ${email}`]);
  });

  it.each([[1], [{ rowCount: 1 }], ['true'], [undefined]])(
    'counts as written only when the store says true, and not %j',
    async (answer) => {
      const updatePasswordHash = (async () => answer) as unknown as UserTable['updatePasswordHash'];
      const made = doorOf({ ...userTable({ ...unverified }), updatePasswordHash });
      await register(made);
      expect(made.outbox.sent).toEqual([]);
      expect(made.events).toMatchObject([
        { name: 'notification.failed', obstacle: 'store-failed', fault: 'ERR_CONFIG_INVALID' },
      ]);
    },
  );

  // A counter that is raised after the write would end the link that the second one got meanwhile.
  it('by two at the same moment leaves the link of the second alive', async () => {
    const table = userTable({ ...unverified });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Before the write it answers, and after it takes a while.
    const revokeAll = vi.fn(() => held).mockResolvedValueOnce(undefined);
    const [first, second] = [
      doorOf(table, { tokenService: tokenServiceOf(revokeAll) }),
      doorOf(table, { tokenService: tokenServiceOf(async () => undefined) }),
    ];
    const slow = register(first);
    const { deviceToken } = await tokenOf(second);
    release();
    await slow;
    expect(revokeAll).toHaveBeenCalledTimes(2);
    const token = second.outbox.token('verify-email');
    expect(await second.auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
  });

  it('sends no link when the column cut the hash: nobody could use it', async () => {
    const table = userTable({ ...unverified });
    const updatePasswordHash: UserTable['updatePasswordHash'] = async (id, update) =>
      table.updatePasswordHash(id, { ...update, next: update.next.slice(0, 10) });
    const made = doorOf({ ...table, updatePasswordHash });
    await register(made);
    expect(made.outbox.list()).toEqual([`already-registered ${email}`]);
  });

  it('is told to its owner where the store cannot replace passwords', async () => {
    const { updatePasswordHash: _missing, ...table } = userTable({ ...unverified });
    const made = doorOf(table as UserTable, { links: { verifyEmail: 'https://shop.example/verify' } });
    await register(made);
    expect(made.table.rows).toEqual([unverified]);
    expect(made.outbox.list()).toEqual([`already-registered ${email}`]);
  });
});

describe('what fails after the answer', () => {
  it.each<[string, Partial<UserTable>, boolean]>([
    ['the look-up', { findByIdentifier: () => Promise.reject(new Error('down')) }, false],
    ['the write', { updatePasswordHash: () => Promise.reject(new Error('down')) }, false],
    ['the claim', {}, true],
  ])('is told as an event, when it is %s', async (_what, broken, withoutState) => {
    const made = doorOf({ ...userTable({ ...unverified }), ...broken });
    if (withoutState) made.state.failing.add('putIfAbsent');
    await register(made);
    expect(made.events).toMatchObject([
      { name: 'notification.failed', kind: 'verify-email', obstacle: 'store-failed' },
    ]);
    expect(made.outbox.sent).toEqual([]);
    expect(made.table.rows).toEqual([unverified]);
  });

  it('leaves a free address registered, and a second registration sends the link', async () => {
    const made = doorOf(userTable());
    made.state.failing.add('get');
    await register(made);
    expect(made.outbox.sent).toEqual([]);
    made.state.failing.clear();
    await register(made);
    expect(made.outbox.list()).toEqual([`verify-email ${email}`]);
    expect(made.table.rows).toHaveLength(1);
  });
});

/** Registers with another password, for what the browser keeps. */
async function tokenOf(made: ReturnType<typeof doorOf>): Promise<{ readonly deviceToken: string }> {
  const result = await made.auth.register({ email, password: otherPassword });
  await made.settled();
  if (result.status !== 'check-inbox') throw new Error(result.status);
  return result;
}

/** A table of one row that changes right before each of the first writes of a hash. */
function interrupted(table: UserTable, times: number, change: (row: Row, n: number) => Row): UserTable {
  let n = 0;
  return {
    ...table,
    updatePasswordHash: async (id, update) => {
      n += 1;
      if (n <= times) table.rows.splice(0, 1, change(table.rows[0] as Row, n));
      return table.updatePasswordHash(id, update);
    },
  };
}

/** A service of the host's: only its sign-out matters here. */
function tokenServiceOf(revokeAll: (id: unknown) => Promise<void>): TokenService<Row> {
  const others = ['issue', 'refresh', 'verify', 'revoke', 'jwks'].map((name) => [
    name,
    async () => undefined,
  ]);
  return { ...Object.fromEntries(others), revokeAll } as unknown as TokenService<Row>;
}
