import { describe, expect, it } from 'vitest';
import type { Authentication, SessionStamp, UserStatus } from '../../../src/index.ts';
import { aliceRow, door } from '../../support/door.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';
import { userTable } from '../../support/user-table.ts';

const json = (stamp: SessionStamp): unknown => JSON.parse(JSON.stringify(stamp));

/** A door and a session of alice. */
async function started(parts: Parameters<typeof door>[0] = {}) {
  const made = door(parts);
  const stamp = await made.auth.sessions.start(aliceRow());
  const isAlive = async (one: unknown = stamp): Promise<boolean> =>
    (await made.auth.sessions.resume(one)) !== null;
  return { ...made, sessions: made.auth.sessions, stamp, isAlive };
}

describe('start', () => {
  it('makes a stamp of plain JSON that resumes as the same user', async () => {
    const { sessions, stamp, clock } = await started();
    const now = clock.now().getTime() / 1000;
    expect(json(stamp)).toEqual(stamp);
    expect(stamp).toMatchObject({ user: ['n', '1'], at: now, start: now, seen: now, end: now + 43_200 });
    expect(await sessions.resume(json(stamp))).toEqual({
      user: aliceRow(),
      authentication: { methods: [], at: now, gen: null },
      stamp,
    });
  });

  it('carries what the login proved', async () => {
    const { sessions, clock } = await started();
    const at = clock.now().getTime() / 1000 - 100;
    const stamp = await sessions.start(aliceRow(), { methods: ['pwd', 'otp'], at, gen: null });
    expect(await sessions.resume(stamp)).toMatchObject({ authentication: { methods: ['pwd', 'otp'], at } });
  });

  it('gives every session an id of its own', async () => {
    const { sessions } = await started();
    const stamps = await Promise.all(Array.from({ length: 50 }, () => sessions.start(aliceRow())));
    expect(new Set(stamps.map(({ id }) => id)).size).toBe(50);
  });

  it('reads the mark only when the authentication does not bring it', async () => {
    const { sessions, state } = await started();
    state.calls.length = 0;
    await sessions.start(aliceRow(), { methods: ['pwd'], at: 1, gen: null });
    expect(state.calls).toEqual([]);
    await sessions.start(aliceRow(), { methods: ['pwd'], at: 1 });
    expect(state.calls).toEqual(['get revocation']);
  });

  it.each(['disabled', 'pending', 'locked'])('refuses a user who is %s', async (state) => {
    const { auth } = door();
    await expect(auth.sessions.start(aliceRow({ state: state as UserStatus }))).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
  });

  it.each([[null], ['pwd'], [{}], [{ methods: ['pwd'] }], [{ methods: 'pwd', at: 1 }]])(
    'refuses the authentication %j',
    async (authentication) => {
      const { auth } = door();
      await expect(
        auth.sessions.start(aliceRow(), authentication as unknown as Authentication),
      ).rejects.toMatchObject({ fields: { authentication: expect.any(String) } });
    },
  );

  it('tells of it', async () => {
    const { events, stamp } = await started();
    expect(events).toMatchObject([{ name: 'session.started', userId: 1, sessionId: stamp.id }]);
  });
});

describe('a session without a request', () => {
  it('is alive for the idle time to the second and over after it', async () => {
    const { clock, isAlive } = await started();
    clock.advance(1800);
    expect(await isAlive()).toBe(true);
    clock.advance(1);
    expect(await isAlive()).toBe(false);
  });

  it('gets the idle time anew with each rewritten stamp', async () => {
    const { clock, sessions, stamp } = await started();
    let kept: SessionStamp | undefined = stamp;
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1800);
      kept = (await sessions.resume(kept))?.stamp;
    }
    expect(kept).toMatchObject({ id: stamp.id, start: stamp.start, end: stamp.end, at: stamp.at });
  });

  it.each([
    [1800, 60],
    [300, 30],
    [7, 1],
  ])('of %d seconds idle is rewritten after %d and not before', async (idle, after) => {
    const { clock, sessions, stamp } = await started({ sessions: { idle } });
    clock.advance(after - 1);
    expect((await sessions.resume(stamp))?.stamp).toBe(stamp);
    clock.advance(1);
    expect((await sessions.resume(stamp))?.stamp).toEqual({ ...stamp, seen: stamp.seen + after });
  });

  it('is not hurt by a clock that is set back', async () => {
    const { clock, sessions, stamp } = await started();
    clock.advance(-600);
    expect((await sessions.resume(stamp))?.stamp).toBe(stamp);
  });
});

describe('a session that is kept busy', () => {
  it('is over at its absolute end, to the second', async () => {
    const { clock, isAlive, stamp } = await started();
    const busy = (seconds: number) => isAlive({ ...stamp, seen: stamp.start + seconds });
    clock.advance(43_199);
    expect(await busy(43_199)).toBe(true);
    clock.advance(1);
    expect(await busy(43_200)).toBe(false);
  });
});

