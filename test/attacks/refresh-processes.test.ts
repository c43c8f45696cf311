/** Refresh tokens in several processes: used in two at once, and in one that is killed between any two calls of the store. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TokenPair } from '../../src/index.ts';
import { TokenCluster, type TokenProcess } from '../support/token-cluster.ts';
import { tally } from '../support/token-verdict.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // processes, on processors that others use too

const graceSeconds = 10;
/** Well after it, and while access tokens live. */
const later = 100;
const never = 1_000_000;
const rounds = 20;
const cluster = new TokenCluster();
let users = 0;
/** Nothing happens to them. */
let one: TokenProcess;
let other: TokenProcess;

beforeAll(async () => {
  await cluster.start();
  one = cluster.process(graceSeconds);
  other = cluster.process(graceSeconds);
});
afterAll(() => cluster.stop());

/** A login, and what its user holds. */
interface Login {
  readonly user: number;
  readonly sessionId: string;
  readonly refreshToken: string;
  readonly accessTokens: readonly string[];
}

type Pair = Pick<TokenPair, 'accessToken'> & { readonly refreshToken: string };

async function pairOf(asked: Promise<{ readonly end: string; readonly value?: TokenPair }>): Promise<Pair> {
  const { end, value } = await asked;
  expect(end).toBe('answered');
  return { accessToken: value?.accessToken ?? '', refreshToken: value?.refreshToken ?? '' };
}

async function login(): Promise<Login> {
  users += 1;
  const { refreshToken, accessToken } = await pairOf(one.ask('issue', [users]));
  const [sessionId = ''] = refreshToken.split('.');
  return { user: users, sessionId, refreshToken, accessTokens: [accessToken] };
}

/** The same, when it has been refreshed once: with the spent token beside it. */
async function refreshed(): Promise<Login & { readonly spent: string }> {
  const before = await login();
  const { refreshToken, accessToken } = await pairOf(one.ask('refresh', [before.refreshToken]));
  const accessTokens = [...before.accessTokens, accessToken];
  return { ...before, spent: before.refreshToken, refreshToken, accessTokens };
}

/** Nothing of the login opens anything, in any process. */
async function expectOver({ user, refreshToken, accessTokens }: Login, seconds = 0): Promise<void> {
  for (const process of [one, other]) {
    for (const accessToken of accessTokens) {
      const { end } = await process.ask('verify', [accessToken], seconds);
      expect(end, 'an access token').toBe('ERR_TOKEN_REVOKED');
    }
    const { end } = await process.ask('refresh', [refreshToken], seconds);
    expect(end, 'the last refresh token').toMatch(/^ERR_TOKEN_(REVOKED|INVALID)$/);
    expect((await process.ask('list', [user], seconds)).value, 'the list of logins').toEqual([]);
  }
}

describe.each([2, 8, 32])('one refresh token, used %i times at once in two processes', (many) => {
  const useAll = (processes: readonly TokenProcess[], token: string) =>
    Promise.all(
      Array.from({ length: many }, (_none, n) => (processes[n % 2] ?? one).ask('refresh', [token])),
    );

  it('has one successor within the grace time', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { refreshToken } = await login();
      const answers = await useAll([one, other], refreshToken);
      expect(tally(answers.map(({ end }) => end))).toEqual({ answered: many });
      const successors = new Set(answers.map(({ value }) => value?.refreshToken ?? ''));
      expect(successors.size).toBe(1);
      const [successor = ''] = successors;
      expect(successor).not.toBe(refreshToken);
      const next = await pairOf(other.ask('refresh', [successor]));
      expect(await pairOf(one.ask('refresh', [successor]))).toMatchObject({
        refreshToken: next.refreshToken,
      });
    }
  });

  it('is answered once without a grace time, and nobody goes on', async () => {
    const processes = [cluster.process(0), cluster.process(0)];
    for (let round = 0; round < rounds; round += 1) {
      const before = await login();
      const answers = await useAll(processes, before.refreshToken);
      const answered = answers.flatMap(({ value }) => value ?? []);
      expect(answered).toHaveLength(1);
      // Whoever comes when the first of these has ended the login finds none.
      expect(answers.some(({ end }) => end === 'ERR_TOKEN_REUSED')).toBe(true);
      const [{ refreshToken = '', accessToken = '' } = {}] = answered;
      await expectOver({ ...before, refreshToken, accessTokens: [...before.accessTokens, accessToken] });
    }
  });
});

