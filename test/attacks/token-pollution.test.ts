/** A polluted prototype neither weakens the check of a token nor speaks in its place. */

import { afterEach, describe, expect, it } from 'vitest';
import { aliceRow, door } from '../support/door.ts';
import { verdictOn } from '../support/token-verdict.ts';

const polluted = Object.prototype as Record<string, unknown>;
const planted = new Set<string>();
const plant = (entries: Record<string, unknown>): void => {
  for (const [key, value] of Object.entries(entries)) {
    planted.add(key);
    polluted[key] = value;
  }
};
afterEach(() => {
  for (const key of planted) delete polluted[key];
  planted.clear();
});

const weaker = { maxStaleness: '1h', ifStateUnavailable: 'accept', clockTolerance: 60, expiresIn: '30d' };
const forged = {
  roles: ['admin'],
  scope: 'admin',
  auth_time: 1,
  amr: ['pwd'],
  sub: '2',
  idt: 'n',
  tenant: 2,
};

describe('a polluted prototype', () => {
  it('lets nobody in while the state store is down', async () => {
    const { auth, state } = door();
    const { accessToken } = await auth.tokens.issue(aliceRow());
    plant(weaker);
    state.failing.add('get');
    expect(await verdictOn(auth, accessToken)).toBe('ERR_STATE_UNAVAILABLE');
    expect(await verdictOn(auth, accessToken, {})).toBe('ERR_STATE_UNAVAILABLE');
  });

  it('makes no answer older than it may be, and no token live longer', async () => {
    plant(weaker);
    const { auth, state, clock } = door({ tokens: {} });
    const { accessToken, expiresIn } = await auth.tokens.issue(aliceRow());
    expect(expiresIn).toBe(300);
    state.calls.length = 0;
    for (let n = 0; n < 3; n += 1) expect(await verdictOn(auth, accessToken, {})).toBe('accepted');
    expect(state.calls).toHaveLength(3);
    clock.advance(300);
    expect(await verdictOn(auth, accessToken)).toBe('ERR_TOKEN_EXPIRED');
  });

  it('puts nothing into a token, and nothing into what is read of one', async () => {
    const { auth } = door({ tokens: { scopes: (_row, requested) => requested } });
    plant({ ...forged, claims: forged, authentication: { methods: ['pwd'], at: 1 } });
    const pair = await auth.tokens.issue(aliceRow({ roles: [] }), {});
    const claims = await auth.tokens.verify(pair.accessToken);
    expect(Object.keys(pair)).toEqual(['tokenType', 'accessToken', 'expiresIn']);
    expect(Object.keys(claims).sort()).toEqual(
      ['aud', 'client_id', 'exp', 'iat', 'idt', 'iss', 'jti', 'sub'].sort(),
    );
    expect(Object.entries(claims)).toContainEqual(['sub', '1']);
  });

  it('revives nothing that was revoked', async () => {
    const { auth } = door();
    const tokens = await Promise.all([1, 2].map(() => auth.tokens.issue(aliceRow())));
    const [one = '', other = ''] = tokens.map(({ accessToken }) => accessToken);
    await auth.tokens.revoke(one);
    plant({ gen: 'm', mark: null, denied: {}, dead: false, aliveBy: null });
    expect(await verdictOn(auth, one)).toBe('ERR_TOKEN_REVOKED');
    expect(await verdictOn(auth, other)).toBe('accepted');
    await auth.tokens.revokeAll(1);
    expect(await verdictOn(auth, other)).toBe('ERR_TOKEN_REVOKED');
  });
});
