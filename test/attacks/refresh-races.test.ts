/** Uses, logouts and logins that overtake each other: of one login there is one line, or none. */

import { describe, expect, it } from 'vitest';
import { aliceRow } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import { recordingState } from '../support/recording-state.ts';
import {
  dealtScene,
  eachSeed,
  liveLeaves,
  loginOf,
  type Pair,
  processOf,
  type RefreshDoor,
  refreshDoor,
  tableWithoutEpochs,
  type Use,
  useOf,
} from '../support/refresh-door.ts';
import { stepwise } from '../support/stepwise.ts';
import { verdictOn } from '../support/token-verdict.ts';

const schedules: Readonly<Record<number, number>> = { 2: 100, 8: 40, 32: 15 };
const tokensOf = (pairs: readonly Pair[]) => pairs.map(({ refreshToken }) => refreshToken);
const sessionOf = ({ refreshToken }: Pair): string => refreshToken.slice(0, 22);

/** So many uses of one token in two processes, in the order that the seed says. */
async function parallelUses(seed: number, many: number, grace: number) {
  const { dealt, calm, processes } = dealtScene(seed, { grace });
  const first = await loginOf(calm);
  const uses: Use[] = [];
  const use = (n: number) => async () => {
    uses.push(await useOf(processes[n % 2 === 0 ? 0 : 1], first.refreshToken));
  };
  await dealt.run(Array.from({ length: many }, (_none, n) => use(n)));
  const pairs = uses.flatMap(({ pair }) => (pair === undefined ? [] : [pair]));
  const events = processes.flatMap((process) => process.events);
  return { calm, first, uses, pairs, events };
}

