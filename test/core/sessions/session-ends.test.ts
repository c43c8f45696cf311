import { describe, expect, it } from 'vitest';
import type { UserId } from '../../../src/index.ts';
import { aliceRow, door } from '../../support/door.ts';
import { userTable } from '../../support/user-table.ts';

async function twoSessions(parts: Parameters<typeof door>[0] = {}) {
  const made = door(parts);
  const { sessions } = made.auth;
  const [one, other] = [await sessions.start(aliceRow()), await sessions.start(aliceRow())];
  made.events.length = 0;
  const alive = async () =>
    [await sessions.resume(one), await sessions.resume(other)].map((each) => each !== null);
  return { ...made, sessions, one, other, alive };
}

describe('end', () => {
  it('ends that session and no other, and tells of it', async () => {
    const { sessions, one, alive, events } = await twoSessions();
    await sessions.end({ userId: 1, sessionId: one.id });
    expect(await alive()).toEqual([false, true]);
    expect(events).toMatchObject([{ name: 'session.ended', userId: 1, sessionId: one.id }]);
  });

  it('holds as long as the session could have lived', async () => {
    const { sessions, one, clock } = await twoSessions();
    await sessions.end({ userId: 1, sessionId: one.id });
    clock.advance(43_199);
    expect(await sessions.resume({ ...one, seen: one.start + 43_199 })).toBeNull();
  });

  it('of another user with the same session id ends nothing here', async () => {
    const { sessions, one, alive } = await twoSessions();
    await sessions.end({ userId: 'another', sessionId: one.id });
    await sessions.end({ userId: 2, sessionId: one.id });
    await expect(sessions.end({ userId: '1', sessionId: one.id })).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
    expect(await alive()).toEqual([true, true]);
  });

  it('loses none of 100 at once', async () => {
    const { auth } = door();
    const stamps = await Promise.all(Array.from({ length: 100 }, () => auth.sessions.start(aliceRow())));
    await Promise.all(stamps.map(({ id }) => auth.sessions.end({ userId: 1, sessionId: id })));
    const resumed = await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)));
    expect(resumed.filter((session) => session !== null)).toEqual([]);
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ userId: 1 }],
    [{ userId: 1, sessionId: '' }],
    [{ userId: 1, sessionId: 7 }],
    [{ userId: null, sessionId: 's' }],
    [{ userId: {}, sessionId: 's' }],
    [{ userId: '', sessionId: 's' }],
    [{ userId: Number.NaN, sessionId: 's' }],
  ])('refuses %j', async (argument) => {
    const { auth, state } = door();
    await expect(
      auth.sessions.end(argument as unknown as { userId: UserId; sessionId: string }),
    ).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    expect(state.calls).toEqual([]);
  });
});

describe('endAll', () => {
  it('ends every session, calls bumpEpoch where the store has it, and tells of it', async () => {
    const { sessions, alive, table, events } = await twoSessions();
    await sessions.endAll(1);
    expect(await alive()).toEqual([false, false]);
    expect(table.rows[0]?.counter).toBe(1);
    expect(events).toMatchObject([
      { name: 'session.ended', userId: 1 },
      { name: 'token.revoked', userId: 1 },
    ]);
    expect(events[0]).not.toHaveProperty('sessionId');
  });

  it('does without bumpEpoch', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const { sessions, alive } = await twoSessions({ table: table as ReturnType<typeof userTable> });
    await sessions.endAll(1);
    expect(await alive()).toEqual([false, false]);
  });

  it('lets a session start afterwards', async () => {
    const { sessions, table } = await twoSessions();
    await sessions.endAll(1);
    const again = await sessions.start({ ...aliceRow(), ...table.rows[0] });
    expect(await sessions.resume(again)).not.toBeNull();
  });

  it('ends nothing of another user', async () => {
    const { sessions, alive } = await twoSessions();
    await sessions.endAll('another');
    await sessions.endAll(2);
    expect(await alive()).toEqual([true, true]);
  });

  it('refuses the text of an id where ids are numbers: it would end nothing', async () => {
    const { sessions, alive, state } = await twoSessions();
    const { length } = state.calls;
    await expect(sessions.endAll('1')).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
      fields: { userId: expect.stringContaining('convert it') },
    });
    expect(state.calls).toHaveLength(length);
    expect(await alive()).toEqual([true, true]);
  });

  it.each([[undefined], [null], [''], [{}], [['1']], [0.5]])('refuses the id %j', async (id) => {
    const { auth, state, table } = door();
    await expect(auth.sessions.endAll(id as unknown as UserId)).rejects.toMatchObject({
      fields: { userId: expect.any(String) },
    });
    expect([...state.calls, ...table.calls]).toEqual([]);
  });
});

describe('a state store that is down', () => {
  const down = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

  it('resumes no session', async () => {
    const { sessions, one, state } = await twoSessions();
    state.failing.add('get');
    await expect(sessions.resume(one)).rejects.toMatchObject(down);
  });

  it('starts no session that could not be ended', async () => {
    const { sessions, state } = await twoSessions();
    state.failing.add('get');
    await expect(sessions.start(aliceRow())).rejects.toMatchObject(down);
  });

  it('says that a session is still alive', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const { sessions, one, state, events, alive } = await twoSessions({
      table: table as ReturnType<typeof userTable>,
    });
    state.failing.add('putIfAbsent').add('put').add('compareAndSet');
    await expect(sessions.end({ userId: 1, sessionId: one.id })).rejects.toMatchObject(down);
    await expect(sessions.endAll(1)).rejects.toMatchObject(down);
    expect(events).toEqual([]);
    expect(await alive()).toEqual([true, true]);
  });

  it('does not keep the table from ending the sessions', async () => {
    const { sessions, state, events, alive } = await twoSessions();
    state.failing.add('put');
    await expect(sessions.endAll(1)).rejects.toMatchObject(down);
    expect(events).toEqual([]);
    expect(await alive()).toEqual([false, false]);
  });
});
