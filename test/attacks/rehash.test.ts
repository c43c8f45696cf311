/** A rehash at login signs nobody out, and never brings an old password back. */

import { hashSync } from 'bcryptjs';
import { afterAll, describe, expect, it } from 'vitest';
import { bcrypt, hasherChain, scrypt } from '../../src/hashers/index.ts';
import type { PasswordHasher, SessionStamp } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, type Door, door, rightPassword } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };

type AnyDoor = Pick<Door<PasswordHasher>, 'auth'>;

async function signIn({ auth }: AnyDoor, login = right): Promise<SessionStamp> {
  const result = await auth.login(login);
  if (result.status !== 'signed-in') throw new Error(result.status);
  return auth.sessions.start(result.user, result.authentication);
}

async function alive({ auth }: AnyDoor, stamps: readonly SessionStamp[]): Promise<boolean[]> {
  return Promise.all(stamps.map(async (stamp) => (await auth.sessions.resume(stamp)) !== null));
}

/** Doors over one table and one state store, each hashing dearer than the one before. */
interface Upgrades {
  readonly hash: string;
  readonly dearer: readonly PasswordHasher[];
}

const bcryptDoors = [4, 5, 6].map((cost) => bcrypt({ cost, maxCost: 6, workers: 1 }));
afterAll(async () => {
  for (const hasher of bcryptDoors) await hasher.close?.();
});

const kinds: readonly (readonly [string, () => Upgrades])[] = [
  [
    'the counting hasher',
    () => ({ hash: `plain:1:${rightPassword}`, dearer: [1, 2, 3].map((cost) => countingHasher(cost)) }),
  ],
  ['bcrypt', () => ({ hash: hashSync(rightPassword, 4), dearer: bcryptDoors })],
];

