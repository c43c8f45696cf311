/** A state store that cannot be asked lets nobody in, unless a guard says so, and loses no revocation. */

import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/index.ts';
import { memoryState } from '../../src/stores/memory/index.ts';
import { revocationRecords } from '../support/damaged-records.ts';
import { aliceRow, anotherDoor, type Door, door } from '../support/door.ts';
import { type FaultyState, faults, faultyState } from '../support/faulty-state.ts';
import { heldState } from '../support/held-state.ts';
import { recordingState } from '../support/recording-state.ts';
import { verdictOn } from '../support/token-verdict.ts';

const unavailable = { code: 'ERR_STATE_UNAVAILABLE', retryAfterSeconds: 1 };
const accept = { ifStateUnavailable: 'accept' } as const;

const tokenOf = async ({ auth }: Pick<Door, 'auth'>, key = 1): Promise<string> =>
  (await auth.tokens.issue(aliceRow({ key }))).accessToken;

interface Scene extends Door {
  readonly state: FaultyState;
  readonly token: string;
  /** Another token of the same user. */
  readonly neighbour: string;
}

/** A door that has let a token in, and whose answers may be an hour old. */
async function scene(): Promise<Scene> {
  const state = faultyState();
  const made = door({ state, tokens: { maxStaleness: '1h' } });
  const [token, neighbour] = [await tokenOf(made), await tokenOf(made)];
  await made.auth.tokens.verify(token);
  made.events.length = 0;
  return { ...made, state, token, neighbour };
}

/** All that asks the store: what ends no token, and what ends this one. */
const harmless: Readonly<Record<string, (made: Scene) => Promise<unknown>>> = {
  issue: (made) => tokenOf(made),
  verify: ({ auth, token }) => auth.tokens.verify(token, { maxStaleness: 0 }),
  'the first verify': (made) => anotherDoor(made).auth.tokens.verify(made.token),
};
const ending: Readonly<Record<string, (made: Scene) => Promise<unknown>>> = {
  revoke: ({ auth, token }) => auth.tokens.revoke(token),
  'the second revoke of a user': async ({ auth, token, neighbour }) => {
    await auth.tokens.revoke(neighbour);
    await auth.tokens.revoke(token);
  },
  revokeAll: ({ auth }) => auth.tokens.revokeAll(1),
  endAll: ({ auth }) => auth.sessions.endAll(1),
  setStatus: ({ auth }) => auth.accounts.setStatus({ user: aliceRow(), status: 'active' }),
};

/** How often an act calls the store when nothing fails. */
async function callsOf(act: (made: Scene) => Promise<unknown>): Promise<number> {
  const made = await scene();
  made.state.failAt(Number.POSITIVE_INFINITY);
  await act(made);
  return made.state.calls.length;
}

/** The act with each of its calls failing in each way. */
async function eachFault(
  act: (made: Scene) => Promise<unknown>,
  check: (made: Scene, where: string) => Promise<void>,
): Promise<number> {
  const calls = await callsOf(act);
  for (let call = 1; call <= calls; call += 1) {
    for (const fault of faults) {
      const made = await scene();
      made.state.failAt(call, fault);
      const where = `call ${call} ${fault}`;
      await expect(act(made), where).rejects.toMatchObject(unavailable);
      made.state.failAt(Number.POSITIVE_INFINITY);
      await check(made, where);
    }
  }
  return calls * faults.length;
}

describe('a call of the state store that fails', () => {
  it.each(Object.entries(harmless))('makes %s fail, and nothing else', async (_name, act) => {
    const tried = await eachFault(act, async (made, where) => {
      expect(made.events, where).toEqual([]);
      expect(await verdictOn(made.auth, made.token), where).toBe('accepted');
    });
    expect(tried).toBe(faults.length);
  });

  it.each(Object.entries(ending))(
    'makes %s fail, never halfway, and it can be tried again',
    async (_name, act) => {
      const tried = await eachFault(act, async (made, where) => {
        const { auth, token } = made;
        // Not known here by an old answer: it may have been done all the same.
        const here = await verdictOn(auth, token);
        const elsewhere = await verdictOn(anotherDoor(made).auth, token);
        expect(here, where).toBe(elsewhere);
        await act(made);
        expect(await verdictOn(auth, token), where).toBe('ERR_TOKEN_REVOKED');
        expect(await verdictOn(anotherDoor(made).auth, token), where).toBe('ERR_TOKEN_REVOKED');
      });
      expect(tried).toBeGreaterThanOrEqual(faults.length);
    },
  );

  it('is told of by no event but that of the guard that accepts', async () => {
    for (const fault of faults) {
      const { auth, state, token, events } = await scene();
      state.failAt(1, fault);
      expect(await verdictOn(auth, token, { ...accept, maxStaleness: 0 })).toBe('accepted');
      expect(events).toMatchObject([{ name: 'token.accepted-unchecked', userId: 1 }]);
    }
  });

  it('leaves a verify waiting, and nobody in, until it has failed', async () => {
    const state = heldState();
    const { auth } = door({ state });
    const token = await tokenOf({ auth });
    const held = state.hold('get');
    let settled = false;
    const verifying = verdictOn(auth, token).finally(() => {
      settled = true;
    });
    await held.arrived;
    for (let tick = 0; tick < 10; tick += 1) await new Promise(setImmediate);
    expect(settled).toBe(false);
    held.release(new Error('timed out'));
    expect(await verifying).toBe('ERR_STATE_UNAVAILABLE');
  });
});

