/** Requests with access tokens that overtake each other, in interleavings that can be repeated. */

import { describe, expect, it } from 'vitest';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import type { RecordingState } from '../support/recording-state.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';
import { inTurns, type Turns, turns } from '../support/turns.ts';

const interleavings = 50;

interface Scene {
  readonly dealt: Turns;
  /** A process that waits for nobody. */
  readonly calm: Door;
  /** Two processes whose every call of the store takes its turn. */
  readonly processes: readonly [Door, Door];
}

function scene(seed: number): Scene {
  const dealt = turns(seededRandom(seed));
  const calm = door();
  const verbs = ['get', 'put', 'putIfAbsent', 'compareAndSet'] as const;
  const state: RecordingState = inTurns(calm.state, dealt, verbs);
  return { dealt, calm, processes: [anotherDoor({ ...calm, state }), anotherDoor({ ...calm, state })] };
}

const tokenOf = async ({ auth }: Pick<Door, 'auth'>): Promise<string> =>
  (await auth.tokens.issue(aliceRow())).accessToken;
const tokensOf = (many: number, made: Pick<Door, 'auth'>): Promise<string[]> =>
  Promise.all(Array.from({ length: many }, () => tokenOf(made)));

/** Runs it with every seed. */
async function each(run: (made: Scene) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= interleavings; seed += 1) {
    await run(scene(seed)).catch((error: Error) => {
      error.message = `interleaving ${seed}: ${error.message}`;
      throw error;
    });
  }
}

describe('tokens of one user that are revoked at the same moment', () => {
  it.each([2, 8, 32])('in two processes, %i of them, are all dead, and no other is', async (many) => {
    await each(async ({ dealt, calm, processes }) => {
      const [tokens, left] = [await tokensOf(many, calm), await tokenOf(calm)];
      await dealt.run(
        tokens.map((token, n) => async () => processes[n % 2 === 0 ? 0 : 1].auth.tokens.revoke(token)),
      );
      for (const made of [calm, anotherDoor(calm)]) {
        const verdicts = await Promise.all(tokens.map((token) => verdictOn(made.auth, token)));
        expect(tally(verdicts)).toEqual({ ERR_TOKEN_REVOKED: many });
        expect(await verdictOn(made.auth, left)).toBe('accepted');
      }
    });
  });

  it('while the user is signed out everywhere, are dead with all others', async () => {
    await each(async ({ dealt, calm, processes: [one, other] }) => {
      const tokens = await tokensOf(8, calm);
      const revokes = tokens.slice(0, 4).map((token) => async () => one.auth.tokens.revoke(token));
      await dealt.run([...revokes, async () => other.auth.tokens.revokeAll(1)]);
      const verdicts = await Promise.all(tokens.map((token) => verdictOn(calm.auth, token)));
      expect(tally(verdicts)).toEqual({ ERR_TOKEN_REVOKED: 8 });
      expect(await verdictOn(calm.auth, await tokenOf(calm))).toBe('accepted');
    });
  });

  it('with sessions, are all dead with them', async () => {
    await each(async ({ dealt, calm, processes: [one, other] }) => {
      const tokens = await tokensOf(6, calm);
      const stamps = await Promise.all(Array.from({ length: 6 }, () => calm.auth.sessions.start(aliceRow())));
      await dealt.run([
        ...tokens.map((token) => async () => one.auth.tokens.revoke(token)),
        ...stamps.map(
          ({ id }) =>
            async () =>
              other.auth.sessions.end({ userId: 1, sessionId: id }),
        ),
      ]);
      const verdicts = await Promise.all(tokens.map((token) => verdictOn(calm.auth, token)));
      expect(tally(verdicts)).toEqual({ ERR_TOKEN_REVOKED: 6 });
      for (const stamp of stamps) expect(await calm.auth.sessions.resume(stamp)).toBeNull();
    });
  });
});

