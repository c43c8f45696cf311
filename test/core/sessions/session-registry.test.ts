import { describe, expect, it } from 'vitest';
import { defaults } from '../../../src/core/defaults.ts';
import {
  type ListEntry,
  SessionRegistry,
  type SessionRegistryParts,
} from '../../../src/core/sessions/session-registry.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { Revocations } from '../../../src/core/tokens/revocation.ts';
import type { RequestContext, UserId } from '../../../src/index.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { sessionLists } from '../../support/damaged-records.ts';
import { heldState } from '../../support/held-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const [idle, life, slack] = [1800, 43_200, defaults.sessionListTouch + defaults.sessionTouch];
const limit = defaults.sessionsPerUser;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const unavailable = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };

function made({ enabled = true } = {}) {
  const clock = movableClock();
  const state = heldState(memoryState({ clock }));
  const keys = new StateKeys('');
  const revocations = new Revocations({ state, keys, clock, lifeSeconds: life });
  const parts: SessionRegistryParts = {
    ...{ state, keys, revocations, clock, enabled },
    idle: { session: idle, tokens: 10 * idle },
  };
  const registry = new SessionRegistry(parts);
  const evicted: string[] = [];
  const entry = (id: string, changes: Partial<ListEntry> = {}): ListEntry => {
    const now = Number(clock.now()) / 1000;
    return { id, kind: 'session', gen: null, first: now, seen: now, end: now + life, ...changes };
  };
  const add = (
    id: string,
    context: RequestContext = {},
    changes: Partial<ListEntry> = {},
    userId: UserId = 1,
  ) =>
    registry.add(userId, entry(id, changes), context, async (oldest) => {
      evicted.push(oldest);
      await revocations.deny(userId, oldest, life);
    });
  const listed = async (userId: UserId = 1) => (await registry.list(userId, undefined)).map(({ id }) => id);
  const stored = () => state.get(keys.sessions(1));
  const writes = () => state.calls.filter((call) => /^(put|compareAndSet).* sessions$/.test(call)).length;
  return { clock, state, keys, revocations, parts, registry, evicted, entry, add, listed, stored, writes };
}

describe('the list of a user', () => {
  it('shows what was said of each login, the last one seen first, and marks the present one', async () => {
    const { registry, add, clock } = made();
    const start = Number(clock.now());
    await add('s1', { userAgent: firefox });
    clock.advance(10);
    await add('s2', {}, { kind: 'tokens' });
    const [first, second] = [new Date(start), new Date(start + 10_000)];
    expect(await registry.list(1, 's1')).toEqual([
      { id: 's2', kind: 'tokens', device: null, firstSeen: second, lastSeen: second, current: false },
      {
        id: 's1',
        kind: 'session',
        device: 'Firefox on Linux',
        firstSeen: first,
        lastSeen: first,
        current: true,
      },
    ]);
  });

  it('is empty for a user of whom nothing is known, and of nobody else', async () => {
    const { add, listed } = made();
    await add('s1');
    expect(await listed()).toEqual(['s1']);
    expect([await listed('1'), await listed(1n), await listed(2)]).toEqual([[], [], []]);
  });

  it('has each login once', async () => {
    const { add, listed } = made();
    await add('s1');
    await add('s1');
    expect(await listed()).toEqual(['s1']);
  });

  it('is not there without the option, and says which', async () => {
    const { registry, add, state } = made({ enabled: false });
    await add('s1', { userAgent: firefox });
    state.calls.length = 0;
    await expect(registry.list(1, undefined)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      option: 'sessions.registry',
    });
    expect(state.calls).toEqual([]);
  });

  it('keeps no device without the option', async () => {
    const { add, stored } = made({ enabled: false });
    await add('s1', { userAgent: firefox });
    expect(await stored()).toContain('s1');
    expect(await stored()).not.toContain('Firefox');
  });

  it('is forgotten by the store a minute after the last of it has ended', async () => {
    const { add, clock, stored } = made();
    await add('long', {}, { end: Number(clock.now()) / 1000 + 2 * life });
    await add('short');
    clock.advance(2 * life + 59);
    expect(await stored()).not.toBeNull();
    clock.advance(1);
    expect(await stored()).toBeNull();
  });
});

