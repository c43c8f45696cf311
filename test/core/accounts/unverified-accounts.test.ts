import { describe, expect, it } from 'vitest';
import { UnverifiedAccounts } from '../../../src/core/accounts/unverified-accounts.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import type { StateStore } from '../../../src/index.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { recordingState } from '../../support/recording-state.ts';

const accounts = (state: StateStore, realm = '') =>
  new UnverifiedAccounts({ state, keys: new StateKeys(realm) });
const kinds = ['verified', 'replaced'] as const;

describe.each(kinds)('an unverified account that is claimed to be %s', (claim) => {
  const [other] = kinds.filter((kind) => kind !== claim) as [(typeof kinds)[number]];

  it('cannot be claimed for the other thing', async () => {
    const both = accounts(recordingState());
    expect(await both.claim(7, 'hash', claim)).toBe(true);
    expect(await both.claim(7, 'hash', other)).toBe(false);
  });

  it('can be claimed once more by whoever repeats it after a crash, also in another process', async () => {
    const state = recordingState();
    await accounts(state).claim(7, 'hash', claim);
    expect(await accounts(state).claim(7, 'hash', claim)).toBe(true);
    expect(await accounts(state).claim(7, 'hash', other)).toBe(false);
  });

  it.each<[string, number | string, string | null, string]>([
    ['another hash', 7, 'other hash', ''],
    ['no hash', 7, null, ''],
    ['the text null in the place of a hash', 7, 'null', ''],
    ['another id', 8, 'hash', ''],
    ['an id of another type', '7', 'hash', ''],
    ['another realm', 7, 'hash', 'staff'],
  ])('says nothing of %s', async (_what, id, hash, realm) => {
    const state = recordingState();
    await accounts(state).claim(7, 'hash', claim);
    expect(await accounts(state, realm).claim(id, hash, other)).toBe(true);
  });

  it('is told apart where the account has no password', async () => {
    const state = recordingState();
    await accounts(state).claim(7, null, claim);
    expect(await accounts(state).claim(7, null, other)).toBe(false);
    expect(await accounts(state).claim(7, 'null', other)).toBe(true);
  });

  it('is so for as long as a link lives', async () => {
    const clock = movableClock();
    const both = accounts(memoryState({ clock }));
    await both.claim(7, 'hash', claim);
    clock.advance(3599);
    expect(await both.claim(7, 'hash', other)).toBe(false);
    clock.advance(2);
    expect(await both.claim(7, 'hash', other)).toBe(true);
  });

  it('of 32 that claim it at once goes to one side', async () => {
    const both = accounts(recordingState());
    const claims = Array.from({ length: 32 }, (_none, n) => (n % 2 === 0 ? claim : other));
    const won = await Promise.all(claims.map((each) => both.claim(7, 'hash', each)));
    const winners = new Set(claims.filter((_each, n) => won[n]));
    expect(winners.size).toBe(1);
    expect(won.filter(Boolean)).toHaveLength(16);
  });
});

it('asks with one conditional write, and reads only when that lost', async () => {
  const state = recordingState();
  const both = accounts(state);
  await both.claim(7, 'hash', 'verified');
  expect(state.calls).toEqual(['putIfAbsent claim']);
  await both.claim(7, 'hash', 'replaced');
  expect(state.calls).toEqual(['putIfAbsent claim', 'putIfAbsent claim', 'get claim']);
});

it.each(['putIfAbsent', 'get'] as const)(
  'grants nothing while the state store is down for %s',
  async (verb) => {
    const state = recordingState();
    const both = accounts(state);
    await both.claim(7, 'hash', 'verified');
    state.failing.add(verb);
    await expect(both.claim(7, 'hash', 'replaced')).rejects.toThrow('down');
  },
);

it('keeps neither the hash nor the id', async () => {
  const seen: string[] = [];
  const store = memoryState();
  await accounts({
    ...store,
    putIfAbsent: async (key, value, ttl) => {
      seen.push(key, value, String(ttl));
      return store.putIfAbsent(key, value, ttl);
    },
  }).claim('bob', 'salted-hash', 'verified');
  expect(seen).toEqual([expect.stringMatching(/^claim:[\w-]{43}$/), 'verified', '3600']);
});
