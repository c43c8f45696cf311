/** Revoking either token of a login ends the whole login (RFC 7009 §2.1), and how soon that is known. */

import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import {
  liveLeaves,
  loginOf,
  type Pair,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  useOf,
} from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

/** A login that was refreshed once. */
async function scene(made = refreshDoor()) {
  const first = await loginOf(made);
  const next = await refreshed(made, first.refreshToken);
  made.events.length = made.state.calls.length = 0;
  return { made, first, next, all: [first, next] as readonly Pair[] };
}

async function isOver(made: RefreshDoor, pairs: readonly Pair[]): Promise<void> {
  const tokens = pairs.map(({ refreshToken }) => refreshToken);
  expect(await liveLeaves(made, tokens)).toEqual([]);
  for (const process of [made, processOf(made)]) {
    for (const { accessToken } of pairs) {
      expect(await verdictOn(process.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
  }
}

describe('revoke', () => {
  it.each<readonly [string, (pairs: readonly Pair[]) => string | undefined]>([
    ['the living refresh token', ([, next]) => next?.refreshToken],
    ['a spent refresh token', ([first]) => first?.refreshToken],
    ['the last access token', ([, next]) => next?.accessToken],
    ['an earlier access token', ([first]) => first?.accessToken],
  ])('of %s ends the login, and no other', async (_what, pick) => {
    const { made, all } = await scene();
    const [neighbour, bobs] = [await loginOf(made), await loginOf(made, {}, 2)];
    await made.auth.tokens.revoke(pick(all) ?? '');
    await isOver(made, all);
    expect((await useOf(made, neighbour.refreshToken)).code).toBe('refreshed');
    for (const { accessToken } of [neighbour, bobs]) {
      expect(await verdictOn(made.auth, accessToken)).toBe('accepted');
    }
  });

  it('of a spent token works also when the grace time is long over, and is no reuse', async () => {
    const { made, first, all } = await scene();
    made.clock.advance(120);
    await made.auth.tokens.revoke(first.refreshToken);
    expect(made.events).toEqual([
      {
        ...{ name: 'token.revoked', userId: 1, sessionId: decodeJwt(first.accessToken)['sid'] },
        at: made.clock.now(),
      },
    ]);
    await isOver(made, all);
  });

  it('denies before it deletes, and leaves nothing of the family', async () => {
    const { made, next } = await scene();
    await made.auth.tokens.revoke(next.refreshToken);
    const writes = made.state.calls.filter((call) =>
      /^(put|putIfAbsent|compareAndSet|delete) (rev|ref)/.test(call),
    );
    expect(writes).toEqual(['putIfAbsent revocation', 'delete refresh', 'compareAndSet revocation']);
    expect([...made.records.records.keys()].filter((key) => key.startsWith('refresh:'))).toEqual([]);
  });

  it('of what is forged, unknown or already ended is no error, and writes nothing (RFC 7009 §2.2)', async () => {
    const { made, next } = await scene();
    const stranger = await loginOf(refreshDoor());
    const letter = next.refreshToken.endsWith('A') ? 'B' : 'A';
    const forged = [
      `${next.refreshToken.slice(0, -1)}${letter}`,
      next.refreshToken.slice(0, 23) + stranger.refreshToken.slice(23),
      ...[stranger.refreshToken, '', 'x', `${next.refreshToken}A`],
    ];
    const before = made.records.text();
    for (const token of forged) await made.auth.tokens.revoke(token);
    expect([made.records.text(), made.events]).toEqual([before, []]);
    expect((await useOf(made, next.refreshToken)).code).toBe('refreshed');
    await made.auth.tokens.revoke(next.refreshToken);
    const after = made.records.text();
    made.events.length = 0;
    for (const token of [next.refreshToken, next.accessToken]) await made.auth.tokens.revoke(token);
    expect([made.records.text(), made.events]).toEqual([after, []]);
  });

  it('of an access token without a login ends that token alone', async () => {
    const { made, next } = await scene();
    const { accessToken } = await made.auth.tokens.issue(made.table.rows[0] as never);
    await made.auth.tokens.revoke(accessToken);
    expect(await verdictOn(made.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(made.auth, next.accessToken)).toBe('accepted');
    expect((await useOf(made, next.refreshToken)).code).toBe('refreshed');
  });

  it('of an expired access token writes nothing, and the login goes on', async () => {
    const { made, next } = await scene();
    made.clock.advance(300);
    const before = made.records.text();
    await made.auth.tokens.revoke(next.accessToken);
    expect(made.records.text()).toBe(before);
    expect((await useOf(made, next.refreshToken)).code).toBe('refreshed');
  });

  it('denies for no longer than the access tokens live, also those of a repeat, once the family is gone', async () => {
    const { made, next } = await scene();
    await made.auth.tokens.revoke(next.refreshToken);
    const { denied } = JSON.parse(made.records.only('revocation')[1]) as { denied: object };
    const now = Number(made.clock.now()) / 1000;
    expect(denied).toEqual({ [next.refreshToken.slice(0, 22)]: now + 300 + defaults.refreshGrace });
  });
});

describe('sessions.end', () => {
  it('ends the login that an access token names', async () => {
    const { made, next, all } = await scene();
    const { sid } = await made.auth.tokens.verify(next.accessToken);
    await made.auth.sessions.end({ userId: 1, sessionId: sid ?? '' });
    await isOver(made, all);
  });

  it('ends no login of another user', async () => {
    const { made, next } = await scene();
    await made.auth.sessions.end({ userId: 2, sessionId: next.refreshToken.slice(0, 22) });
    expect(await verdictOn(made.auth, next.accessToken)).toBe('accepted');
    expect((await useOf(made, next.refreshToken)).code).toBe('refreshed');
  });
});

/** Each way in which one login ends. */
const ends: Readonly<Record<string, (made: RefreshDoor, pairs: readonly Pair[]) => Promise<unknown>>> = {
  'a revoked refresh token': ({ auth }, [, next]) => auth.tokens.revoke(next?.refreshToken ?? ''),
  'a revoked access token': ({ auth }, [first]) => auth.tokens.revoke(first?.accessToken ?? ''),
  'sessions.end': ({ auth }, [first]) =>
    auth.sessions.end({ userId: 1, sessionId: first?.refreshToken.slice(0, 22) ?? '' }),
  'a reuse': async (made, [first]) => {
    made.clock.advance(11);
    expect((await useOf(made, first?.refreshToken ?? '')).code).toBe('ERR_TOKEN_REUSED');
  },
};

describe.each(Object.entries(ends))('where answers may be old, after %s', (_what, end) => {
  const stale = { maxStaleness: '5s' } as const;

  it('its access tokens are refused at once in the process that ended it', async () => {
    const { made, all } = await scene();
    const neighbour = await loginOf(made);
    const everyone = [...all, neighbour];
    for (const { accessToken } of everyone) {
      expect(await verdictOn(made.auth, accessToken, stale)).toBe('accepted');
    }
    await end(made, all);
    for (const { accessToken } of all) {
      expect(await verdictOn(made.auth, accessToken, stale)).toBe('ERR_TOKEN_REVOKED');
    }
    expect(await verdictOn(made.auth, neighbour.accessToken, stale)).toBe('accepted');
  });

  it('and within that time in every other', async () => {
    const { made, next, all } = await scene();
    const [strict, other] = [processOf(made), processOf(made)];
    expect(await verdictOn(other.auth, next.accessToken, stale)).toBe('accepted');
    await end(made, all);
    expect(await verdictOn(strict.auth, next.accessToken)).toBe('ERR_TOKEN_REVOKED');
    made.clock.advance(5);
    expect(await verdictOn(other.auth, next.accessToken, stale)).toBe('ERR_TOKEN_REVOKED');
  });

  it('and a store that cannot be asked is accepted, what was seen dead stays dead', async () => {
    const { made, all } = await scene();
    await end(made, all);
    for (const { accessToken } of all) {
      expect(await verdictOn(made.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
    made.state.failing.add('get');
    for (const { accessToken } of all) {
      const accept = { ifStateUnavailable: 'accept', ...stale } as const;
      expect(await verdictOn(made.auth, accessToken, accept)).toBe('ERR_TOKEN_REVOKED');
    }
  });
});
