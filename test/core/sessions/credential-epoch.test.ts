import { describe, expect, it } from 'vitest';
import { defaults } from '../../../src/core/defaults.ts';
import type { AuthUser } from '../../../src/core/ports/user-store.ts';
import { Secrets } from '../../../src/core/secrets.ts';
import { CredentialEpochs } from '../../../src/core/sessions/credential-epoch.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { recordingState } from '../../support/recording-state.ts';

const user: AuthUser = { id: 1, passwordHash: 'hash 1' };
const withHash = (passwordHash: string | null): AuthUser => ({ ...user, passwordHash });

function made({ secret = secretA as string | string[], realm = '' } = {}, clock = movableClock()) {
  const state = recordingState(memoryState({ clock }));
  const over = (one: typeof secret, its = realm) =>
    new CredentialEpochs({
      secrets: new Secrets(one, its),
      state,
      keys: new StateKeys(its),
      lifeSeconds: 3600,
    });
  return { state, clock, over, epochs: over(secret) };
}

describe('an epoch', () => {
  it('is alive while the user is as before', async () => {
    const { epochs, state } = made();
    expect(await epochs.isAlive(epochs.current(user), { ...user })).toBe(true);
    expect(state.calls).toEqual([]);
  });

  it.each<[string, AuthUser]>([
    ['another hash', withHash('hash 2')],
    ['no hash', withHash(null)],
    ['another id', { ...user, id: 2 }],
    ['the same id of another type', { ...user, id: '1' }],
    ['another counter', { ...user, epoch: 1 }],
    ['an empty hash', withHash('')],
  ])('is dead for %s', async (_what, changed) => {
    const { epochs } = made();
    expect(await epochs.isAlive(epochs.current(user), changed)).toBe(false);
    expect(await epochs.isAlive(epochs.current(changed), user)).toBe(false);
  });

  it('tells the counters 1 and "1" apart', async () => {
    const { epochs } = made();
    expect(await epochs.isAlive(epochs.current({ ...user, epoch: 1 }), { ...user, epoch: '1' })).toBe(false);
  });

  it('is dead in another realm and under another secret', async () => {
    const { epochs, over } = made();
    const claim = epochs.current(user);
    expect(await over(secretA, 'staff').isAlive(claim, user)).toBe(false);
    expect(await over(secretB).isAlive(claim, user)).toBe(false);
    expect(await over([secretB, secretA]).isAlive(claim, user)).toBe(true);
  });

  it('is dead when it names another secret than the one that made it', async () => {
    const { epochs, over } = made();
    const both = over([secretB, secretA]);
    expect(await both.isAlive({ ...epochs.current(user), secretId: both.current(user).secretId }, user)).toBe(
      false,
    );
  });

  it('holds nothing of the hash', () => {
    expect(JSON.stringify(made().epochs.current(user))).not.toContain('hash 1');
  });
});

describe('a recorded rehash', () => {
  it('keeps the epoch of the old hash alive', async () => {
    const { epochs } = made();
    const claim = epochs.current(user);
    await epochs.recordRehash(user, 'hash 2');
    expect(await epochs.isAlive(claim, withHash('hash 2'))).toBe(true);
    expect(await epochs.isAlive(claim, user)).toBe(true);
  });

  it('keeps it alive for no other hash, user or counter', async () => {
    const { epochs } = made();
    const claim = epochs.current(user);
    await epochs.recordRehash(user, 'hash 2');
    for (const other of [withHash('hash 3'), withHash(null), { ...withHash('hash 2'), id: 2 }]) {
      expect(await epochs.isAlive(claim, other)).toBe(false);
    }
    expect(await epochs.isAlive(claim, { ...withHash('hash 2'), epoch: 1 })).toBe(false);
  });

  it('does not make the new epoch alive for the old hash', async () => {
    const { epochs } = made();
    await epochs.recordRehash(user, 'hash 2');
    expect(await epochs.isAlive(epochs.current(withHash('hash 2')), user)).toBe(false);
  });

  it('keeps every generation of a chain alive, with one read', async () => {
    const { epochs, state } = made();
    const claims = [epochs.current(user)];
    for (let n = 1; n < defaults.epochPredecessors; n += 1) {
      await epochs.recordRehash(withHash(`hash ${n}`), `hash ${n + 1}`);
      claims.push(epochs.current(withHash(`hash ${n + 1}`)));
    }
    const now = withHash(`hash ${defaults.epochPredecessors}`);
    for (const claim of claims) {
      state.calls.length = 0;
      expect(await epochs.isAlive(claim, now)).toBe(true);
      expect(state.calls.length).toBeLessThanOrEqual(1);
    }
  });

  it('is written for every secret', async () => {
    const { over } = made();
    const [old, both] = [over(secretA), over([secretB, secretA])];
    const claims = [old.current(user), both.current(user)];
    await both.recordRehash(user, 'hash 2');
    for (const claim of claims) expect(await both.isAlive(claim, withHash('hash 2'))).toBe(true);
  });

  it('lives as long as a session can, counted from the last rehash', async () => {
    const { epochs, clock } = made();
    const first = epochs.current(user);
    await epochs.recordRehash(user, 'hash 2');
    clock.advance(3000);
    await epochs.recordRehash(withHash('hash 2'), 'hash 3');
    clock.advance(3599);
    expect(await epochs.isAlive(first, withHash('hash 3'))).toBe(true);
    clock.advance(1);
    expect(await epochs.isAlive(first, withHash('hash 3'))).toBe(false);
  });

  it('stores nothing of a hash', async () => {
    const clock = movableClock();
    const store = memoryState({ clock });
    const written: string[] = [];
    const state = {
      ...recordingState(store),
      put: async (...call: [string, string, number]) => {
        written.push(...call.map(String));
      },
    };
    const epochs = new CredentialEpochs({
      secrets: new Secrets(secretA, ''),
      state,
      keys: new StateKeys(''),
      lifeSeconds: 60,
    });
    await epochs.recordRehash(user, 'hash 2');
    expect(written).toHaveLength(3);
    expect(written.join()).not.toMatch(/hash [12]/);
  });
});
