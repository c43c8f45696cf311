/** What was ended stays ended, whatever races it. */

import { describe, expect, it } from 'vitest';
import type { PasswordHasher, SessionStamp } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, door, rightPassword } from '../support/door.ts';
import { recordingState } from '../support/recording-state.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { turns } from '../support/turns.ts';
import { type UserTable, userTable } from '../support/user-table.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };

/** A table whose only revocation is the mark. */
function tableWithoutCounter(): UserTable {
  const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
  return table as UserTable;
}

/** A hasher during whose comparison something happens. */
function during(happens: () => Promise<unknown>): PasswordHasher {
  const hasher = countingHasher();
  return {
    ...hasher,
    verify: async (password, hash) => {
      await happens();
      return hasher.verify(password, hash);
    },
  };
}

describe('a login that is under way', () => {
  it.each(['endAll', 'setStatus'] as const)(
    'does not survive an %s that comes before its password is compared',
    async (act) => {
      const other = door({ table: tableWithoutCounter() });
      const ends = () =>
        act === 'endAll'
          ? other.auth.sessions.endAll(1)
          : other.auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
      const { auth } = door({ table: other.table, state: other.state, hasher: during(ends) });
      const result = await auth.login(right);
      if (result.status !== 'signed-in') throw new Error(result.status);
      const stamp = await auth.sessions.start(result.user, result.authentication);
      expect(await auth.sessions.resume(stamp)).toBeNull();
    },
  );

  it('does not survive one that comes before its session starts', async () => {
    const { auth } = door({ table: tableWithoutCounter() });
    const result = await auth.login(right);
    if (result.status !== 'signed-in') throw new Error(result.status);
    await auth.sessions.endAll(1);
    const stamp = await auth.sessions.start(result.user, result.authentication);
    expect(await auth.sessions.resume(stamp)).toBeNull();
  });

  it('survives one that came before it', async () => {
    const { auth } = door({ table: tableWithoutCounter() });
    await auth.sessions.endAll(1);
    const result = await auth.login(right);
    if (result.status !== 'signed-in') throw new Error(result.status);
    const stamp = await auth.sessions.start(result.user, result.authentication);
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
  });
});

describe('a signed-out session that a slow request writes back', () => {
  it('stays out, also with a newer stamp', async () => {
    const { auth, clock } = door();
    const stamp = await auth.sessions.start(aliceRow());
    clock.advance(100);
    const rewritten = (await auth.sessions.resume(stamp))?.stamp as SessionStamp;
    expect(rewritten).not.toEqual(stamp);
    await auth.sessions.end({ userId: 1, sessionId: stamp.id });
    expect(await auth.sessions.resume(stamp)).toBeNull();
    expect(await auth.sessions.resume(rewritten)).toBeNull();
  });
});

describe('a rotated secret', () => {
  it('revives nothing that was ended under the old one', async () => {
    const secrets = ['kQ3v9Zr1Xw7uT5pL0nM8bV6cA4sD2fGh-A', 'Zp8yR2mW6tK0jH4xC9vB3nQ7sF1dLgEa-B'] as const;
    const old = door({ secret: secrets[0], table: tableWithoutCounter() });
    const [one, other] = [
      await old.auth.sessions.start(aliceRow()),
      await old.auth.sessions.start(aliceRow()),
    ];
    await old.auth.sessions.end({ userId: 1, sessionId: one.id });
    const both = door({ secret: [secrets[1], secrets[0]], table: old.table, state: old.state }).auth.sessions;
    expect(await both.resume(one)).toBeNull();
    expect(await both.resume(other)).not.toBeNull();
    await old.auth.sessions.endAll(1);
    expect(await both.resume(other)).toBeNull();
  });
});

describe('more than 64 sessions ended one by one', () => {
  it('stay ended, at the price of the others', async () => {
    const { auth, table } = door({ table: tableWithoutCounter() });
    const stamps = await Promise.all(Array.from({ length: 70 }, () => auth.sessions.start(aliceRow())));
    const survivors = async () =>
      (await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)))).filter((one) => one !== null)
        .length;
    for (const { id } of stamps.slice(0, 64)) await auth.sessions.end({ userId: 1, sessionId: id });
    expect(await survivors()).toBe(6);
    await auth.sessions.end({ userId: 1, sessionId: stamps[64]?.id ?? '' });
    expect(await survivors()).toBe(0);
    expect(table.calls).not.toContain('bumpEpoch');
  });
});

describe('sessions ended at the same moment in two processes', () => {
  it.each([2, 8, 32])('are all ended, %d at once, in 30 interleavings', async (many) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const dealt = turns(seededRandom(seed));
      const store = recordingState();
      const waiting = <Call extends unknown[], T>(call: (...args: Call) => Promise<T>) => {
        return async (...args: Call): Promise<T> => {
          await dealt.turn();
          return call(...args);
        };
      };
      const state = {
        ...store,
        get: waiting(store.get),
        put: waiting(store.put),
        putIfAbsent: waiting(store.putIfAbsent),
        compareAndSet: waiting(store.compareAndSet),
      };
      const table = tableWithoutCounter();
      const processes = [door({ table, state }).auth, door({ table, state }).auth];
      const calm = door({ table, state: store }).auth.sessions;
      const stamps = await Promise.all(Array.from({ length: many }, () => calm.start(aliceRow())));
      const left = await calm.start(aliceRow());
      await dealt.run(
        stamps.map(({ id }, n) => async () => {
          await processes[n % 2]?.sessions.end({ userId: 1, sessionId: id });
        }),
      );
      for (const stamp of stamps) expect(await calm.resume(stamp)).toBeNull();
      expect(await calm.resume(left)).not.toBeNull();
    }
  });
});