describe('a changed configuration', () => {
  it('shortens the sessions that are there', async () => {
    const { table, state, clock, stamp } = await started({ sessions: { idle: '1h', absolute: '12h' } });
    const shorter = door({ table, state, clock, sessions: { idle: 60, absolute: 120 } }).auth.sessions;
    clock.advance(60);
    expect(await shorter.resume(stamp)).not.toBeNull();
    clock.advance(1);
    expect(await shorter.resume(stamp)).toBeNull();
    expect(await shorter.resume({ ...stamp, seen: stamp.start + 60 })).not.toBeNull();
    clock.advance(59);
    expect(await shorter.resume({ ...stamp, seen: stamp.start + 120 })).toBeNull();
  });

  it('does not lengthen a session beyond the end it was given', async () => {
    const { table, state, clock, stamp } = await started({ sessions: { idle: 60, absolute: 60 } });
    const longer = door({ table, state, clock, sessions: { idle: '1h', absolute: '12h' } }).auth.sessions;
    clock.advance(59);
    expect(await longer.resume(stamp)).not.toBeNull();
    clock.advance(1);
    expect(await longer.resume(stamp)).toBeNull();
  });
});

describe('resume', () => {
  it.each([[undefined], [null], [''], ['x'], [7], [true], [[]], [{}], [{ id: 's' }], [{ user: ['n', '1'] }]])(
    'is null for %j and asks nobody',
    async (value) => {
      const { auth, table, state } = door();
      expect(await auth.sessions.resume(value)).toBeNull();
      expect([...table.calls, ...state.calls]).toEqual([]);
    },
  );

  it('is null when the user is gone', async () => {
    const { table, isAlive } = await started();
    table.rows.length = 0;
    expect(await isAlive()).toBe(false);
  });

  it.each(['disabled', 'pending', 'locked'])('is null while the user is %s', async (status) => {
    const { table, isAlive } = await started();
    for (const row of table.rows) row.state = status as UserStatus;
    expect(await isAlive()).toBe(false);
    for (const row of table.rows) row.state = 'active';
    expect(await isAlive()).toBe(true);
  });

  it('is null when the password or the counter of the table has changed', async () => {
    const { table, isAlive } = await started();
    for (const row of table.rows) row.hash = 'plain:1:changed';
    expect(await isAlive()).toBe(false);
    for (const row of table.rows) Object.assign(row, aliceRow({ counter: 1 }));
    expect(await isAlive()).toBe(false);
  });

  it.each([1, '1', 1n])('of the id %o opens no user whose id is of another type', async (key) => {
    const table = userTable(aliceRow({ key }));
    // A query that compares loosely, as MySQL and SQLite do.
    const loose = { ...table, findById: async () => ({ ...aliceRow({ key }) }) };
    const { auth } = door({ table: loose });
    const stamp = await auth.sessions.start(aliceRow({ key }));
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
    const others = (['s', 'n', 'b'] as const).filter((type) => type !== stamp.user[0]);
    for (const type of others) expect(await auth.sessions.resume({ ...stamp, user: [type, '1'] })).toBeNull();
  });

  it('does not take user 7 for 7abc', async () => {
    const seven = aliceRow({ key: 7 });
    const { auth } = door({ table: { ...userTable(seven), findById: async () => ({ ...seven }) } });
    const stamp = await auth.sessions.start(seven);
    expect(await auth.sessions.resume({ ...stamp, user: ['s', '7abc'] })).toBeNull();
  });

  it('is null in another realm over the same table, state and secret', async () => {
    const { table, state, clock, stamp } = await started({ realm: 'shop' });
    expect(await door({ table, state, clock, realm: 'staff' }).auth.sessions.resume(stamp)).toBeNull();
    expect(await door({ table, state, clock }).auth.sessions.resume(stamp)).toBeNull();
    expect(await door({ table, state, clock, realm: 'shop' }).auth.sessions.resume(stamp)).not.toBeNull();
  });

  it('goes by the list of secrets', async () => {
    const { table, state, clock, stamp } = await started({ secret: secretA });
    const under = (secret: string | string[]) =>
      door({ table, state, clock, secret }).auth.sessions.resume(stamp);
    expect(await under([secretB, secretA])).not.toBeNull();
    expect(await under([secretB])).toBeNull();
    expect(await under(secretB)).toBeNull();
  });

  it('knows the user by one look-up and one read', async () => {
    const { table, state, isAlive } = await started();
    state.calls.length = 0;
    await isAlive();
    expect(table.calls).toEqual(['findById']);
    expect(state.calls).toEqual(['get revocation']);
  });

  it('lets a fault of the user store through as it is', async () => {
    const fault = new Error('connection lost');
    const { auth } = door({ table: { ...userTable(aliceRow()), findById: () => Promise.reject(fault) } });
    const stamp = await auth.sessions.start(aliceRow());
    await expect(auth.sessions.resume(stamp)).rejects.toBe(fault);
  });
});
