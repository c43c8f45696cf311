/** A state store that fails lets nobody in, makes no second line, and locks out no longer than it must. */

import { describe, expect, it } from 'vitest';
import { aliceRow } from '../support/door.ts';
import { type FaultyState, faults, faultyState } from '../support/faulty-state.ts';
import {
  liveLeaves,
  loginOf,
  type Pair,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  tableWithoutEpochs,
  useOf,
} from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const unavailable = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

interface Scene extends RefreshDoor {
  readonly state: FaultyState;
  readonly first: Pair;
  readonly next: Pair;
}

/** A login that was refreshed once, with a list that is due to be written again, and no event yet. */
async function scene(grace: number): Promise<Scene> {
  const table = tableWithoutEpochs(aliceRow());
  const parts = { grace, table, sessions: { registry: true }, tokens: { expiresIn: '1h' } } as const;
  const made = refreshDoor(parts, faultyState);
  const first = await loginOf(made);
  made.clock.advance(600);
  const next = await refreshed(made, first.refreshToken);
  made.clock.advance(600);
  made.events.length = 0;
  return { ...made, state: made.state as FaultyState, first, next };
}

type Act = (made: Scene) => Promise<unknown>;

/** The act with each of its calls failing in each way; answers how many calls it makes. */
async function eachFault(
  grace: number,
  act: Act,
  check: (made: Scene, where: string) => Promise<void>,
): Promise<number> {
  const counted = await scene(grace);
  counted.state.failAt(Number.POSITIVE_INFINITY);
  await act(counted).catch(() => undefined);
  const calls = counted.state.calls.length;
  for (let call = 1; call <= calls; call += 1) {
    for (const fault of faults) {
      const made = await scene(grace);
      made.state.failAt(call, fault);
      const where = `call ${call} ${fault}`;
      await expect(act(made), where).rejects.toMatchObject(unavailable);
      made.state.failAt(Number.POSITIVE_INFINITY);
      await check(made, where);
    }
  }
  return calls;
}

const refresh: Act = ({ auth, next }) => auth.tokens.refresh(next.refreshToken);

describe('a refresh whose store fails at any call', () => {
  it('tells of no success, and can be tried again within the grace time', async () => {
    const calls = await eachFault(10, refresh, async (made, where) => {
      expect(made.events, where).toEqual([]);
      made.clock.advance(9);
      const again = await refreshed(made, made.next.refreshToken);
      const tokens = [made.first, made.next, again].map(({ refreshToken }) => refreshToken);
      expect(await liveLeaves(made, tokens), where).toEqual([again.refreshToken]);
      expect(await verdictOn(made.auth, again.accessToken), where).toBe('accepted');
    });
    expect(calls).toBe(5);
  });

  it('without a grace time is good for another try, or for a new login', async () => {
    const codes: string[] = [];
    await eachFault(0, refresh, async (made, where) => {
      const again = await useOf(made, made.next.refreshToken);
      codes.push(again.code);
      const tokens = [made.first, made.next, again.pair ?? made.next].map((pair) => pair.refreshToken);
      const live = again.pair === undefined ? [] : [again.pair.refreshToken];
      expect(await liveLeaves(made, tokens), where).toEqual(live);
      expect((await useOf(made, (await loginOf(made)).refreshToken)).code, where).toBe('refreshed');
    });
    // The one answer that was lost after it was written.
    expect(codes.filter((code) => code === 'ERR_TOKEN_REUSED')).toHaveLength(1);
    expect(codes.filter((code) => code === 'refreshed')).toHaveLength(codes.length - 1);
  });

  it('leaves the access token of before as good as it was', async () => {
    await eachFault(10, refresh, async (made, where) => {
      expect(await verdictOn(made.auth, made.next.accessToken), where).toBe('accepted');
    });
  });
});

describe('a login whose store fails at any call', () => {
  it('hands nothing out, and can be tried again', async () => {
    const calls = await eachFault(10, loginOf, async (made, where) => {
      expect(made.events, where).toEqual([]);
      expect((await useOf(made, (await loginOf(made)).refreshToken)).code, where).toBe('refreshed');
      expect((await useOf(made, made.next.refreshToken)).code, where).toBe('refreshed');
    });
    expect(calls).toBe(4);
  });
});

describe('a reuse whose store fails at any call', () => {
  const reuse: Act = ({ auth, first }) => auth.tokens.refresh(first.refreshToken);

  it('lets nobody in, and ends the login at the next try', async () => {
    const calls = await eachFault(10, reuse, async (made, where) => {
      expect(made.events, where).toEqual([]);
      const again = await useOf(made, made.first.refreshToken);
      expect(['ERR_TOKEN_REUSED', 'ERR_TOKEN_INVALID'], where).toContain(again.code);
      const tokens = [made.first, made.next].map(({ refreshToken }) => refreshToken);
      expect(await liveLeaves(made, tokens), where).toEqual([]);
      for (const { accessToken } of [made.first, made.next]) {
        expect(await verdictOn(processOf(made).auth, accessToken), where).toBe('ERR_TOKEN_REVOKED');
      }
    });
    expect(calls).toBeGreaterThan(5);
  });
});

/** Each way out. */
const logouts: Readonly<Record<string, Act>> = {
  'revoke of the access token': ({ auth, next }) => auth.tokens.revoke(next.accessToken),
  'revoke of the refresh token': ({ auth, next }) => auth.tokens.revoke(next.refreshToken),
  'sessions.end': ({ auth, next }) =>
    auth.sessions.end({ userId: 1, sessionId: next.refreshToken.slice(0, 22) }),
  'sessions.endAll': ({ auth }) => auth.sessions.endAll(1),
};

describe('a logout whose store fails at any call', () => {
  it.each(Object.entries(logouts))(
    'by %s never leaves access tokens alive whose family is gone',
    async (_name, logout) => {
      await eachFault(10, logout, async (made, where) => {
        const refreshable = await liveLeaves(made, [made.next.refreshToken]);
        const verdict = await verdictOn(processOf(made).auth, made.next.accessToken);
        if (refreshable.length === 0) expect(verdict, where).toBe('ERR_TOKEN_REVOKED');
        await logout(made);
        expect(await liveLeaves(made, [made.next.refreshToken]), where).toEqual([]);
        for (const process of [made, processOf(made)]) {
          for (const { accessToken } of [made.first, made.next]) {
            expect(await verdictOn(process.auth, accessToken), where).toBe('ERR_TOKEN_REVOKED');
          }
        }
      });
    },
  );

  it('is tried again as often as the host likes', async () => {
    const made = await scene(10);
    for (let times = 0; times < 3; times += 1) {
      for (const logout of Object.values(logouts)) await logout(made);
    }
    expect(await liveLeaves(made, [made.next.refreshToken])).toEqual([]);
  });
});

describe('a table that fails', () => {
  it('passes its own error through, and costs nothing', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    const before = made.records.text();
    const fault = new Error('the database is down');
    const table = { ...made.table, findById: () => Promise.reject(fault) };
    const broken = processOf(made, { table });
    await expect(broken.auth.tokens.refresh(refreshToken)).rejects.toBe(fault);
    expect(made.records.text()).toBe(before);
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
  });
});
