/** Logins and their ends at once: what is alive is listed, in every order. */

import { expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import type { ListEntry } from '../../src/core/sessions/session-registry.ts';
import type { SessionStamp } from '../../src/core/sessions/session-stamp.ts';
import { StateKeys } from '../../src/core/state-keys.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import { recordingState } from '../support/recording-state.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { stepwise } from '../support/stepwise.ts';
import { type Turns, turns } from '../support/turns.ts';

const sessions = { registry: true };
const limit = defaults.sessionsPerUser;
const listKey = new StateKeys('').sessions(1);
const authentication = { methods: ['pwd'], at: 1_767_225_600, gen: null };

/** Another process on the same stores, each of whose reads and writes of these records is a step. */
function stepping({ state, ...made }: Door, dealt: Turns, purposes: readonly string[]): Door {
  const isStep = (key: unknown) => purposes.includes(String(key).split(':')[0] ?? '');
  const stepped = stepwise(
    state,
    dealt,
    ['get', 'putIfAbsent', 'compareAndSet', 'delete'],
    undefined,
    isStep,
  );
  return anotherDoor({ ...made, state: recordingState(stepped) }, { sessions });
}

async function idsOf({ auth }: Door): Promise<readonly string[]> {
  return (await auth.sessions.list(1)).map(({ id }) => id).sort();
}

async function alive({ auth }: Door, stamps: readonly SessionStamp[]): Promise<readonly string[]> {
  const resumed = await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)));
  return resumed.flatMap((session) => (session === null ? [] : [session.stamp.id])).sort();
}

it('two logins and a logout at once: the two are listed and the one is not, in every order', async () => {
  const orders = await everyInterleaving(async (dealt) => {
    const made = door({ sessions });
    const start = (at: Door) => at.auth.sessions.start(aliceRow(), authentication);
    const old = await start(made);
    const stamps = [old];
    const at = stepping(made, dealt, ['sessions']);
    await dealt.run([
      async () => void stamps.push(await start(at)),
      async () => void stamps.push(await start(at)),
      () => at.auth.sessions.end({ userId: 1, sessionId: old.id }),
    ]);
    const living = await alive(made, stamps);
    expect(living).toHaveLength(2);
    expect(living).not.toContain(old.id);
    expect(await idsOf(made)).toEqual(living);
  });
  console.log(`two logins and a logout: ${orders} orders`);
  expect(orders).toBeGreaterThan(200);
});

it('a session that is used is not listed again when it is ended at once, in every order', async () => {
  const orders = await everyInterleaving(async (dealt) => {
    const made = door({ sessions });
    const stamp = await made.auth.sessions.start(aliceRow(), authentication);
    made.clock.advance(defaults.sessionListTouch);
    const at = stepping(made, dealt, ['sessions', 'revocation']);
    await dealt.run([
      async () => void (await at.auth.sessions.resume(stamp)),
      () => at.auth.sessions.end({ userId: 1, sessionId: stamp.id }),
    ]);
    expect(await alive(made, [stamp])).toEqual([]);
    expect(await idsOf(made)).toEqual([]);
    expect(await made.state.get(listKey)).toBe('[]');
  });
  console.log(`a request and a logout: ${orders} orders`);
  expect(orders).toBeGreaterThan(20);
});

it('a login that is refreshed is not listed again when it is ended at once, now or later', async () => {
  const random = seededRandom(6);
  for (let n = 0; n < 100; n += 1) {
    const dealt = turns(random);
    const made = door({ sessions });
    const { refreshToken = '' } = await made.auth.tokens.issue(aliceRow(), { refresh: true });
    const [sid = ''] = refreshToken.split('.');
    made.clock.advance(defaults.sessionListTouch);
    const at = stepping(made, dealt, ['sessions', 'revocation', 'refresh']);
    await dealt.run([
      async () => void (await at.auth.tokens.refresh(refreshToken).catch(() => undefined)),
      () => at.auth.sessions.end({ userId: 1, sessionId: sid }),
    ]);
    expect(await idsOf(made)).toEqual([]);
    made.clock.advance(defaults.accessToken + 2 * defaults.clockToleranceMaximum);
    expect(await idsOf(made)).toEqual([]);
  }
});

it('two logins at once, each of which is one too many: as many are alive as are listed, in every order', async () => {
  const full = door({ sessions });
  const earlier: SessionStamp[] = [];
  for (let n = 0; n < limit; n += 1) {
    earlier.push(await full.auth.sessions.start(aliceRow(), authentication));
    full.clock.advance(1);
  }
  const list = (await full.state.get(listKey)) ?? '';
  expect(JSON.parse(list) as readonly ListEntry[]).toHaveLength(limit);
  const orders = await everyInterleaving(async (dealt) => {
    const { clock, table } = full;
    const made = anotherDoor({ clock, table, state: recordingState(memoryState({ clock })) }, { sessions });
    await made.state.put(listKey, list, 86_400);
    const at = stepping(made, dealt, ['sessions']);
    const started: SessionStamp[] = [];
    const start = async () => {
      started.push(await at.auth.sessions.start(aliceRow(), authentication));
    };
    await dealt.run([start, start]);
    // The two oldest had to go; those behind them, and the new ones, did not.
    const living = [...earlier.slice(2), ...started].map(({ id }) => id);
    expect(await idsOf(made)).toEqual([...living].sort());
    const judged = [...earlier.slice(0, 3), ...started];
    expect(await alive(made, judged)).toEqual(
      living.filter((id) => judged.some((one) => one.id === id)).sort(),
    );
  });
  console.log(`two logins, each one too many: ${orders} orders`);
  expect(orders).toBeGreaterThan(20);
});