describe('what leaves the list', () => {
  it('is what was taken off it, and a second time nothing is written', async () => {
    const { registry, add, listed, writes } = made();
    await add('s1');
    await add('s2');
    await registry.remove(1, 's1');
    expect(await listed()).toEqual(['s2']);
    const before = writes();
    await registry.remove(1, 's1');
    await registry.remove(2, 's1');
    expect(writes()).toBe(before);
  });

  it('is what was denied, or is of before a sign-out everywhere', async () => {
    const { add, listed, revocations } = made();
    await add('s1');
    await add('s2');
    await revocations.deny(1, 's1', 60);
    expect(await listed()).toEqual(['s2']);
    const mark = await revocations.endAll(1);
    await add('s3', {}, { gen: mark });
    expect(await listed()).toEqual(['s3']);
  });

  it('is what has been idle, each kind by its own time, and what is over', async () => {
    const { add, listed, clock } = made();
    await add('cookie');
    await add('tokens', {}, { kind: 'tokens' });
    clock.advance(idle + slack);
    expect(await listed()).toEqual(['cookie', 'tokens']);
    clock.advance(1);
    expect(await listed()).toEqual(['tokens']);
    await add('short', {}, { end: Number(clock.now()) / 1000 + 5 });
    clock.advance(5);
    expect(await listed()).toEqual(['tokens']);
  });

  it('leaves room for others', async () => {
    const { add, listed, clock, evicted, stored } = made();
    for (let n = 0; n < limit; n += 1) await add(`s${n}`);
    clock.advance(idle + slack + 1);
    await add('new');
    expect([await listed(), evicted]).toEqual([['new'], []]);
    expect(JSON.parse((await stored()) ?? '')).toHaveLength(1);
  });
});

describe('a login that was used', () => {
  it('is noted at most once in five minutes, and keeps its device and its beginning', async () => {
    const { registry, add, entry, clock, writes } = made();
    const start = Number(clock.now());
    await add('s1', { userAgent: firefox });
    const before = writes();
    for (let minute = 1; minute <= 60; minute += 1) {
      clock.advance(60);
      await registry.touch(1, entry('s1'));
    }
    expect(writes() - before).toBe(12);
    const [shown] = await registry.list(1, undefined);
    expect(shown).toMatchObject({ device: 'Firefox on Linux', firstSeen: new Date(start) });
    expect(shown?.lastSeen).toEqual(new Date(start + 3_600_000));
  });

  it('is noted again after a clock was set back', async () => {
    const { registry, add, entry, clock } = made();
    const start = Number(clock.now());
    clock.advance(7200);
    await add('s1');
    clock.advance(-7200);
    await registry.touch(1, entry('s1'));
    expect((await registry.list(1, undefined))[0]?.lastSeen).toEqual(new Date(start));
  });

  it('is listed then, if it began before there was a list', async () => {
    const { registry, entry, add, listed } = made();
    await registry.touch(1, entry('old'));
    expect(await listed()).toEqual(['old']);
    for (let n = 1; n < limit; n += 1) await add(`s${n}`);
    await registry.touch(1, entry('older'));
    expect(await listed()).toHaveLength(limit);
    expect(await listed()).not.toContain('older');
  });

  it('does not come back when it was ended, however short its denial is kept', async () => {
    const { registry, entry, add, listed, clock, revocations } = made();
    await add('other');
    await add('ended', {}, { kind: 'tokens' });
    await revocations.deny(1, 'ended', 300);
    await registry.remove(1, 'ended');
    await registry.touch(1, entry('ended', { kind: 'tokens' }));
    clock.advance(300 + 2 * defaults.clockToleranceMaximum);
    expect(await listed()).toEqual(['other']);
  });

  it('is not put back by a note that was under way when it was taken off', async () => {
    const { registry, entry, add, listed, clock, state, revocations } = made();
    await add('ended');
    await add('other');
    clock.advance(300);
    const read = state.hold('get');
    const touching = registry.touch(1, entry('ended'));
    await read.arrived;
    await revocations.deny(1, 'ended', 300);
    await registry.remove(1, 'ended');
    read.release();
    await touching;
    expect(await listed()).toEqual(['other']);
  });

  it('is not noted without the option', async () => {
    const { registry, entry, state } = made({ enabled: false });
    await registry.touch(1, entry('s1'));
    expect(state.calls).toEqual([]);
  });
});

