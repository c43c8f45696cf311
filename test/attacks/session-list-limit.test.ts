/** The limit of a user's logins: what is over makes room before what is alive, and leaves nothing behind. */

import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import { aliceRow } from '../support/door.ts';
import { loginOf, type RefreshDoor, refreshDoor, refreshed, useOf } from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const day = 86_400;
const limit = defaults.sessionsPerUser;
const familiesOf = ({ records }: RefreshDoor): number =>
  [...records.records.keys()].filter((key) => key.startsWith('refresh:')).length;

describe.each([true, false])('with the list %s, a hundred logins', (registry) => {
  const door = () => refreshDoor({ sessions: { registry } });

  it('that a sign-out everywhere has ended make room, and their records go', async () => {
    const made = door();
    for (let cycle = 0; cycle < 5; cycle += 1) {
      for (let login = 0; login < limit; login += 1) await loginOf(made);
      await made.auth.tokens.revokeAll(1);
    }
    expect(familiesOf(made)).toBe(limit);
    const { accessToken, refreshToken } = await loginOf(made);
    expect(familiesOf(made)).toBe(1);
    expect(await verdictOn(made.auth, accessToken)).toBe('accepted');
    expect((await useOf(made, refreshToken)).code).toBe('refreshed');
  });

  it('of which some are alive lose those that were signed out, and no other', async () => {
    const made = door();
    for (let login = 0; login < limit - 2; login += 1) await loginOf(made);
    await made.auth.tokens.revokeAll(1);
    const living = [await loginOf(made), await loginOf(made), await loginOf(made)];
    expect(familiesOf(made)).toBe(3);
    for (const { refreshToken } of living) {
      expect((await useOf(made, refreshToken)).code).toBe('refreshed');
    }
  });

  it('of which nobody has used ninety-nine for weeks leave the oldest alone, which is in use', async () => {
    const made = door();
    let phone = await loginOf(made);
    made.clock.advance(1);
    for (let login = 1; login < limit; login += 1) await loginOf(made);
    for (let seconds = 0; seconds <= defaults.refreshIdle; seconds += day) {
      made.clock.advance(day);
      phone = await refreshed(made, phone.refreshToken);
    }
    for (let login = 1; login < limit; login += 1) await loginOf(made);
    expect(await verdictOn(made.auth, phone.accessToken)).toBe('accepted');
    phone = await refreshed(made, phone.refreshToken);
    // All of these are alive, and now it is the oldest of them.
    await loginOf(made);
    expect(await verdictOn(made.auth, phone.accessToken)).toBe('ERR_TOKEN_REVOKED');
  });
});

it('a cookie session has no record of its own, and is not taken for over', async () => {
  const made = refreshDoor({ sessions: { registry: true } });
  const logins = [await loginOf(made)];
  made.clock.advance(1);
  const stamp = await made.auth.sessions.start(aliceRow());
  while (logins.length < limit) logins.push(await loginOf(made));
  expect((await made.auth.sessions.list(1)).map(({ id }) => id)).toContain(stamp.id);
  expect(await made.auth.sessions.resume(stamp)).not.toBeNull();
  expect((await useOf(made, logins[0]?.refreshToken ?? '')).code).toBe('ERR_TOKEN_INVALID');
});
