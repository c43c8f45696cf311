/** A token that was ended is let in nowhere: not by a cache, not under another text, not in the same second. */

import { describe, expect, it } from 'vitest';
import type { PasswordHasher } from '../../src/index.ts';
import type { JwtAlgorithm } from '../../src/jwt/algorithms.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, anotherDoor, type Door, door, rightPassword } from '../support/door.ts';
import { heldState } from '../support/held-state.ts';
import { ecdsaTwin, lookAlikes, variantsOf } from '../support/jws-variants.ts';
import { keysFor } from '../support/jwt-keys.ts';
import { movableClock } from '../support/movable-clock.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';

const right = { identifier: 'alice@shop.example', password: rightPassword };

const tokenOf = async ({ auth }: Pick<Door, 'auth'>, key = 1): Promise<string> =>
  (await auth.tokens.issue(aliceRow({ key }))).accessToken;

describe.each(['HS256', 'ES256', 'ES512', 'EdDSA', 'RS256'] satisfies JwtAlgorithm[])(
  'a %s that was ended',
  (algorithm) => {
    const tokens = { keys: [{ kid: 'k1', algorithm, key: keysFor(algorithm).privateKey }] } as const;
    const twins = (token: string): readonly string[] =>
      algorithm.startsWith('ES') ? [ecdsaTwin(token, algorithm)] : [];

    it.each(['revoke', 'revokeAll'] as const)(
      'by %s is refused in every process, whatever they remember, under every text',
      async (act) => {
        const first = door({ tokens });
        const token = await tokenOf(first);
        const genuine = [token, ...twins(token)];
        const others = genuine
          .flatMap((one) => [...variantsOf(one), ...lookAlikes(one)])
          .map(([, text]) => text);
        const warm = [first, anotherDoor(first, { tokens })];
        for (const { auth } of warm) {
          for (const text of genuine) expect(await verdictOn(auth, text)).toBe('accepted');
        }
        if (act === 'revoke') await first.auth.tokens.revoke(genuine.at(-1) ?? '');
        else await first.auth.tokens.revokeAll(1);
        const verdicts: string[] = [];
        for (const { auth } of [...warm, anotherDoor(first, { tokens })]) {
          for (const text of genuine) verdicts.push(await verdictOn(auth, text));
          for (const text of others) verdicts.push(await verdictOn(auth, text));
        }
        expect(tally(verdicts)).toEqual({
          ERR_TOKEN_REVOKED: 3 * genuine.length,
          ERR_TOKEN_INVALID: 3 * others.length,
        });
      },
    );
  },
);

describe('tokens of one second', () => {
  it('of which those before a sign-out everywhere are refused and those after it accepted, 1,000 times', async () => {
    const one = door();
    const other = anotherDoor(one);
    const [before, after]: [string[], string[]] = [[], []];
    for (let round = 0; round < 1000; round += 1) {
      const [issuing, ending] = round % 2 === 0 ? [one, other] : [other, one];
      const old = await tokenOf(issuing);
      before.push(await verdictOn(ending.auth, old));
      await ending.auth.tokens.revokeAll(1);
      const young = await tokenOf(issuing);
      for (const { auth } of [one, other]) {
        before.push(await verdictOn(auth, old));
        after.push(await verdictOn(auth, young));
      }
    }
    expect(tally(before)).toEqual({ accepted: 1000, ERR_TOKEN_REVOKED: 2000 });
    expect(tally(after)).toEqual({ accepted: 2000 });
  });
});