describe.each(kinds)('a chain of rehashes over %s', (_kind, make) => {
  const chain = async (secrets: readonly (string | string[])[] = [secretA, secretA, secretA]) => {
    const { hash, dearer } = make();
    const table = userTable(aliceRow({ hash }));
    const state = recordingState();
    const doors = dearer.map((hasher, index) =>
      door({ table, state, hasher, secret: secrets[index] ?? secretA }),
    );
    const stamps: SessionStamp[] = [];
    for (const each of doors) stamps.push(await signIn(each), await signIn(each));
    const last = doors.at(-1) as (typeof doors)[number];
    return { table, doors, stamps, last };
  };

  it('changes the hash at every step by one conditional write', async () => {
    const { table, doors } = await chain();
    expect(table.calls.filter((call) => call === 'updatePasswordHash')).toHaveLength(2);
    const rehashed = doors.map(
      ({ events }) => events.filter(({ name }) => name === 'password.rehashed').length,
    );
    expect(rehashed).toEqual([0, 1, 1]);
  });

  it('leaves the sessions of every generation alive, in every process', async () => {
    const { doors, stamps } = await chain();
    for (const each of doors) expect(await alive(each, stamps)).toEqual(stamps.map(() => true));
  });

  it('leaves them alive across a change of the secret', async () => {
    const both = [secretB, secretA];
    const { last, stamps } = await chain([secretA, both, both]);
    expect(new Set(stamps.map(({ secretId }) => secretId)).size).toBe(2);
    expect(await alive(last, stamps)).toEqual(stamps.map(() => true));
  });

  it('lets a change of the password behind its back end all of them', async () => {
    const { table, last, stamps } = await chain();
    const [row] = table.rows;
    const changed = { next: await last.hasher.hash('a new password'), expected: row?.hash ?? null };
    expect(await table.updatePasswordHash(1, { ...changed, reason: 'rehash' })).toBe(true);
    expect(await alive(last, stamps)).toEqual(stamps.map(() => false));
    await expect(signIn(last)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(await alive(last, [await signIn(last, { ...right, password: 'a new password' })])).toEqual([true]);
    expect(await alive(last, stamps)).toEqual(stamps.map(() => false));
  });

  it('lets a sign-out everywhere end all of them', async () => {
    const { last, stamps } = await chain();
    await last.auth.sessions.endAll(1);
    expect(await alive(last, stamps)).toEqual(stamps.map(() => false));
  });
});

describe('a change of the password that comes while the hash is replaced', () => {
  /** A table in which the password changes right before the n-th call of the named method. */
  const changing = (method: 'findById' | 'updatePasswordHash', change: (row: Row) => void): UserTable => {
    const table = userTable(aliceRow());
    const changed = () => {
      for (const row of table.rows) change(row);
    };
    return {
      ...table,
      findById: (id) => {
        if (method === 'findById') changed();
        return table.findById(id);
      },
      updatePasswordHash: (id, update) => {
        if (method === 'updatePasswordHash') changed();
        return table.updatePasswordHash(id, update);
      },
    };
  };
  const change = (row: Row) => {
    row.hash = 'plain:2:a new password';
  };

  it.each(['findById', 'updatePasswordHash'] as const)(
    'right before %s: the old one is never right again',
    async (method) => {
      const made = door({ table: changing(method, change), hasher: countingHasher(2) });
      const stamp = await signIn(made);
      expect(made.table.rows[0]?.hash).toBe('plain:2:a new password');
      await expect(made.auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
      expect(await made.auth.sessions.resume(stamp)).toBeNull();
    },
  );

  it('while the new hash is made: the old password is never right again', async () => {
    const made = door({ hasher: countingHasher(2) });
    const { hash } = made.hasher;
    Object.assign(made.hasher, {
      hash: (password: string) => {
        for (const row of made.table.rows) change(row);
        return hash(password);
      },
    });
    const stamp = await signIn(made);
    expect(made.table.rows[0]?.hash).toBe('plain:2:a new password');
    await expect(made.auth.login(right)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
  });

  it('to another one: loses nothing to ten logins that replace the hash at once', async () => {
    const made = door({ hasher: countingHasher(2) });
    const logins = Array.from({ length: 10 }, () => made.auth.login(right));
    const changed = new Promise(setImmediate).then(() => {
      for (const row of made.table.rows) change(row);
    });
    await Promise.allSettled([...logins, changed]);
    expect(made.table.rows[0]?.hash).toBe('plain:2:a new password');
  });
});

describe('ten devices that sign in at once with an old hash', () => {
  it('make one rehash and ten sessions that stay', async () => {
    const made = door({ hasher: countingHasher(2) });
    let count = 0;
    Object.assign(made.hasher, {
      hash: async (password: string) => `plain:2:${password}`.replace('2', `${2 + ++count}`),
    });
    const before = await made.auth.sessions.start(aliceRow());
    const stamps = await Promise.all(Array.from({ length: 10 }, () => signIn(made)));
    expect(made.events.filter(({ name }) => name === 'password.rehashed')).toHaveLength(1);
    expect(await alive(made, [before, ...stamps])).toEqual(Array.from({ length: 11 }, () => true));
  });
});

describe('a column of 60 characters', () => {
  const hasher = hasherChain([scrypt({ logN: 12 }), bcrypt({ cost: 4, workers: 1 })]);
  afterAll(async () => hasher.close?.());

  it('gets its bcrypt hash back when the scrypt hash does not fit, and everybody stays in', async () => {
    const table = userTable(aliceRow({ hash: hashSync(rightPassword, 4) }));
    const made = door({
      table: {
        ...table,
        updatePasswordHash: (id, { next, ...rest }) =>
          table.updatePasswordHash(id, { next: next.slice(0, 60), ...rest }),
      },
      hasher,
    });
    const before = await made.auth.sessions.start({ ...aliceRow(), ...table.rows[0] });
    const first = await signIn(made);
    expect(table.rows[0]?.hash).toMatch(/^\$2b\$04\$.{53}$/);
    const stamps = [first, await signIn(made), await signIn(made)];
    expect(await alive(made, [before, ...stamps])).toEqual([true, true, true, true]);
    expect(made.events.filter(({ name }) => name === 'password.rehash-skipped')).toMatchObject([
      { obstacle: 'column-too-short' },
    ]);
    expect(table.calls.filter((call) => call === 'updatePasswordHash')).toHaveLength(2);
  });
});
