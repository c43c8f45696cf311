/** Who ends the session of a request: everybody who has let it in, and nobody whom a stranger names. */

import { afterEach, describe, expect, it } from 'vitest';
import { resumeSession } from '../../src/http/login-session.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { memoryOf } from '../../src/http/request-memory.ts';
import type { AuthCore, SessionStamp } from '../../src/index.ts';
import { logOut } from '../../src/passport/index.ts';
import { aliceRow, door } from '../support/door.ts';
import type { Row } from '../support/user-table.ts';

/** A request as Passport and express-session leave it; `out` says whether its Passport session was ended. */
function requestWith(stamp: unknown): HttpRequest & { out: boolean } {
  const done = (callback?: (error?: unknown) => void) => callback?.();
  const request = {
    method: 'POST',
    headers: {},
    session: { passport: { user: stamp }, regenerate: done, save: done },
    out: false,
    logOut: (_options: unknown, callback: () => void) => {
      request.out = true;
      callback();
    },
  };
  return request as unknown as HttpRequest & { out: boolean };
}

const isAlive = async (auth: AuthCore<Row>, stamp: SessionStamp): Promise<boolean> =>
  (await auth.sessions.resume(stamp)) !== null;

describe('logOut', () => {
  it('ends the session in each state store through which the request came in', async () => {
    const [one, other] = [door(), door()];
    const stamp = await one.auth.sessions.start(aliceRow());
    const request = requestWith(stamp);
    await resumeSession(one.auth, request);
    await resumeSession(other.auth, request);
    await logOut(request);
    expect([await isAlive(one.auth, stamp), await isAlive(other.auth, stamp)]).toEqual([false, false]);
  });

  it('ends it in the others also when one store is down, and says so', async () => {
    const [down, other] = [door(), door()];
    const stamp = await down.auth.sessions.start(aliceRow());
    const request = requestWith(stamp);
    await resumeSession(down.auth, request);
    await resumeSession(other.auth, request);
    down.state.failing.add('putIfAbsent');
    await expect(logOut(request)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    expect([await isAlive(other.auth, stamp), request.out]).toEqual([false, true]);
  });

  it('refuses a session that nobody has looked at', async () => {
    const { auth } = door();
    const request = requestWith(await auth.sessions.start(aliceRow()));
    await expect(logOut(request)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', option: 'req.logOut' });
    expect(request.out).toBe(false);
  });

  it('refuses a session that only another realm could end', async () => {
    const [ours, staff] = [door(), door({ realm: 'staff' })];
    const request = requestWith(await ours.auth.sessions.start(aliceRow()));
    memoryOf(request).enders.add(staff.auth);
    await expect(logOut(request)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('a polluted prototype', () => {
  const planted = Object.prototype as unknown as Record<string, unknown>;
  afterEach(() => {
    for (const name of ['enders', 'arrived', 'ender']) delete planted[name];
  });

  it('ends no session of somebody else', async () => {
    const { auth, events } = door();
    const victim = await auth.sessions.start(aliceRow());
    planted['arrived'] = { userId: 1, stamp: victim };
    const request = requestWith(undefined);
    memoryOf(request).enders.add(auth);
    await logOut(request);
    expect(await isAlive(auth, victim)).toBe(true);
    expect(events.map(({ name }) => name)).not.toContain('session.ended');
  });

  it('makes no sign-out of one that ends nothing', async () => {
    const { auth } = door();
    planted['enders'] = new Set([{ ...auth, sessions: { end: async () => undefined } }]);
    const request = requestWith(await auth.sessions.start(aliceRow()));
    await expect(logOut(request)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('the memory of a request', () => {
  it('has these parts under this name: others are another version’s, and need another', () => {
    const request = {};
    memoryOf(request);
    expect(Object.getOwnPropertySymbols(request)).toEqual([Symbol.for('ostiary.request/1')]);
    expect(Reflect.ownKeys(memoryOf(request))).toEqual(['enders']);
  });

  it('goes through a proxy that wraps what it hands on', () => {
    const wrapping = new Proxy({} as object, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'object' && value !== null ? new Proxy(value, {}) : value;
      },
    });
    memoryOf(wrapping).login = { user: 'ann', authentication: undefined };
    expect(memoryOf(wrapping).login?.user).toBe('ann');
  });
});