describe.each([2, 8, 32])('%i uses of one refresh token at the same moment', (many) => {
  it('within the grace time all get the same successor, and one of them has rotated', async () => {
    await eachSeed(schedules[many] ?? 0, async (seed) => {
      const { calm, first, pairs, events } = await parallelUses(seed, many, 10);
      expect(pairs).toHaveLength(many);
      const successors = new Set(tokensOf(pairs));
      expect(successors.size).toBe(1);
      expect(await liveLeaves(calm, [first.refreshToken, ...successors])).toEqual([...successors]);
      const repeated = events.map((event) => event.name === 'token.refreshed' && event.repeated);
      expect(repeated.filter((again) => !again)).toHaveLength(1);
      for (const { accessToken } of pairs) {
        expect(await verdictOn(calm.auth, accessToken)).toBe('accepted');
      }
    });
  });

  it('without a grace time end the login, and nobody holds a living token of it', async () => {
    await eachSeed(schedules[many] ?? 0, async (seed) => {
      const { calm, first, uses, pairs } = await parallelUses(seed, many, 0);
      expect(pairs.length).toBeLessThanOrEqual(1);
      for (const { code } of uses) {
        expect(['refreshed', 'ERR_TOKEN_REUSED', 'ERR_TOKEN_INVALID', 'ERR_TOKEN_REVOKED']).toContain(code);
      }
      expect(uses.some(({ code }) => code === 'ERR_TOKEN_REUSED')).toBe(true);
      expect(await liveLeaves(calm, tokensOf([first, ...pairs]))).toEqual([]);
      for (const { accessToken } of [first, ...pairs]) {
        expect(await verdictOn(calm.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
      }
    });
  });
});

/** Each way out of one login. */
const logouts: Readonly<Record<string, (made: RefreshDoor, pair: Pair) => Promise<void>>> = {
  'revoke of the access token': ({ auth }, { accessToken }) => auth.tokens.revoke(accessToken),
  'revoke of the refresh token': ({ auth }, { refreshToken }) => auth.tokens.revoke(refreshToken),
  'sessions.end': ({ auth }, pair) => auth.sessions.end({ userId: 1, sessionId: sessionOf(pair) }),
  'sessions.endAll': ({ auth }) => auth.sessions.endAll(1),
  setStatus: async ({ auth, table }) => {
    const [user] = table.rows;
    if (user !== undefined) await auth.accounts.setStatus({ user, status: 'disabled' });
  },
};
const steps = ['get', 'put', 'putIfAbsent', 'compareAndSet', 'delete'] as const;

describe('a logout while the login is refreshed', () => {
  it.each(Object.entries(logouts))('by %s leaves nothing alive, in every order', async (_name, logout) => {
    const counts = { won: 0, lost: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const calm = refreshDoor({ table: tableWithoutEpochs(aliceRow()) });
      const first = await loginOf(calm);
      const process = processOf(calm, {
        state: stepwise(recordingState(calm.records), dealt, steps),
        table: stepwise(calm.table, dealt, ['findById', 'setStatus']),
      });
      const pairs = [first];
      const refresh = async (): Promise<void> => {
        const { pair } = await useOf(process, first.refreshToken);
        counts[pair === undefined ? 'lost' : 'won'] += 1;
        if (pair !== undefined) pairs.push(pair);
      };
      await dealt.run([refresh, () => logout(process, first)]);
      expect(await liveLeaves(calm, tokensOf(pairs))).toEqual([]);
      for (const door of [calm, process]) {
        for (const { accessToken } of pairs) {
          const verdict = verdictOn(door.auth, accessToken);
          if (door === process) await dealt.run([async () => void (await verdict)]);
          expect(await verdict).toBe('ERR_TOKEN_REVOKED');
        }
      }
    });
    expect(orders).toBeGreaterThan(3);
    expect(counts.won).toBeGreaterThan(0);
    expect(counts.lost).toBeGreaterThan(0);
  });

  it('lists it no more, in every order, also when its denial has been forgotten', async () => {
    const counts = { won: 0, lost: 0 };
    await everyInterleaving(async (dealt) => {
      const calm = refreshDoor({ sessions: { registry: true } });
      const first = await loginOf(calm);
      // Long enough for the list to be written again.
      calm.clock.advance(600);
      const process = processOf(calm, { state: stepwise(recordingState(calm.records), dealt, steps) });
      const refresh = async (): Promise<void> => {
        const { code } = await useOf(process, first.refreshToken);
        counts[code === 'refreshed' ? 'won' : 'lost'] += 1;
      };
      await dealt.run([refresh, () => process.auth.sessions.end({ userId: 1, sessionId: sessionOf(first) })]);
      calm.clock.advance(2 * 3600);
      expect(await calm.auth.sessions.list(1)).toEqual([]);
    });
    expect(counts.won).toBeGreaterThan(0);
    expect(counts.lost).toBeGreaterThan(0);
  });

  it('in many schedules of many refreshes leaves nothing alive, and nothing in the list', async () => {
    const ways = Object.values(logouts);
    await eachSeed(100, async (seed) => {
      const { dealt, calm, processes } = dealtScene(seed, {
        sessions: { registry: true },
        tokens: { expiresIn: '1h' },
      });
      const first = await loginOf(calm);
      calm.clock.advance(600);
      const pairs = [first];
      const refresh = (made: RefreshDoor) => async (): Promise<void> => {
        let mine = first;
        for (let use = 0; use < 3; use += 1) {
          const { pair } = await useOf(made, mine.refreshToken);
          if (pair === undefined) return;
          pairs.push(pair);
          mine = pair;
        }
      };
      const [one, other] = processes;
      const out = ways[seed % ways.length] as (typeof ways)[number];
      await dealt.run([refresh(one), refresh(other), refresh(other), () => out(one, first)]);
      expect(await liveLeaves(calm, tokensOf(pairs))).toEqual([]);
      for (const { accessToken } of pairs) {
        expect(await verdictOn(calm.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
      }
      // Also when the denial has been forgotten, which is no longer than an access token lives.
      calm.clock.advance(2 * 3600);
      expect(await calm.auth.sessions.list(1)).toEqual([]);
    });
  });
});

describe('fifty logins at the same moment, where ninety-nine are there', () => {
  it('leave a hundred, and those that made room are refused', async () => {
    await eachSeed(3, async (seed) => {
      const { dealt, calm, processes } = dealtScene(seed);
      const before: Pair[] = [];
      for (let login = 0; login < 99; login += 1) {
        before.push(await loginOf(calm));
        calm.clock.advance(1);
      }
      const added: Pair[] = [];
      const login = (made: RefreshDoor) => async () => void added.push(await loginOf(made));
      await dealt.run(Array.from({ length: 50 }, (_none, n) => login(processes[n % 2 === 0 ? 0 : 1])));
      const all = [...before, ...added];
      const live = new Set(await liveLeaves(calm, tokensOf(all)));
      expect(live.size).toBe(100);
      // The oldest have gone, and nobody else.
      expect([...live].sort()).toEqual(tokensOf(all.slice(-100)).sort());
      for (const { refreshToken, accessToken } of all) {
        const verdict = live.has(refreshToken) ? 'accepted' : 'ERR_TOKEN_REVOKED';
        expect(await verdictOn(calm.auth, accessToken)).toBe(verdict);
      }
    });
  });
});
