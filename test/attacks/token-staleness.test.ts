/** An answer about revocation may be as old as somebody said, and no older. */

import { describe, expect, it } from 'vitest';
import type { UserId } from '../../src/index.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { heldState } from '../support/held-state.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';

const bounds = [1, 5, 60, 3600] as const;
const acts: readonly (readonly [act: string, end: (made: Door, token: string) => Promise<void>])[] = [
  ['revoke', ({ auth }, token) => auth.tokens.revoke(token)],
  ['revokeAll', ({ auth }) => auth.tokens.revokeAll(1)],
  ['endAll', ({ auth }) => auth.sessions.endAll(1)],
  ['setStatus', ({ auth }) => auth.accounts.setStatus({ user: aliceRow(), status: 'active' })],
];

const tokens = (maxStaleness: number) => ({ maxStaleness, expiresIn: '1d' }) as const;
const tokenOf = async ({ auth }: Pick<Door, 'auth'>, key: UserId = 1): Promise<string> =>
  (await auth.tokens.issue(aliceRow({ key }))).accessToken;

/** Two processes over one state, and a token that both have just found alive. */
async function processes(maxStaleness: number): Promise<{ one: Door; other: Door; token: string }> {
  const one = door({ tokens: tokens(maxStaleness) });
  const other = anotherDoor(one, { tokens: tokens(maxStaleness) });
  const token = await tokenOf(one);
  for (const { auth } of [one, other]) expect(await verdictOn(auth, token)).toBe('accepted');
  return { one, other, token };
}

describe.each(acts)('what another process ends by %s', (_act, end) => {
  it.each(bounds)('is accepted for %i seconds at most, and not a millisecond longer', async (bound) => {
    const { one, other, token } = await processes(bound);
    await end(other, token);
    const verdicts: string[] = [];
    for (const share of [0, 0.25, 0.5, 0.75]) {
      verdicts.push(await verdictOn(one.auth, token));
      one.clock.advance(bound / 4 - (share === 0.75 ? 0.001 : 0));
    }
    verdicts.push(await verdictOn(one.auth, token));
    expect(tally(verdicts)).toEqual({ accepted: 5 });
    one.clock.advance(0.001);
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
    one.clock.advance(-bound / 2);
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });

  it('is refused at once where nothing may be stale', async () => {
    const { one, other, token } = await processes(0);
    await end(other, token);
    for (const options of [undefined, { maxStaleness: 0 }, { maxStaleness: '0s' }] as const) {
      expect(await verdictOn(one.auth, token, options)).toBe('ERR_TOKEN_REVOKED');
    }
  });

  it('is refused at once on a route that asks every time, and from then on everywhere', async () => {
    const { one, other, token } = await processes(3600);
    await end(other, token);
    expect(await verdictOn(one.auth, token)).toBe('accepted');
    expect(await verdictOn(one.auth, token, { maxStaleness: 0 })).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });

  it('is refused at once when the clock was set back', async () => {
    const { one, other, token } = await processes(3600);
    await end(other, token);
    one.clock.advance(-1);
    const { accessToken } = await one.auth.tokens.issue(aliceRow());
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(one.auth, accessToken)).toBe('accepted');
  });

  it('is refused within the bound though answers are renewed all the time', async () => {
    const { one, other, token } = await processes(5);
    const neighbour = await tokenOf(one);
    await end(other, token);
    for (let second = 0; second < 5; second += 1) {
      await verdictOn(one.auth, neighbour);
      one.clock.advance(1);
    }
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });
});

describe.each(acts)('what this process ends by %s', (_act, end) => {
  it.each(bounds)('is refused at once, with answers of up to %i seconds', async (bound) => {
    const { one, token } = await processes(bound);
    await end(one, token);
    expect(await verdictOn(one.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });

  it('is refused also after a read that was under way meanwhile', async () => {
    const state = heldState();
    const made = door({ state, tokens: tokens(3600) });
    const [token, neighbour] = [await tokenOf(made), await tokenOf(made)];
    const held = state.hold('get');
    const slow = verdictOn(made.auth, neighbour);
    await held.arrived;
    await end(made, token);
    held.release();
    await slow;
    expect(await verdictOn(made.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });

  it('leaves the answers about others as they are', async () => {
    const { one, token } = await processes(3600);
    const bobs = await tokenOf(one, 2);
    await verdictOn(one.auth, bobs);
    await end(one, token);
    one.state.calls.length = 0;
    expect(await verdictOn(one.auth, bobs)).toBe('accepted');
    expect(one.state.calls).toEqual([]);
  });
});

describe('a user who comes back after a sign-out everywhere in another process', () => {
  it('is let in at once: an old answer does not know the mark of a new token', async () => {
    const { one, other } = await processes(3600);
    for (let round = 0; round < 3; round += 1) {
      await other.auth.tokens.revokeAll(1);
      const token = await tokenOf(other);
      expect(await verdictOn(one.auth, token)).toBe('accepted');
      // And holds an answer with that mark when the next one is made.
      one.clock.advance(3600);
      expect(await verdictOn(one.auth, token)).toBe('accepted');
    }
  });

  it('costs one more read, and none after that', async () => {
    const { one, other } = await processes(3600);
    await one.auth.tokens.revokeAll(1);
    await verdictOn(one.auth, await tokenOf(one));
    await other.auth.tokens.revokeAll(1);
    const tokens = [await tokenOf(other), await tokenOf(other), await tokenOf(other)];
    one.state.calls.length = 0;
    for (const token of [...tokens, ...tokens]) expect(await verdictOn(one.auth, token)).toBe('accepted');
    expect(one.state.calls).toEqual(['get revocation']);
  });
});

describe('a slow state store', () => {
  it('makes no answer older than it may be: its age counts from the question', async () => {
    const state = heldState();
    const made = door({ state, tokens: tokens(60) });
    const other = anotherDoor(made);
    const token = await tokenOf(made);
    const held = state.hold('get');
    const slow = verdictOn(made.auth, token);
    await held.arrived;
    await other.auth.tokens.revokeAll(1);
    made.clock.advance(59);
    held.release();
    expect(await slow).toBe('accepted');
    expect(await verdictOn(made.auth, token)).toBe('accepted');
    made.clock.advance(1);
    expect(await verdictOn(made.auth, token)).toBe('ERR_TOKEN_REVOKED');
  });
});

describe('an outage', () => {
  it('changes nothing while an answer is fresh enough, and refuses from then on', async () => {
    const { one, token } = await processes(60);
    one.state.failing.add('get');
    one.clock.advance(59.999);
    expect(await verdictOn(one.auth, token)).toBe('accepted');
    one.clock.advance(0.001);
    expect(await verdictOn(one.auth, token)).toBe('ERR_STATE_UNAVAILABLE');
    expect(await verdictOn(one.auth, token, { maxStaleness: 3600 })).toBe('accepted');
    expect(await verdictOn(one.auth, token, { maxStaleness: 0 })).toBe('ERR_STATE_UNAVAILABLE');
  });

  it('during which a sign-out everywhere fails leaves nobody in by an old answer', async () => {
    const { one, token } = await processes(3600);
    for (const verb of ['get', 'put'] as const) one.state.failing.add(verb);
    await expect(one.auth.tokens.revokeAll(1)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    expect(await verdictOn(one.auth, token)).toBe('ERR_STATE_UNAVAILABLE');
  });
});