/**
 * Runs it in a process that is killed when its first call of the store is done, in one that is killed after its second,
 * and so on until one lives. Answers the calls.
 */
async function killedEverywhere<Prepared>(
  prepare: () => Promise<Prepared>,
  run: (victim: TokenProcess, prepared: Prepared) => Promise<{ readonly end: string }>,
  afterwards: (prepared: Prepared, killedAfter: string) => Promise<void>,
): Promise<readonly string[]> {
  const whole = cluster.process(graceSeconds);
  const prepared = await prepare();
  await cluster.killAfter(whole, never);
  await run(whole, prepared);
  const calls = await cluster.killAfter(whole, never);
  for (const [index, call] of calls.entries()) {
    const [victim, scene] = [cluster.process(graceSeconds), await prepare()];
    await cluster.killAfter(victim, index + 1);
    const { end } = await run(victim, scene);
    expect(end, `after call ${index + 1}, ${call}`).toBe('killed');
    await afterwards(scene, call);
  }
  return calls;
}

describe('a process that is killed between two calls of the store', () => {
  it('in a login leaves a user who can log in', async () => {
    const calls = await killedEverywhere(
      async () => {
        users += 1;
        return users;
      },
      (victim, user) => victim.ask('issue', [user]),
      async (user) => {
        const { refreshToken } = await pairOf(one.ask('issue', [user]));
        await pairOf(other.ask('refresh', [refreshToken]));
        const listed = (await one.ask('list', [user])).value ?? [];
        // What was begun is in the list until the user ends it, or its idle time does.
        expect(listed.length).toBeLessThanOrEqual(2);
      },
    );
    expect(calls).toContain('put refresh');
  });

  it('in a refresh leaves a client that goes on when it asks again within the grace time', async () => {
    const calls = await killedEverywhere(
      login,
      (victim, { refreshToken }) => victim.ask('refresh', [refreshToken]),
      async ({ refreshToken }) => {
        const next = await pairOf(one.ask('refresh', [refreshToken], graceSeconds - 1));
        const again = await pairOf(other.ask('refresh', [refreshToken], graceSeconds - 1));
        expect(again.refreshToken).toBe(next.refreshToken);
        await pairOf(other.ask('refresh', [next.refreshToken], later));
      },
    );
    expect(calls).toContain('compareAndSet refresh');
  });

  it('in a refresh leaves a client that goes on, or nobody, when it asks again later', async () => {
    const ends: string[] = [];
    await killedEverywhere(
      login,
      (victim, { refreshToken }) => victim.ask('refresh', [refreshToken]),
      async (before, call) => {
        const { end } = await one.ask('refresh', [before.refreshToken], later);
        ends.push(`${call}: ${end}`);
        if (end !== 'answered') await expectOver(before, later);
      },
    );
    const refused = ends.filter((end) => !end.endsWith('answered'));
    expect(refused).toEqual(['compareAndSet refresh: ERR_TOKEN_REUSED']);
    expect(ends.length).toBeGreaterThan(refused.length);
  });

  it('in the detection of a reuse leaves one that is made good by the next use', async () => {
    const calls = await killedEverywhere(
      refreshed,
      (victim, { spent }) => victim.ask('refresh', [spent], later),
      async (before) => {
        const { end } = await one.ask('refresh', [before.spent], later);
        expect(end).toMatch(/^ERR_TOKEN_(REUSED|INVALID)$/);
        await expectOver(before, later);
      },
    );
    expect(calls).toContain('delete refresh');
  });

  it.each(['the refresh token', 'a spent refresh token', 'an access token', 'the id of the login'])(
    'in a logout by %s leaves one that is made good by the next',
    async (by) => {
      const logout = (
        process: TokenProcess,
        { user, sessionId, refreshToken, spent, accessTokens }: Scene,
      ) => {
        if (by === 'the id of the login') return process.ask('end', [user, sessionId]);
        if (by === 'an access token') return process.ask('revoke', [accessTokens[0] ?? '']);
        return process.ask('revoke', [by === 'the refresh token' ? refreshToken : spent]);
      };
      const calls = await killedEverywhere(refreshed, logout, async (before) => {
        const { end } = await logout(one, before);
        expect(end).toBe('answered');
        await expectOver(before);
      });
      expect(calls).toContain('delete refresh');
    },
  );
});

type Scene = Awaited<ReturnType<typeof refreshed>>;