describe.each([true, false])('one login too many, with the option %s', (enabled) => {
  it('ends the oldest before it is listed', async () => {
    const { add, evicted, clock, stored, revocations } = made({ enabled });
    for (let n = 0; n < limit + 3; n += 1) {
      clock.advance(1);
      await add(`s${n}`);
    }
    expect(evicted).toEqual(['s0', 's1', 's2']);
    const ids = (JSON.parse((await stored()) ?? '') as ListEntry[]).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: limit }, (_, n) => `s${n + 3}`));
    expect(await revocations.isRevoked(1, null, 's2')).toBe(true);
  });

  it('ends nobody while there are some that were ended anyway', async () => {
    const { add, evicted, revocations } = made({ enabled });
    for (let n = 0; n < limit; n += 1) await add(`s${n}`);
    await revocations.deny(1, 's50', life);
    await add('new');
    expect(evicted).toEqual([]);
    await add('newer');
    expect(evicted).toEqual(['s0']);
  });

  it('is no login when the oldest cannot be ended', async () => {
    const { registry, entry, add, stored } = made({ enabled });
    for (let n = 0; n < limit; n += 1) await add(`s${n}`);
    const before = await stored();
    const fault = new Error('cannot');
    await expect(registry.add(1, entry('new'), {}, () => Promise.reject(fault))).rejects.toBe(fault);
    expect(await stored()).toBe(before);
  });
});

describe('a list that cannot be trusted', () => {
  it.each(sessionLists)('is no list: %s', async (text) => {
    const { registry, add, entry, state, keys, stored } = made();
    await state.put(keys.sessions(1), text, 60);
    await expect(add('s1')).rejects.toMatchObject(unavailable);
    await expect(registry.touch(1, entry('s1'))).rejects.toMatchObject(unavailable);
    await expect(registry.remove(1, 's1')).rejects.toMatchObject(unavailable);
    await expect(registry.list(1, undefined)).rejects.toMatchObject(unavailable);
    expect(await stored()).toBe(text);
  });

  it('is one that is never written', async () => {
    const { parts, entry, state } = made();
    const never = { ...state, putIfAbsent: async () => false };
    const registry = new SessionRegistry({ ...parts, state: never });
    await expect(registry.add(1, entry('s1'), {}, async () => undefined)).rejects.toMatchObject(unavailable);
  });
});

describe('at the limit', () => {
  const full = async (kind: ListEntry['kind']) => {
    const scene = made();
    for (let n = 0; n < limit; n += 1) {
      await scene.add(`s${n}`, {}, { kind });
      await scene.state.put(scene.keys.refresh(`s${n}`), 'a family', life);
    }
    scene.state.calls.length = 0;
    return scene;
  };
  const asked = (calls: readonly string[], call: string): number =>
    calls.filter((each) => each === call).length;

  it('what was signed out everywhere goes with its records, one that is denied with its own', async () => {
    const { add, state, revocations, evicted, listed } = await full('tokens');
    await revocations.deny(1, 's7', life);
    await add('new', {}, { kind: 'tokens' });
    expect(asked(state.calls, 'delete refresh')).toBe(1);
    const gen = await revocations.endAll(1);
    await add('newer', {}, { kind: 'tokens', gen });
    expect(asked(state.calls, 'delete refresh')).toBe(1 + limit);
    expect([evicted, await listed()]).toEqual([[], ['newer']]);
  });

  it('of sessions nothing is asked and deleted, which have no record', async () => {
    const { add, state, revocations, evicted } = await full('session');
    await revocations.deny(1, 's7', life);
    await add('new');
    await add('newer');
    expect(state.calls.filter((call) => call.endsWith('refresh'))).toEqual([]);
    expect(evicted).toEqual(['s0']);
  });

  it('no login begins when what is over cannot be asked for or deleted', async () => {
    for (const verb of ['get', 'delete'] as const) {
      const { parts, entry, state, revocations, stored } = await full('tokens');
      await revocations.deny(1, 's7', life);
      const fault = new Error(verb);
      const faulty = {
        ...state,
        [verb]: (key: string) => (key.startsWith('refresh:') ? Promise.reject(fault) : state[verb](key)),
      };
      const registry = new SessionRegistry({ ...parts, state: faulty });
      const before = await stored();
      const adding = registry.add(1, entry('new'), {}, async () => undefined);
      await expect(adding).rejects.toBe(fault);
      expect(await stored()).toBe(before);
    }
  });
});