describe('a login that is under way', () => {
  /** A hasher during whose comparison something happens. */
  const during = (happens: () => Promise<unknown>): PasswordHasher => {
    const hasher = countingHasher();
    return {
      ...hasher,
      verify: async (password, hash) => {
        await happens();
        return hasher.verify(password, hash);
      },
    };
  };
  const signedIn = async ({ auth }: Pick<Door, 'auth'>) => {
    const result = await auth.login(right);
    if (result.status !== 'signed-in') throw new Error(result.status);
    return result;
  };

  it('while its user is signed out everywhere gets a token that opens nothing', async () => {
    const other = door();
    const hasher = during(() => other.auth.tokens.revokeAll(1));
    const { auth } = door({ table: other.table, state: other.state, hasher });
    const { user, authentication } = await signedIn({ auth });
    const { accessToken } = await auth.tokens.issue(user, { authentication });
    expect(await verdictOn(auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(auth, await tokenOf({ auth }))).toBe('accepted');
  });

  it('between its password and its token gets one that opens nothing', async () => {
    const { auth } = door();
    const { user, authentication } = await signedIn({ auth });
    await auth.tokens.revokeAll(1);
    const { accessToken } = await auth.tokens.issue(user, { authentication });
    expect(await verdictOn(auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
  });

  it('after its user was signed out everywhere gets one that is good', async () => {
    const { auth } = door();
    await auth.tokens.revokeAll(1);
    const { user, authentication } = await signedIn({ auth });
    const { accessToken } = await auth.tokens.issue(user, { authentication });
    expect(await verdictOn(auth, accessToken)).toBe('accepted');
  });

  it('gets nothing good when the state store is slow to say the mark', async () => {
    const state = heldState();
    const { auth } = door({ state });
    const held = state.hold('get');
    const issuing = tokenOf({ auth });
    await held.arrived;
    await auth.tokens.revokeAll(1);
    held.release();
    expect(await verdictOn(auth, await issuing)).toBe('ERR_TOKEN_REVOKED');
  });

  it('gets nothing good when the host is slow to say the scopes', async () => {
    const scopes = async (): Promise<string[]> => {
      await auth.tokens.revokeAll(1);
      return [];
    };
    const { auth } = door({ tokens: { scopes } });
    expect(await verdictOn(auth, await tokenOf({ auth }))).toBe('ERR_TOKEN_REVOKED');
  });
});

describe('what changes outside ostiary', () => {
  it('a password: sessions end at once, access tokens at their end', async () => {
    const { auth, table, clock } = door();
    const stamp = await auth.sessions.start(aliceRow());
    const token = await tokenOf({ auth });
    for (const row of table.rows) row.hash = 'plain:1:another password';
    expect(await auth.sessions.resume(stamp)).toBeNull();
    clock.advance(299);
    expect(await verdictOn(auth, token)).toBe('accepted');
    clock.advance(1);
    expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_EXPIRED');
  });

  it('a status: access tokens live to their end, and no new one is issued', async () => {
    const { auth, table } = door();
    const token = await tokenOf({ auth });
    for (const row of table.rows) row.state = 'disabled';
    expect(await verdictOn(auth, token)).toBe('accepted');
    const [row = aliceRow()] = table.rows;
    await expect(auth.tokens.issue(row)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
  });

  it('a status that is set with setStatus ends them at once, whichever it is', async () => {
    for (const status of ['disabled', 'pending', 'active'] as const) {
      const { auth } = door();
      const token = await tokenOf({ auth });
      await auth.accounts.setStatus({ user: aliceRow(), status });
      expect(await verdictOn(auth, token)).toBe('ERR_TOKEN_REVOKED');
    }
  });
});

describe('denials', () => {
  it.each([0, 60])(
    'last as long as the token, with clocks that differ by up to %i seconds',
    async (tolerance) => {
      const tokens = { clockTolerance: tolerance };
      const first = door({ tokens });
      const token = await tokenOf(first);
      await first.auth.tokens.revoke(token);
      first.clock.advance(299 + tolerance);
      // Another denial is when those that have run out are dropped.
      await first.auth.tokens.revoke(await tokenOf(first));
      expect(await verdictOn(anotherDoor(first, { tokens }).auth, token)).toBe('ERR_TOKEN_REVOKED');
      first.clock.advance(1);
      await first.auth.tokens.revoke(await tokenOf(first));
      expect(await verdictOn(anotherDoor(first, { tokens }).auth, token)).toBe('ERR_TOKEN_EXPIRED');
    },
  );

  it.each(['among others', 'alone', 'with all others'] as const)(
    'outlast the token also on the machine whose clock is behind, when it was ended %s',
    async (how) => {
      // Nothing else that lives makes the record outlast the token.
      const [sessions, refresh] = [
        { idle: 1, absolute: 1 },
        { idle: 1, absolute: 1 },
      ];
      const parts = { tokens: { clockTolerance: 60, refresh }, sessions };
      const [ahead, behind] = [movableClock(), movableClock()];
      const fast = door({ ...parts, clock: ahead });
      const slow = anotherDoor({ ...fast, clock: behind }, parts);
      const endAnother = async (): Promise<void> => fast.auth.tokens.revoke(await tokenOf(fast));
      ahead.advance(60);
      const token = await tokenOf(fast);
      await (how === 'with all others' ? slow.auth.tokens.revokeAll(1) : slow.auth.tokens.revoke(token));
      // So many that the record is full, and looked through, when the token would be dropped a minute too early.
      for (let n = 0; how === 'among others' && n < 27; n += 1) await endAnother();
      const verdicts: string[] = [];
      for (let passed = 0; passed <= 420; passed += 10) {
        if (how === 'among others') await endAnother();
        // By one that has not refused it before.
        verdicts.push(await verdictOn(anotherDoor(slow, parts).auth, token));
        for (const clock of [ahead, behind]) clock.advance(10);
      }
      expect(tally(verdicts)).toEqual({ ERR_TOKEN_REVOKED: 42, ERR_TOKEN_EXPIRED: 1 });
    },
  );

  it('are dropped when they have run out, so that the record stays small and nobody is signed out', async () => {
    const made = door();
    const records: { readonly mark: string | null; readonly denied: object }[] = [];
    const state = {
      ...made.state,
      compareAndSet: async (key: string, expected: string, next: string, ttlSeconds: number) => {
        records.push(JSON.parse(next) as { mark: string | null; denied: object });
        return made.state.compareAndSet(key, expected, next, ttlSeconds);
      },
    };
    const { auth } = anotherDoor({ ...made, state });
    for (let n = 0; n < 500; n += 1) {
      await auth.tokens.revoke(await tokenOf({ auth }));
      made.clock.advance(10);
    }
    expect(Math.max(...records.map(({ denied }) => Object.keys(denied).length))).toBeLessThanOrEqual(64);
    expect(records.filter(({ mark }) => mark !== null)).toEqual([]);
  });

  it('of more than 64 live tokens sign the user out everywhere, and nobody else', async () => {
    const { auth } = door();
    const tokens = await Promise.all(Array.from({ length: 70 }, () => tokenOf({ auth })));
    const bobs = await tokenOf({ auth }, 2);
    const verdicts = async () => tally(await Promise.all(tokens.map((token) => verdictOn(auth, token))));
    for (const token of tokens.slice(0, 64)) await auth.tokens.revoke(token);
    expect(await verdicts()).toEqual({ ERR_TOKEN_REVOKED: 64, accepted: 6 });
    await auth.tokens.revoke(tokens[64] ?? '');
    expect(await verdicts()).toEqual({ ERR_TOKEN_REVOKED: 70 });
    expect(await verdictOn(auth, bobs)).toBe('accepted');
    expect(await verdictOn(auth, await tokenOf({ auth }))).toBe('accepted');
  });

  it('of sessions and of tokens do not lose one another', async () => {
    const { auth } = door();
    const stamps = await Promise.all(Array.from({ length: 20 }, () => auth.sessions.start(aliceRow())));
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf({ auth })));
    await Promise.all([
      ...stamps.map(({ id }) => auth.sessions.end({ userId: 1, sessionId: id })),
      ...tokens.map((token) => auth.tokens.revoke(token)),
    ]);
    expect(await Promise.all(stamps.map((stamp) => auth.sessions.resume(stamp)))).toEqual(
      stamps.map(() => null),
    );
    expect(tally(await Promise.all(tokens.map((token) => verdictOn(auth, token))))).toEqual({
      ERR_TOKEN_REVOKED: 20,
    });
  });
});
