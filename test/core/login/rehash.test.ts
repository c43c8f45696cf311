import { describe, expect, it } from 'vitest';
import type { PasswordHashUpdate, UserId } from '../../../src/index.ts';
import { countingHasher } from '../../support/counting-hasher.ts';
import { aliceRow, door, rightPassword } from '../../support/door.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };
const old = `plain:1:${rightPassword}`;
const next = `plain:2:${rightPassword}`;

const costs2 = (table = userTable(aliceRow())) => door({ table, hasher: countingHasher(2) });

/** The table with an `updatePasswordHash` of the test's own. */
function updating(
  update: (table: UserTable, id: UserId, change: PasswordHashUpdate) => Promise<boolean>,
): UserTable {
  const table = userTable(aliceRow());
  return { ...table, updatePasswordHash: (id, change) => update(table, id, change) };
}

describe('a login with an old hash', () => {
  it('replaces it by one conditional write and answers the new row', async () => {
    const writes: unknown[] = [];
    const { auth, table, hasher, events } = costs2(
      updating((rows, ...call) => {
        writes.push(call);
        return rows.updatePasswordHash(...call);
      }),
    );
    const result = await auth.login(right);
    expect(writes).toEqual([[1, { next, expected: old, reason: 'rehash' }]]);
    expect(result).toMatchObject({ status: 'signed-in', user: { key: 1, hash: next } });
    expect(table.rows[0]?.hash).toBe(next);
    expect(hasher.hashed).toEqual([rightPassword]);
    expect(events.map(({ name }) => name)).toEqual(['password.rehashed', 'login.succeeded']);
  });

  it('does it once', async () => {
    const { auth, hasher } = costs2();
    await auth.login(right);
    await auth.login(right);
    expect(hasher.hashed).toHaveLength(1);
  });

  it('records what the new hash follows before it writes it', async () => {
    const order: string[] = [];
    const made = costs2(
      updating((rows, ...call) => {
        order.push(...made.state.calls.filter((verb) => verb.startsWith('put')), 'updatePasswordHash');
        return rows.updatePasswordHash(...call);
      }),
    );
    await made.auth.login(right);
    expect(order).toEqual(['put epoch', 'updatePasswordHash']);
  });

  it.each([
    ['the password is wrong', {}, 'another password'],
    ['the account is disabled', { state: 'disabled' }, rightPassword],
    ['the account is pending', { state: 'pending' }, rightPassword],
  ] as const)('leaves it when %s', async (_why, row, password) => {
    const { auth, table, hasher } = costs2(userTable(aliceRow(row)));
    await auth.login({ ...right, password }).catch(() => undefined);
    expect(table.rows[0]?.hash).toBe(old);
    expect(hasher.hashed).toEqual([]);
  });

  it('leaves it when the hasher does not ask for it', async () => {
    const { auth, table, hasher } = door({ hasher: countingHasher(1) });
    await auth.login(right);
    expect(table.calls).toEqual(['findByIdentifier']);
    expect(hasher.hashed).toEqual([]);
  });

  it('leaves it when the store cannot write one', async () => {
    const { updatePasswordHash: _missing, ...table } = userTable(aliceRow());
    const { auth, hasher, events } = costs2(table as UserTable);
    expect(await auth.login(right)).toMatchObject({ status: 'signed-in' });
    expect(hasher.hashed).toEqual([]);
    expect(events.map(({ name }) => name)).toEqual(['login.succeeded']);
  });
});

it('waits for its turn like every other hashing', async () => {
  const { auth, hasher } = door({ hasher: { ...countingHasher(2), concurrency: 1 } });
  const { verify, hash } = hasher;
  let running = 0;
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return work();
  };
  Object.assign(hasher, {
    verify: (...given: Parameters<typeof verify>) => alone(() => verify(...given)),
    hash: (...given: Parameters<typeof hash>) => alone(() => hash(...given)),
  });
  const logins = await Promise.all(Array.from({ length: 6 }, () => auth.login(right)));
  expect(logins.map(({ status }) => status)).toEqual(Array(6).fill('signed-in'));
});

