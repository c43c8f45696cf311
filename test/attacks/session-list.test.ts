/** The list of a user's logins: all that are alive, nobody else's, and each can be ended from it. */

import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import { StateKeys } from '../../src/core/state-keys.ts';
import { type AuthErrorCode, InputError, type UserId } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { sessionLists } from '../support/damaged-records.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { faults, faultyState } from '../support/faulty-state.ts';
import { heldState } from '../support/held-state.ts';
import { movableClock } from '../support/movable-clock.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { userTable } from '../support/user-table.ts';

const sessions = { registry: true };
const limit = defaults.sessionsPerUser;
const bobRow = () => aliceRow({ key: 2, login: 'bob@shop.example' });
const listing = () => door({ sessions, table: userTable(aliceRow(), bobRow()) });
const unavailable = { code: 'ERR_STATE_UNAVAILABLE' };

interface TokenLogin {
  readonly sid: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

async function tokenLogin({ auth }: Pick<Door, 'auth'>, row = aliceRow()): Promise<TokenLogin> {
  const { accessToken, refreshToken = '' } = await auth.tokens.issue(row, { refresh: true });
  const [sid = ''] = refreshToken.split('.');
  return { sid, accessToken, refreshToken };
}

async function idsOf({ auth }: Pick<Door, 'auth'>, userId: UserId = 1): Promise<readonly string[]> {
  return (await auth.sessions.list(userId)).map(({ id }) => id).sort();
}

async function refreshVerdict(
  { auth }: Pick<Door, 'auth'>,
  token: string,
): Promise<'refreshed' | AuthErrorCode> {
  return auth.tokens.refresh(token).then(
    () => 'refreshed' as const,
    (error: { code: AuthErrorCode }) => error.code,
  );
}

describe('the list', () => {
  it('needs its option, and says so', async () => {
    const { auth, state } = door();
    await auth.sessions.start(aliceRow());
    const error = { code: 'ERR_CONFIG_INVALID', option: 'sessions.registry' };
    await expect(auth.sessions.list(1)).rejects.toMatchObject(error);
    expect(state.calls.filter((call) => call.endsWith('sessions'))).toEqual([]);
  });

  it.each([[undefined], [null], [{}], [['1']], [1.5]])(
    'is of no user who cannot be one: %j',
    async (userId) => {
      await expect(listing().auth.sessions.list(userId as UserId)).rejects.toBeInstanceOf(InputError);
    },
  );

  it('takes the id of the present session and nothing else', async () => {
    const { auth } = listing();
    for (const current of [7, null, ['s1'], {}]) {
      await expect(auth.sessions.list(1, { current: current as string })).rejects.toMatchObject({
        option: 'sessions.list.current',
      });
    }
  });

  it('has sessions and logins with refresh tokens, each as it is, and marks the present one', async () => {
    const made = listing();
    const { auth, clock } = made;
    const { id } = await auth.sessions.start(aliceRow(), undefined, { userAgent: 'curl/8.5.0' });
    clock.advance(1);
    const { sid } = await tokenLogin(made);
    const at = (seconds: number) => new Date(Number(clock.now()) - seconds * 1000);
    expect(await auth.sessions.list(1, { current: id })).toEqual([
      { id: sid, kind: 'tokens', device: null, firstSeen: at(0), lastSeen: at(0), current: false },
      { id, kind: 'session', device: 'curl', firstSeen: at(1), lastSeen: at(1), current: true },
    ]);
    expect(await auth.sessions.list(1, { current: 'nothing' })).toMatchObject([
      { current: false },
      { current: false },
    ]);
  });

  it('is of one user and of one realm', async () => {
    const made = listing();
    await made.auth.sessions.start(aliceRow());
    expect(await idsOf(made, 2)).toEqual([]);
    expect(await idsOf(anotherDoor(made, { sessions, realm: 'staff' }))).toEqual([]);
    expect(await idsOf(anotherDoor(made, { sessions }))).toHaveLength(1);
  });

  it('has no login that was refused', async () => {
    const made = listing();
    const disabled = aliceRow({ state: 'disabled' });
    await expect(made.auth.sessions.start(disabled)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    await expect(made.auth.tokens.issue(disabled, { refresh: true })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
    await made.auth.tokens.issue(aliceRow());
    expect(await idsOf(made)).toEqual([]);
  });
});

describe('ending one by its id', () => {
  it('reaches a session', async () => {
    const made = listing();
    const { auth } = made;
    const [stamp, other] = [await auth.sessions.start(aliceRow()), await auth.sessions.start(aliceRow())];
    await auth.sessions.end({ userId: 1, sessionId: stamp.id });
    expect(await auth.sessions.resume(stamp)).toBeNull();
    expect(await auth.sessions.resume(other)).not.toBeNull();
    expect(await idsOf(made)).toEqual([other.id]);
  });

  it('reaches a login with refresh tokens, and its access tokens, in every process', async () => {
    const made = listing();
    const [one, other] = [await tokenLogin(made), await tokenLogin(made)];
    await made.auth.sessions.end({ userId: 1, sessionId: one.sid });
    for (const each of [made, anotherDoor(made, { sessions })]) {
      expect(await refreshVerdict(each, one.refreshToken)).toBe('ERR_TOKEN_INVALID');
      expect(await verdictOn(each.auth, one.accessToken)).toBe('ERR_TOKEN_REVOKED');
      expect(await verdictOn(each.auth, other.accessToken)).toBe('accepted');
      expect(await idsOf(each)).toEqual([other.sid]);
    }
    expect(await refreshVerdict(made, other.refreshToken)).toBe('refreshed');
  });

  it('is what the end of an access token and of a refresh token do too', async () => {
    const made = listing();
    const [one, other] = [await tokenLogin(made), await tokenLogin(made)];
    await made.auth.tokens.revoke(one.accessToken);
    expect(await refreshVerdict(made, one.refreshToken)).toBe('ERR_TOKEN_INVALID');
    await made.auth.tokens.revoke(other.refreshToken);
    expect(await verdictOn(made.auth, other.accessToken)).toBe('ERR_TOKEN_REVOKED');
    expect(await idsOf(made)).toEqual([]);
  });

  it('reaches nothing of another user', async () => {
    const made = listing();
    const { auth } = made;
    const [login, stamp] = [await tokenLogin(made), await auth.sessions.start(aliceRow())];
    await tokenLogin(made, bobRow());
    for (const sessionId of [login.sid, stamp.id]) await auth.sessions.end({ userId: 2, sessionId });
    expect(await verdictOn(auth, login.accessToken)).toBe('accepted');
    expect(await refreshVerdict(made, login.refreshToken)).toBe('refreshed');
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
    expect(await idsOf(made)).toEqual([login.sid, stamp.id].sort());
    expect(await idsOf(made, 2)).toHaveLength(1);
  });

  it('lasts, also of a login that has only just been listed', async () => {
    const clock = movableClock();
    const state = heldState(memoryState({ clock }));
    const made = door({ clock, state, sessions });
    const written = state.hold('putIfAbsent');
    const beginning = tokenLogin(made);
    await written.arrived;
    const [sid = ''] = await idsOf(made);
    await made.auth.sessions.end({ userId: 1, sessionId: sid });
    written.release();
    const { refreshToken } = await beginning;
    expect(await refreshVerdict(made, refreshToken)).toBe('ERR_TOKEN_INVALID');
    clock.advance(2 * defaults.sessionAbsolute);
    expect(await refreshVerdict(made, refreshToken)).toBe('ERR_TOKEN_INVALID');
  });

  it('leaves none in the list when all are ended', async () => {
    const made = listing();
    const { auth } = made;
    const [login, stamp] = [await tokenLogin(made), await auth.sessions.start(aliceRow())];
    await auth.sessions.endAll(1);
    expect(await idsOf(made)).toEqual([]);
    expect(await auth.sessions.resume(stamp)).toBeNull();
    expect(await refreshVerdict(made, login.refreshToken)).not.toBe('refreshed');
    expect(await verdictOn(auth, login.accessToken)).toBe('ERR_TOKEN_REVOKED');
    const { id } = await auth.sessions.start(aliceRow());
    expect(await idsOf(made)).toEqual([id]);
  });
});

describe('what is seen of a login', () => {
  it('is written at most every five minutes', async () => {
    const made = listing();
    const { auth, clock, state } = made;
    let { stamp } = { stamp: await auth.sessions.start(aliceRow()) };
    const began = Number(clock.now());
    state.calls.length = 0;
    for (let second = 0; second < 3600; second += 10) {
      clock.advance(10);
      const resumed = await auth.sessions.resume(stamp);
      stamp = resumed?.stamp ?? stamp;
    }
    const written = state.calls.filter((call) => /^(put|compareAndSet).* sessions$/.test(call));
    expect(written).toHaveLength(12);
    expect(await auth.sessions.list(1)).toMatchObject([
      { firstSeen: new Date(began), lastSeen: new Date(began + 3_600_000) },
    ]);
  });

  it('is noted at a refresh, and its login stays where it is', async () => {
    const made = listing();
    const login = await tokenLogin(made);
    const began = Number(made.clock.now());
    made.clock.advance(86_400);
    expect(await refreshVerdict(made, login.refreshToken)).toBe('refreshed');
    expect(await made.auth.sessions.list(1)).toMatchObject([
      { id: login.sid, firstSeen: new Date(began), lastSeen: new Date(began + 86_400_000) },
    ]);
  });

  it('puts a session from before the list on it', async () => {
    const before = door();
    const stamp = await before.auth.sessions.start(aliceRow());
    const made = anotherDoor(before, { sessions });
    const began = Number(made.clock.now());
    expect(await idsOf(made)).toEqual([]);
    made.clock.advance(60);
    await made.auth.sessions.resume(stamp);
    expect(await made.auth.sessions.list(1)).toMatchObject([
      { id: stamp.id, firstSeen: new Date(began), lastSeen: new Date(began + 60_000) },
    ]);
  });

  it('takes a session that is idle off the list', async () => {
    const made = listing();
    await made.auth.sessions.start(aliceRow());
    const { sid } = await tokenLogin(made);
    made.clock.advance(defaults.sessionIdle + defaults.sessionListTouch + defaults.sessionTouch + 1);
    expect(await idsOf(made)).toEqual([sid]);
    made.clock.advance(defaults.refreshIdle);
    expect(await idsOf(made)).toEqual([]);
  });
});

describe('many logins of one user', () => {
  it('are all listed, however parallel', async () => {
    const made = listing();
    const [stamps, logins] = await Promise.all([
      Promise.all(Array.from({ length: 25 }, () => made.auth.sessions.start(aliceRow()))),
      Promise.all(Array.from({ length: 25 }, () => tokenLogin(made))),
    ]);
    const ids = [...stamps.map(({ id }) => id), ...logins.map(({ sid }) => sid)];
    expect(await idsOf(made)).toEqual(ids.sort());
  });

  it('are a hundred at most: one more ends the oldest, and it is dead', async () => {
    const made = listing();
    const { auth, clock } = made;
    const [stamp, login] = [await auth.sessions.start(aliceRow()), await tokenLogin(made)];
    for (let n = 2; n < limit; n += 1) {
      clock.advance(1);
      await auth.sessions.start(aliceRow());
    }
    expect(await idsOf(made)).toContain(stamp.id);
    await tokenLogin(made);
    expect(await auth.sessions.resume(stamp)).toBeNull();
    expect(await verdictOn(auth, login.accessToken)).toBe('accepted');
    await auth.sessions.start(aliceRow());
    expect(await verdictOn(auth, login.accessToken)).toBe('ERR_TOKEN_REVOKED');
    expect(await refreshVerdict(made, login.refreshToken)).toBe('ERR_TOKEN_INVALID');
    expect(await idsOf(made)).toHaveLength(limit);
  });

  it('are a hundred at most with refresh tokens, also without a list', async () => {
    const made = door();
    const logins: TokenLogin[] = [];
    for (let n = 0; n < limit + 1; n += 1) {
      made.clock.advance(1);
      logins.push(await tokenLogin(made));
    }
    const [first, second] = logins;
    expect(await verdictOn(made.auth, first?.accessToken ?? '')).toBe('ERR_TOKEN_REVOKED');
    expect(await refreshVerdict(made, first?.refreshToken ?? '')).toBe('ERR_TOKEN_INVALID');
    expect(await refreshVerdict(made, second?.refreshToken ?? '')).toBe('refreshed');
  });

  it('are a hundred at most when they come at once: as many are alive as are listed', async () => {
    const made = listing();
    const logins = await Promise.all(Array.from({ length: limit + 20 }, () => tokenLogin(made)));
    const listed = await idsOf(made);
    expect(listed).toHaveLength(limit);
    // Also when the denials of those that had to go are over.
    made.clock.advance(defaults.sessionAbsolute + 1);
    const refreshed = await Promise.all(
      logins.map(async ({ sid, refreshToken }) =>
        (await refreshVerdict(made, refreshToken)) === 'refreshed' ? [sid] : [],
      ),
    );
    expect(refreshed.flat().sort()).toEqual(listed);
  });
});

describe('a list that cannot be read or written', () => {
  it.each(sessionLists)('begins no login: %s', async (text) => {
    const made = listing();
    await made.state.put(new StateKeys('').sessions(1), text, 3600);
    await expect(made.auth.sessions.start(aliceRow())).rejects.toMatchObject(unavailable);
    await expect(made.auth.tokens.issue(aliceRow(), { refresh: true })).rejects.toMatchObject(unavailable);
    await expect(made.auth.sessions.list(1)).rejects.toMatchObject(unavailable);
    expect(made.events).toEqual([]);
    await made.auth.sessions.start(bobRow());
  });

  const acts: Readonly<Record<string, (made: Door) => Promise<unknown>>> = {
    start: ({ auth }) => auth.sessions.start(aliceRow()),
    issue: ({ auth }) => auth.tokens.issue(aliceRow(), { refresh: true }),
    list: ({ auth }) => auth.sessions.list(1),
  };

  it.each(Object.entries(acts))(
    'fails %s at each of its calls, and tells nobody of a login',
    async (_, act) => {
      let calls = 1;
      for (let call = 1; call <= calls; call += 1) {
        for (const fault of faults) {
          const clock = movableClock();
          const state = faultyState(memoryState({ clock }));
          const made = door({ state, clock, sessions });
          await made.auth.sessions.start(aliceRow());
          made.events.length = 0;
          state.failAt(call, fault);
          await expect(act(made), `call ${call} ${fault}`).rejects.toMatchObject(unavailable);
          expect(made.events).toEqual([]);
          state.failAt(Number.POSITIVE_INFINITY);
          await act(made);
          calls = Math.max(calls, state.calls.length);
        }
      }
      expect(calls).toBeGreaterThan(1);
    },
  );

  it('does not keep anybody from signing out everywhere', async () => {
    const made = listing();
    const stamp = await made.auth.sessions.start(aliceRow());
    await made.state.put(new StateKeys('').sessions(1), '[', 3600);
    await made.auth.sessions.endAll(1);
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
  });

  it('fails the end of one login, which is dead all the same', async () => {
    const made = listing();
    const stamp = await made.auth.sessions.start(aliceRow());
    await made.state.put(new StateKeys('').sessions(1), '[', 3600);
    await expect(made.auth.sessions.end({ userId: 1, sessionId: stamp.id })).rejects.toMatchObject(
      unavailable,
    );
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
  });
});
