/** Machines of one application with other options: none shortens what another has to remember of a logout. */

import { describe, expect, it } from 'vitest';
import { defaults } from '../../src/core/defaults.ts';
import {
  loginOf,
  type Pair,
  processOf,
  type RefreshDoor,
  refreshDoor,
  refreshed,
  useOf,
} from '../support/refresh-door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const [hour, minute] = [3600, 60];
const grace = 10;

/** One whose access tokens live for an hour, and one over the same store that has five minutes. */
function machines(): { readonly long: RefreshDoor; readonly short: RefreshDoor } {
  const long = refreshDoor({ tokens: { expiresIn: '1h' }, grace });
  const short = processOf(long, { tokens: { expiresIn: '5m', refresh: { grace } } });
  return { long, short };
}

const sidOf = ({ refreshToken }: Pair): string => refreshToken.split('.')[0] ?? '';

/** All by which one login ends. */
const ends: Readonly<Record<string, (made: RefreshDoor, pair: Pair) => Promise<unknown>>> = {
  'sessions.end': ({ auth }, pair) => auth.sessions.end({ userId: 1, sessionId: sidOf(pair) }),
  'a logout by its refresh token': ({ auth }, { refreshToken }) => auth.tokens.revoke(refreshToken),
  'a logout by its access token': ({ auth }, { accessToken }) => auth.tokens.revoke(accessToken),
  'a reuse': async (made, pair) => {
    const { refreshToken } = await refreshed(made, pair.refreshToken);
    await refreshed(made, refreshToken);
    expect((await useOf(made, pair.refreshToken)).code).toBe('ERR_TOKEN_REUSED');
  },
  'a hundred others': async (made) => {
    made.clock.advance(1);
    for (let login = 0; login < defaults.sessionsPerUser; login += 1) await loginOf(made);
  },
};

describe.each(Object.entries(ends))(
  'a login of a machine with a longer life, after %s elsewhere',
  (_, end) => {
    it('is refused for as long as its access token would have lived', async () => {
      const { long, short } = machines();
      const pair = await loginOf(long);
      expect(await verdictOn(long.auth, pair.accessToken)).toBe('accepted');
      await end(short, pair);
      for (const minutes of [0, 8, 30, 20]) {
        long.clock.advance(minutes * minute);
        for (const machine of [long, processOf(long)]) {
          expect(await verdictOn(machine.auth, pair.accessToken)).toBe('ERR_TOKEN_REVOKED');
        }
        expect((await useOf(long, pair.refreshToken)).code).toBe('ERR_TOKEN_INVALID');
      }
      long.clock.advance(2 * hour);
      expect(await verdictOn(long.auth, pair.accessToken)).toBe('ERR_TOKEN_EXPIRED');
    });
  },
);

describe('a login that moves between such machines', () => {
  it('is ended with all its access tokens, also those from before a refresh elsewhere', async () => {
    const { long, short } = machines();
    const first = await loginOf(long);
    long.clock.advance(minute);
    const second = await refreshed(short, first.refreshToken);
    long.clock.advance(minute);
    await short.auth.tokens.revoke(second.refreshToken);
    for (const minutes of [8, 48]) {
      long.clock.advance(minutes * minute);
      expect(await verdictOn(long.auth, first.accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
  });
});