describe('a token that is verified while it is ended', () => {
  it.each(['revoke', 'revokeAll'] as const)(
    'is accepted by no verification that begins after %s has resolved',
    async (act) => {
      const counts = { before: 0, after: 0 };
      await each(async ({ dealt, calm, processes: [one, other] }) => {
        const token = await tokenOf(calm);
        let over = false;
        const end = async (): Promise<void> => {
          for (let wait = 0; wait < 4; wait += 1) await dealt.turn();
          await (act === 'revoke' ? one.auth.tokens.revoke(token) : one.auth.tokens.revokeAll(1));
          over = true;
        };
        const visit = (made: Door) => async (): Promise<void> => {
          for (let visits = 0; visits < 8; visits += 1) {
            const late = over;
            await dealt.turn();
            const verdict = await verdictOn(made.auth, token);
            counts[late ? 'after' : 'before'] += 1;
            if (late) expect(verdict).toBe('ERR_TOKEN_REVOKED');
            else expect(['accepted', 'ERR_TOKEN_REVOKED']).toContain(verdict);
          }
        };
        await dealt.run([end, visit(one), visit(one), visit(other), visit(other)]);
        for (const made of [one, other, anotherDoor(calm)]) {
          expect(await now(dealt, verdictOn(made.auth, token))).toBe('ERR_TOKEN_REVOKED');
        }
      });
      expect(counts.before).toBeGreaterThan(interleavings);
      expect(counts.after).toBeGreaterThan(interleavings);
    },
  );

  it('is not taken up again by a verification that was faster, where answers may be old', async () => {
    await each(async ({ dealt, calm, processes: [one] }) => {
      const token = await tokenOf(calm);
      const visit = async () => void (await verdictOn(one.auth, token, { maxStaleness: '1h' }));
      const end = () => one.auth.tokens.revokeAll(1);
      await dealt.run([visit, visit, end, visit, visit]);
      expect(await now(dealt, verdictOn(one.auth, token, { maxStaleness: '1h' }))).toBe('ERR_TOKEN_REVOKED');
    });
  });
});

describe('first verifications of one token', () => {
  it('at the same moment are all right, and so is what is remembered of them', async () => {
    const { auth } = door();
    for (let round = 0; round < interleavings; round += 1) {
      const token = await tokenOf({ auth });
      const claims = await Promise.all(Array.from({ length: 16 }, () => auth.tokens.verify(token)));
      expect(new Set(claims.map((one) => JSON.stringify(one))).size).toBe(1);
      await auth.tokens.revoke(token);
      const verdicts = await Promise.all(Array.from({ length: 16 }, () => verdictOn(auth, token)));
      expect(tally(verdicts)).toEqual({ ERR_TOKEN_REVOKED: 16 });
    }
  });

  it('of several users at the same moment are never mixed up', async () => {
    const { auth } = door();
    const users = Array.from({ length: 50 }, (_none, n) => n + 1);
    const tokens = await Promise.all(
      users.map(async (key) => (await auth.tokens.issue(aliceRow({ key }))).accessToken),
    );
    for (let round = 0; round < 4; round += 1) {
      const subjects = await Promise.all(tokens.map(async (token) => (await auth.tokens.verify(token)).sub));
      expect(subjects).toEqual(users.map(String));
    }
  });
});

describe('a token that is issued while its user is signed out everywhere', () => {
  it('is dead if it was there before, good if it was asked for afterwards, and never dead by half', async () => {
    const seen: string[] = [];
    await each(async ({ dealt, calm, processes: [one, other] }) => {
      const issued: { readonly token: string; readonly when: string }[] = [];
      let [begun, over] = [false, false];
      const issue = (made: Door) => async (): Promise<void> => {
        for (let tokens = 0; tokens < 6; tokens += 1) {
          const late = over;
          const token = await tokenOf(made);
          issued.push({ token, when: late ? 'after' : begun ? 'meanwhile' : 'before' });
          await dealt.turn();
        }
      };
      const end = async (): Promise<void> => {
        for (let wait = 0; wait < 3; wait += 1) await dealt.turn();
        begun = true;
        await other.auth.tokens.revokeAll(1);
        over = true;
      };
      await dealt.run([end, issue(one), issue(other)]);
      for (const { token, when } of issued) {
        const verdict = await verdictOn(calm.auth, token);
        seen.push(`${when} ${verdict}`);
        expect(await verdictOn(anotherDoor(calm).auth, token)).toBe(verdict);
      }
    });
    const counts = tally(seen);
    expect(counts).not.toHaveProperty('before accepted');
    expect(counts).not.toHaveProperty('after ERR_TOKEN_REVOKED');
    expect(counts['before ERR_TOKEN_REVOKED']).toBeGreaterThan(interleavings / 5);
    expect(counts['after accepted']).toBeGreaterThan(interleavings);
  });
});

/** The answer, with all turns dealt until it is there. */
async function now<T>(dealt: Turns, answer: Promise<T>): Promise<T> {
  await dealt.run([async () => void (await answer)]);
  return answer;
}