describe('where an unreachable store is accepted', () => {
  it('a bad token is as bad as ever', async () => {
    const { auth, clock, state, token, events } = await scene();
    const [header, payload] = token.split('.');
    state.failing.add('get');
    clock.advance(300);
    for (const bad of [token, `${header}.${payload}.${'A'.repeat(43)}`, '', `${token}=`]) {
      expect(['ERR_TOKEN_INVALID', 'ERR_TOKEN_EXPIRED']).toContain(await verdictOn(auth, bad, accept));
    }
    expect(events).toEqual([]);
  });

  it('a token that this process has refused before stays refused', async () => {
    for (const end of Object.values(ending)) {
      const made = await scene();
      await end(made);
      expect(await verdictOn(made.auth, made.token)).toBe('ERR_TOKEN_REVOKED');
      made.state.failing.add('get');
      made.events.length = 0;
      expect(await verdictOn(made.auth, made.token, { ...accept, maxStaleness: 0 })).toBe(
        'ERR_TOKEN_REVOKED',
      );
      expect(made.events).toEqual([]);
    }
  });
});

describe('a store that answers what it never was told', () => {
  const strange = [...revocationRecords, undefined, 7, true, {}, [], { mark: null, denied: {} }];

  it.each(strange)('like %j lets nobody in and loses nothing', async (record) => {
    const made = await scene();
    const state = { ...made.state, get: async () => record as string };
    const { auth, events } = anotherDoor({ ...made, state });
    for (const options of [{}, accept, { maxStaleness: '1h' }] as const) {
      expect(await verdictOn(auth, made.token, options)).toBe('ERR_STATE_UNAVAILABLE');
    }
    await expect(auth.tokens.revoke(made.token)).rejects.toMatchObject(unavailable);
    await expect(tokenOf({ auth })).rejects.toMatchObject(unavailable);
    expect(events).toEqual([]);
    expect(await verdictOn(made.auth, made.token, { maxStaleness: 0 })).toBe('accepted');
    await auth.tokens.revokeAll(1);
    expect(await verdictOn(made.auth, made.token, { maxStaleness: 0 })).toBe('ERR_TOKEN_REVOKED');
  });
});

describe('a store that is full', () => {
  const full = (clock: Door['clock']): StateStore => memoryState({ clock, maxRecords: 1 });

  it.each(['revoke', 'revokeAll'] as const)('refuses a %s, says so, and drops nobody else’s', async (act) => {
    const { clock } = door();
    const made = door({ clock, state: recordingState(full(clock)), sessions: { idle: 1, absolute: 1 } });
    const [bobs, token] = [await tokenOf(made, 2), await tokenOf(made)];
    await made.auth.tokens.revoke(bobs);
    const end = () => (act === 'revoke' ? made.auth.tokens.revoke(token) : made.auth.tokens.revokeAll(1));
    await expect(end()).rejects.toMatchObject(unavailable);
    expect(await verdictOn(made.auth, token)).toBe('accepted');
    expect(await verdictOn(anotherDoor(made).auth, bobs)).toBe('ERR_TOKEN_REVOKED');
    // A denial is remembered for as long as the token lives, by a clock that is a minute off either way.
    clock.advance(300 + 120);
    const later = await tokenOf(made);
    await (act === 'revoke' ? made.auth.tokens.revoke(later) : made.auth.tokens.revokeAll(1));
    expect(await verdictOn(anotherDoor(made).auth, later)).toBe('ERR_TOKEN_REVOKED');
  });
});
