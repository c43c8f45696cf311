/** A refresh token that is used twice: whoever of the two is the thief, the login ends. */

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { aliceRow } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import { recordingState } from '../support/recording-state.ts';
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
import { stepwise } from '../support/stepwise.ts';
import { verdictOn } from '../support/token-verdict.ts';

const grace = 10;
const leafOf = (made: RefreshDoor, pairs: readonly Pair[]) =>
  liveLeaves(
    made,
    pairs.map(({ refreshToken }) => refreshToken),
  );

describe('a spent token that comes back after the grace time', () => {
  it('ends the login: its refresh tokens, its access tokens, and nothing else', async () => {
    const made = refreshDoor();
    const [one, neighbour, bobs] = [await loginOf(made), await loginOf(made), await loginOf(made, {}, 2)];
    const two = await refreshed(made, one.refreshToken);
    made.clock.advance(grace);
    made.events.length = 0;
    const from = { ip: '192.0.2.66', userAgent: 'curl' };
    expect((await useOf(made, one.refreshToken, from)).code).toBe('ERR_TOKEN_REUSED');
    expect(made.events).toEqual([
      {
        ...{ name: 'token.reused', userId: 1, sessionId: decodeJwt(one.accessToken)['sid'] },
        ...{ at: made.clock.now(), ...from },
      },
    ]);
    for (const process of [made, processOf(made)]) {
      for (const { accessToken } of [one, two]) {
        expect(await verdictOn(process.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
      }
      expect(await verdictOn(process.auth, neighbour.accessToken)).toBe('accepted');
      expect(await verdictOn(process.auth, bobs.accessToken)).toBe('accepted');
    }
    expect(await leafOf(made, [one, two])).toEqual([]);
    expect((await useOf(made, neighbour.refreshToken)).code).toBe('refreshed');
  });

  it('is told of once, however often it comes back', async () => {
    const made = refreshDoor();
    const one = await loginOf(made);
    const two = await refreshed(made, one.refreshToken);
    made.clock.advance(grace);
    const codes: string[] = [];
    for (const { refreshToken } of [one, one, two, two, one]) {
      codes.push((await useOf(made, refreshToken)).code);
    }
    expect(codes).toEqual(['ERR_TOKEN_REUSED', ...Array.from({ length: 4 }, () => 'ERR_TOKEN_INVALID')]);
    expect(made.events.filter(({ name }) => name === 'token.reused')).toHaveLength(1);
  });

  it('ends the login also when it is expired, disabled or gone: the theft is what counts', async () => {
    const made = refreshDoor();
    const one = await loginOf(made);
    await refreshed(made, one.refreshToken);
    Object.assign(made.table.rows[0] ?? {}, { state: 'disabled' });
    made.clock.advance(grace);
    expect((await useOf(made, one.refreshToken)).code).toBe('ERR_TOKEN_REUSED');
    Object.assign(made.table.rows[0] ?? {}, { state: 'active' });
    expect(made.records.records.has(made.records.only('revocation')[0])).toBe(true);
    expect([...made.records.records.keys()].filter((key) => key.startsWith('refresh:'))).toEqual([]);
  });

  it('after a sign-out everywhere is of no thief: nothing is denied, told of, or ended once more', async () => {
    const made = refreshDoor({ table: tableWithoutEpochs(aliceRow()) });
    const spent: string[] = [];
    for (let login = 0; login < 70; login += 1) {
      const { refreshToken } = await loginOf(made);
      await refreshed(made, refreshToken);
      spent.push(refreshToken);
    }
    made.clock.advance(grace);
    await made.auth.tokens.revokeAll(1);
    const fresh = await loginOf(made);
    made.events.length = 0;
    for (const refreshToken of spent) {
      expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_REVOKED');
    }
    expect(made.events).toEqual([]);
    expect(JSON.parse(made.records.only('revocation')[1])).toMatchObject({ denied: {} });
    expect(await verdictOn(made.auth, fresh.accessToken)).toBe('accepted');
    expect((await useOf(made, fresh.refreshToken)).code).toBe('refreshed');
    // What was left of them is gone.
    made.records.only('refresh');
    expect((await useOf(made, spent[0] ?? '')).code).toBe('ERR_TOKEN_INVALID');
  });

  it('does not say to anybody what it named', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    await refreshed(made, refreshToken);
    made.clock.advance(grace);
    const error = await made.auth.tokens.refresh(refreshToken).catch((reason: Error) => reason);
    const told = JSON.stringify([String(error), { ...(error as object) }, made.events]);
    expect(told).not.toContain(refreshToken.slice(23));
  });
});

/** All texts of so many letters. */
function words(letters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [''];
  return words(letters, length - 1).flatMap((word) => letters.map((letter) => word + letter));
}

/** Two who hold the same token, one after the other as the word says. An upper-case letter comes after the grace time. */
async function played(made: RefreshDoor, word: string) {
  const first = await loginOf(made);
  const held: Record<string, Pair> = { v: first, t: first };
  const handedOut: Pair[] = [first];
  /** When each token was first used. */
  const used = new Map<string, number>();
  let secondUse = false;
  let lateSecondUse = false;
  for (const letter of word) {
    if (letter !== letter.toLowerCase()) made.clock.advance(grace);
    const who = letter.toLowerCase();
    const { refreshToken } = held[who] as Pair;
    const use = await useOf(made, refreshToken);
    const now = Number(made.clock.now());
    secondUse ||= used.has(refreshToken);
    lateSecondUse ||= now - (used.get(refreshToken) ?? now) >= grace * 1000;
    if (!used.has(refreshToken)) used.set(refreshToken, now);
    if (use.pair !== undefined) {
      held[who] = use.pair;
      handedOut.push(use.pair);
    }
    const live = await leafOf(made, handedOut);
    expect(live.length, word).toBeLessThanOrEqual(1);
    if (lateSecondUse) expect(live, word).toEqual([]);
  }
  return { secondUse, lateSecondUse, handedOut };
}

describe('a victim and a thief who hold the same token', () => {
  it.each(words(['v', 't'], 4))('without a grace time, as %s, lose it at its second use', async (word) => {
    const made = refreshDoor({ grace: 0 });
    const { secondUse, handedOut } = await played(made, word);
    const live = await leafOf(made, handedOut);
    // Only where one of them has never come is there nothing to see.
    expect(secondUse).toBe(/v/.test(word) && /t/.test(word));
    expect(live).toHaveLength(secondUse ? 0 : 1);
    const reused = made.events.filter(({ name }) => name === 'token.reused');
    expect(reused).toHaveLength(secondUse ? 1 : 0);
    for (const { accessToken } of handedOut) {
      expect(await verdictOn(made.auth, accessToken)).toBe(secondUse ? 'ERR_TOKEN_REVOKED' : 'accepted');
    }
  });

  it('with a grace time lose it at its second use after that, in every order and time', async () => {
    const counts = { late: 0, inTime: 0, alone: 0 };
    for (const word of words(['v', 't', 'V', 'T'], 4)) {
      const made = refreshDoor({ grace });
      const { secondUse, lateSecondUse, handedOut } = await played(made, word);
      counts[lateSecondUse ? 'late' : secondUse ? 'inTime' : 'alone'] += 1;
      if (!secondUse) expect(await leafOf(made, handedOut), word).toHaveLength(1);
    }
    expect(counts.late).toBeGreaterThan(100);
    expect(counts.inTime).toBeGreaterThan(20);
    expect(counts.alone).toBeGreaterThan(20);
  });

  it.each([0, grace])(
    'at the same moment, with a grace time of %i, never hold two lines',
    async (seconds) => {
      const orders = await everyInterleaving(async (dealt) => {
        const calm = refreshDoor({ grace: seconds });
        const verbs = ['get', 'putIfAbsent', 'compareAndSet', 'delete'] as const;
        const state = stepwise(recordingState(calm.records), dealt, verbs, undefined, isOfTheFamily);
        const process = processOf(calm, { state });
        const first = await loginOf(calm);
        const handedOut: Pair[] = [first];
        const twice = async (): Promise<void> => {
          let mine = first;
          for (let use = 0; use < 2; use += 1) {
            const { pair } = await useOf(process, mine.refreshToken);
            if (pair === undefined) return;
            handedOut.push(pair);
            mine = pair;
          }
        };
        await dealt.run([twice, twice]);
        const live = await leafOf(calm, handedOut);
        expect(live.length).toBeLessThanOrEqual(seconds === 0 ? 0 : 1);
        if (live.length === 0) {
          for (const { accessToken } of handedOut) {
            expect(await verdictOn(calm.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
          }
        }
      });
      expect(orders).toBeGreaterThan(10);
    },
  );
});

/** What else is read decides nothing between the two. */
function isOfTheFamily(key: unknown): boolean {
  return String(key).startsWith('refresh:');
}
