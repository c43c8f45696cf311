/** What the grace time gives, and to whom: the direct parent of the living token, at once, and nobody else. */

import { describe, expect, it } from 'vitest';
import type { RefreshOptions } from '../../src/index.ts';
import {
  liveLeaves,
  loginOf,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  useOf,
} from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

/** A login that was refreshed once. */
async function once(made: RefreshDoor, at: RefreshOptions = {}, then: RefreshOptions = at) {
  const first = await loginOf(made, at);
  const next = await refreshed(made, first.refreshToken, then);
  return { first: first.refreshToken, next: next.refreshToken };
}

describe('a repeat within the grace time', () => {
  it('gets the same refresh token, again and again, and in every process', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    for (let second = 0; second < 10; second += 1) {
      const again = await refreshed(processOf(made), first);
      expect(again.refreshToken).toBe(next);
      expect(await verdictOn(made.auth, again.accessToken)).toBe('accepted');
      made.clock.advance(second === 9 ? 0 : 1);
    }
    expect(await liveLeaves(made, [first, next])).toEqual([next]);
  });

  it('is measured from the rotation, and is not made longer by repeats', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    for (const seconds of [4, 5]) {
      made.clock.advance(seconds);
      expect((await useOf(made, first)).pair?.refreshToken).toBe(next);
    }
    made.clock.advance(1);
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
    expect((await useOf(made, next)).code).toBe('ERR_TOKEN_INVALID');
  });

  it('is not measured from when the token itself was made', async () => {
    const made = refreshDoor();
    const { refreshToken } = await loginOf(made);
    made.clock.advance(86_400);
    const next = await refreshed(made, refreshToken);
    made.clock.advance(9);
    expect((await useOf(made, refreshToken)).pair?.refreshToken).toBe(next.refreshToken);
  });

  it('is for the direct parent only: what came before it ends the login', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    const last = await refreshed(made, next);
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(made, [first, next, last.refreshToken])).toEqual([]);
  });

  it.each([3, 10])('is for nothing that is %i generations back', async (generations) => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    let living = next;
    for (let more = 2; more < generations; more += 1) {
      living = (await refreshed(made, living)).refreshToken;
    }
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(made, [first, next, living])).toEqual([]);
  });

  it('does not begin anew for a repeat: the next rotation ends it', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    expect((await useOf(made, first)).code).toBe('refreshed');
    expect((await useOf(made, next)).code).toBe('refreshed');
    expect((await useOf(made, next)).code).toBe('refreshed');
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
  });

  it.each(['disabled', 'signed out', 'changed password'])('is not for a user who is %s', async (what) => {
    const made = refreshDoor();
    const { first } = await once(made);
    if (what === 'disabled') Object.assign(made.table.rows[0] ?? {}, { state: 'disabled' });
    if (what === 'changed password') Object.assign(made.table.rows[0] ?? {}, { hash: 'plain:1:new' });
    if (what === 'signed out') await made.auth.tokens.revokeAll(1);
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REVOKED');
  });

  it('does not reach over the end of the login', async () => {
    const made = refreshDoor({ refresh: { idle: 60, absolute: 60 } });
    const { refreshToken } = await loginOf(made);
    made.clock.advance(55);
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
    made.clock.advance(5);
    expect((await useOf(made, refreshToken)).code).toBe('ERR_TOKEN_EXPIRED');
  });
});

describe('a grace time of zero', () => {
  it('gives nothing, not even within the second', async () => {
    const made = refreshDoor({ grace: 0 });
    const { first, next } = await once(made);
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(made, [first, next])).toEqual([]);
  });

  it('leaves the living token as good as ever', async () => {
    const made = refreshDoor({ grace: 0 });
    let { next } = await once(made);
    for (let use = 0; use < 5; use += 1) next = (await refreshed(made, next)).refreshToken;
    expect(await liveLeaves(made, [next])).toEqual([next]);
  });
});

describe('within the grace time, who asks', () => {
  const here = { deviceToken: 'the device token of this browser' };
  const there = { deviceToken: 'the device token of another one' };

  it('and names another device ends the login', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made, here);
    expect((await useOf(made, first, there)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(made, [first, next])).toEqual([]);
  });

  it.each<readonly [string, RefreshOptions, RefreshOptions]>([
    ['the same device', here, here],
    ['none, after one', here, {}],
    ['one, after none', {}, here],
    ['none at all', {}, {}],
    ['an empty one', here, { deviceToken: '' }],
  ])('and names %s gets the same successor', async (_what, first, second) => {
    const made = refreshDoor();
    const rotated = await once(made, first);
    expect((await useOf(made, rotated.first, second)).pair?.refreshToken).toBe(rotated.next);
  });

  it('is compared with who has used the token, not with who has got it', async () => {
    const made = refreshDoor();
    const moved = await once(made, here, there);
    expect((await useOf(made, moved.first, there)).pair?.refreshToken).toBe(moved.next);
    expect((await useOf(made, moved.first, here)).code).toBe('ERR_TOKEN_REUSED');
  });

  it('may come from another address and with another name: both say nothing', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made, { ...here, ip: '192.0.2.1', userAgent: 'Firefox' });
    const elsewhere = { ...here, ip: '2001:db8::7', userAgent: 'curl' };
    expect((await useOf(made, first, elsewhere)).pair?.refreshToken).toBe(next);
  });

  it('and names a device may use the living token from another one', async () => {
    const made = refreshDoor();
    const { next } = await once(made, here);
    expect((await useOf(made, next, there)).code).toBe('refreshed');
  });
});

describe('a clock that is set back', () => {
  it.each([600, 11, 10, 86_400])('by %i seconds makes no spent token good again', async (seconds) => {
    const made = refreshDoor();
    made.clock.advance(86_400);
    const { first, next } = await once(made);
    made.clock.advance(-seconds);
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_REUSED');
    expect(await liveLeaves(made, [first, next])).toEqual([]);
  });

  it('leaves the living token alive', async () => {
    const made = refreshDoor();
    const { first, next } = await once(made);
    made.clock.advance(-600);
    const last = await refreshed(made, next);
    expect(await liveLeaves(made, [next, last.refreshToken])).toEqual([last.refreshToken]);
    made.clock.advance(600);
    expect((await useOf(made, next)).code).toBe('ERR_TOKEN_REUSED');
    expect((await useOf(made, first)).code).toBe('ERR_TOKEN_INVALID');
  });
});