describe('a rehash that cannot be done', () => {
  const fault = new Error('disk full');

  it.each<[string, UserTable, object]>([
    ['store-failed', updating(() => Promise.reject(fault)), { fault: fault.name }],
    ['changed-meanwhile', updating(async () => false), {}],
  ])('says %s, and the login succeeds', async (obstacle, table, more) => {
    const { auth, events } = costs2(table);
    await expect(auth.login(right)).resolves.toMatchObject({ status: 'signed-in', user: { hash: old } });
    expect(events).toMatchObject([
      { name: 'password.rehash-skipped', userId: 1, obstacle, ...more },
      { name: 'login.succeeded' },
    ]);
    expect(table.rows[0]?.hash).toBe(old);
  });

  it('says predecessor-not-recorded when the state store takes no writes, and writes no hash', async () => {
    const { auth, table, state, events } = costs2();
    state.failing.add('put');
    await expect(auth.login(right)).resolves.toMatchObject({ status: 'signed-in' });
    expect(events).toMatchObject([
      { obstacle: 'predecessor-not-recorded', fault: 'ERR_STATE_UNAVAILABLE' },
      { name: 'login.succeeded' },
    ]);
    expect(table.calls).toEqual(['findByIdentifier']);
    expect(table.rows[0]?.hash).toBe(old);
  });

  it('says busy when hashing fails', async () => {
    const made = costs2();
    Object.assign(made.hasher, { hash: () => Promise.reject(fault) });
    await expect(made.auth.login(right)).resolves.toMatchObject({ status: 'signed-in' });
    expect(made.events).toMatchObject([{ obstacle: 'busy', fault: fault.name }, { name: 'login.succeeded' }]);
  });

  it('is tried again at the next login', async () => {
    const made = costs2();
    made.state.failing.add('put');
    await made.auth.login(right);
    made.state.failing.clear();
    await made.auth.login(right);
    expect(made.table.rows[0]?.hash).toBe(next);
  });
});

describe('a password that is changed while its hash is being replaced', () => {
  const changed = 'plain:2:changed password';

  it.each<[string, (row: Row) => UserTable['updatePasswordHash']]>([
    [
      'before the write',
      (row) =>
        async (_id, { expected, next: hash }) => {
          row.hash = changed;
          if (row.hash !== expected) return false;
          row.hash = hash;
          return true;
        },
    ],
    [
      'after the write',
      (row) => async () => {
        row.hash = changed;
        return true;
      },
    ],
  ])('stays: %s', async (_when, update) => {
    const row = aliceRow();
    const table: UserTable = { ...userTable(), rows: [row], toAuthUser: userTable().toAuthUser };
    const { auth } = costs2({
      ...table,
      findById: async () => ({ ...row }),
      findByIdentifier: async () => ({ ...row }),
      updatePasswordHash: update(row),
    });
    const result = await auth.login(right);
    expect(row.hash).toBe(changed);
    await expect(auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    if (result.status !== 'signed-in') throw new Error('not signed in');
    const stamp = await auth.sessions.start(result.user, result.authentication);
    expect(await auth.sessions.resume(stamp)).toBeNull();
  });
});

describe('a column that cuts the hash', () => {
  const cutting = (length: number) =>
    updating(async (table, id, change) =>
      table.updatePasswordHash(id, { ...change, next: change.next.slice(0, length) }),
    );

  it('gets the old hash back, and is not tried again', async () => {
    const short = 'plain:1:p';
    const table = cutting(10);
    Object.assign(table.rows[0] ?? {}, { hash: short });
    const { auth, hasher, events } = door({
      table,
      hasher: { ...countingHasher(2), hash: async () => 'plain:2:p, and a salt of many characters' },
    });
    const login = { ...right, password: 'p' };
    for (let n = 0; n < 3; n += 1) expect(await auth.login(login)).toMatchObject({ status: 'signed-in' });
    expect(table.rows[0]?.hash).toBe(short);
    expect(table.calls.filter((call) => call === 'updatePasswordHash')).toHaveLength(2);
    expect(events.filter(({ name }) => name === 'password.rehash-skipped')).toHaveLength(1);
    expect(hasher.recognises(short)).toBe(true);
  });
});
