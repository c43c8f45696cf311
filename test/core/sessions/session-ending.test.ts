import { describe, expect, it } from 'vitest';
import { defaults } from '../../../src/core/defaults.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { aliceRow, anotherDoor, door } from '../../support/door.ts';
import { faults, faultyState } from '../../support/faulty-state.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { verdictOn } from '../../support/token-verdict.ts';

const keys = new StateKeys('');

/** A login with refresh tokens of user 1, at a door whose calls can fail. */
async function scene(registry = true) {
  const clock = movableClock();
  const state = faultyState(memoryState({ clock }));
  const made = door({ state, clock, sessions: { registry } });
  const { accessToken, refreshToken = '' } = await made.auth.tokens.issue(aliceRow(), { refresh: true });
  const { sid = '' } = await made.auth.tokens.verify(accessToken);
  state.failAt(Number.POSITIVE_INFINITY);
  const end = () => made.auth.sessions.end({ userId: 1, sessionId: sid });
  const elsewhere = () => anotherDoor(made, { sessions: { registry } }).auth;
  const stored = () => state.get(keys.refresh(sid));
  return { ...made, state, accessToken, refreshToken, sid, end, elsewhere, stored };
}

describe('the end of a login with refresh tokens', () => {
  it('denies it first and deletes it last but for the shorter denial', async () => {
    const { state, end } = await scene();
    await end();
    expect(state.calls).toEqual([
      ...['get refresh', 'get revocation', 'putIfAbsent revocation'],
      ...['get sessions', 'compareAndSet sessions'],
      ...['delete refresh', 'get revocation', 'compareAndSet revocation'],
    ]);
  });

  it('leaves no access token alive that could not be found any more, wherever it is cut off', async () => {
    let calls = 1;
    for (let call = 1; call <= calls; call += 1) {
      for (const fault of faults) {
        const { state, end, elsewhere, accessToken, refreshToken, stored } = await scene();
        state.failAt(call, fault);
        const where = `call ${call} ${fault}`;
        await expect(end(), where).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
        state.failAt(Number.POSITIVE_INFINITY);
        const isFound = (await stored()) !== null;
        const verdict = await verdictOn(elsewhere(), accessToken);
        expect(isFound || verdict === 'ERR_TOKEN_REVOKED', where).toBe(true);
        if (verdict === 'ERR_TOKEN_REVOKED') {
          await expect(elsewhere().tokens.refresh(refreshToken), where).rejects.toMatchObject({
            code: expect.stringMatching(/^ERR_TOKEN_(REVOKED|INVALID)$/),
          });
        }
        state.failAt(Number.POSITIVE_INFINITY);
        await end();
        calls = Math.max(calls, state.calls.length);
        expect(await verdictOn(elsewhere(), accessToken), where).toBe('ERR_TOKEN_REVOKED');
        expect(await elsewhere().sessions.list(1), where).toEqual([]);
        expect(await stored(), where).toBeNull();
      }
    }
    expect(calls).toBe(8);
  });

  it('is remembered no longer than an access token lives', async () => {
    const { state, sid, end, clock, accessToken, elsewhere } = await scene();
    await end();
    clock.advance(299);
    expect(await verdictOn(elsewhere(), accessToken)).toBe('ERR_TOKEN_REVOKED');
    // A repeat at the end of the grace time would have got one too.
    clock.advance(1 + defaults.refreshGrace + 119);
    expect(await state.get(keys.revocation(1))).toContain(sid);
    clock.advance(1);
    expect(await state.get(keys.revocation(1))).toBeNull();
  });

  it('asks for no list where none is kept, but for that which bounds it', async () => {
    const { state, end, auth } = await scene(false);
    await end();
    expect(state.calls.filter((call) => call.endsWith('sessions'))).toHaveLength(2);
    const { id } = await auth.sessions.start(aliceRow());
    state.calls.length = 0;
    await auth.sessions.end({ userId: 1, sessionId: id });
    expect(state.calls.filter((call) => call.endsWith('sessions'))).toEqual([]);
  });

  it('is as long as the longest login when the family cannot be read here', async () => {
    const { state, sid, end, clock, accessToken, elsewhere } = await scene();
    const stored = (await state.get(keys.refresh(sid))) ?? '';
    await state.put(keys.refresh(sid), `x${stored}`, 90 * 86_400);
    await end();
    expect(await state.get(keys.refresh(sid))).not.toBeNull();
    expect(await verdictOn(elsewhere(), accessToken)).toBe('ERR_TOKEN_REVOKED');
    clock.advance(89 * 86_400);
    expect(await state.get(keys.revocation(1))).toContain(sid);
  });
});

describe('the end of a login of another user', () => {
  it.each([true, false])('writes nothing at all, with the list %s', async (registry) => {
    const { auth, state, sid } = await scene(registry);
    state.calls.length = 0;
    await auth.sessions.end({ userId: 2, sessionId: sid });
    expect(state.calls).toEqual(['get refresh']);
  });

  it('fills nobody’s record of what was ended: who does it often is not signed out by it', async () => {
    const { auth, sid } = await scene();
    const bob = aliceRow({ key: 2, login: 'bob@shop.example' });
    const { accessToken } = await auth.tokens.issue(bob, { refresh: true });
    const others = [sid];
    while (others.length <= defaults.deniedPerUser) {
      const { refreshToken = '' } = await auth.tokens.issue(aliceRow(), { refresh: true });
      others.push(refreshToken.split('.')[0] ?? '');
    }
    for (const sessionId of others) await auth.sessions.end({ userId: 2, sessionId });
    expect(await verdictOn(auth, accessToken)).toBe('accepted');
  });

  it('leaves it as it is', async () => {
    const { auth, sid, accessToken, refreshToken, stored } = await scene();
    const before = await stored();
    await auth.sessions.end({ userId: 2, sessionId: sid });
    expect(await stored()).toBe(before);
    expect(await verdictOn(auth, accessToken)).toBe('accepted');
    expect(await auth.sessions.list(1)).toHaveLength(1);
    await auth.tokens.refresh(refreshToken);
  });

  it('leaves it as it is also where the ids differ in nothing but their type', async () => {
    const { auth, sid, refreshToken, stored } = await scene();
    await auth.sessions.end({ userId: 1n, sessionId: sid }).catch(() => undefined);
    expect(await stored()).not.toBeNull();
    await auth.tokens.refresh(refreshToken);
  });
});
