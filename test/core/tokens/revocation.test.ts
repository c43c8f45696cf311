import { describe, expect, it } from 'vitest';
import { defaults } from '../../../src/core/defaults.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { Revocations } from '../../../src/core/tokens/revocation.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { revocationRecords } from '../../support/damaged-records.ts';
import { heldState } from '../../support/held-state.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { recordingState } from '../../support/recording-state.ts';

const lifeSeconds = 3600;

function made() {
  const clock = movableClock();
  const state = recordingState(memoryState({ clock }));
  const keys = new StateKeys('');
  const over = (store = state) => new Revocations({ state: store, keys, clock, lifeSeconds });
  return { clock, state, keys, over, revocations: over() };
}

describe('Revocations', () => {
  it('knows nothing of a user of whom nothing was ended', async () => {
    const { revocations } = made();
    expect(await revocations.mark(1)).toBeNull();
    expect(await revocations.isRevoked(1, null, 's1')).toBe(false);
    expect(await revocations.isRevoked(1, 'a mark that was lost', 's1')).toBe(false);
  });

  it('ends one and no other', async () => {
    const { revocations } = made();
    await revocations.deny(1, 's1', 60);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(true);
    expect(await revocations.isRevoked(1, null, 's2')).toBe(false);
    expect(await revocations.isRevoked('1', null, 's1')).toBe(false);
    expect(await revocations.isRevoked(1n, null, 's1')).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'denies an id called %s only when told',
    async (id) => {
      const { revocations } = made();
      await revocations.deny(1, 's1', 60);
      expect(await revocations.isRevoked(1, null, id)).toBe(false);
      await revocations.deny(1, id, 60);
      expect(await revocations.isRevoked(1, null, id)).toBe(true);
      await revocations.deny(1, 's2', 60);
      expect(await revocations.isRevoked(1, null, id)).toBe(true);
    },
  );

  it('ends everything that does not carry the new mark', async () => {
    const { revocations } = made();
    await revocations.endAll(1);
    const mark = await revocations.mark(1);
    expect(mark).toMatch(/^[\w-]{22}$/);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(true);
    expect(await revocations.isRevoked(1, mark, 's1')).toBe(false);
    await revocations.endAll(1);
    expect(await revocations.isRevoked(1, mark, 's1')).toBe(true);
  });

  it('keeps the mark when one more is ended', async () => {
    const { revocations } = made();
    await revocations.endAll(1);
    const mark = await revocations.mark(1);
    await revocations.deny(1, 's1', 60);
    expect(await revocations.mark(1)).toBe(mark);
    expect(await revocations.isRevoked(1, mark, 's1')).toBe(true);
    expect(await revocations.isRevoked(1, mark, 's2')).toBe(false);
  });

  it('folds the 65th live denial into a mark, which ends the other sessions too', async () => {
    const { revocations } = made();
    for (let n = 1; n <= 64; n += 1) await revocations.deny(1, `s${n}`, 60);
    expect(await revocations.mark(1)).toBeNull();
    expect(await revocations.isRevoked(1, null, 'other')).toBe(false);
    await revocations.deny(1, 's65', 60);
    expect(await revocations.mark(1)).not.toBeNull();
    for (const id of ['s1', 's64', 's65', 'other'])
      expect(await revocations.isRevoked(1, null, id)).toBe(true);
  });

  it('drops denials that have run out before it counts them', async () => {
    const { revocations, clock } = made();
    for (let n = 1; n <= 64; n += 1) await revocations.deny(1, `s${n}`, 60);
    clock.advance(60);
    await revocations.deny(1, 's65', 60);
    expect(await revocations.mark(1)).toBeNull();
    expect(await revocations.isRevoked(1, null, 's65')).toBe(true);
  });

  it('remembers a sign-out everywhere as long as anything can live', async () => {
    const { revocations, clock } = made();
    await revocations.endAll(1);
    await revocations.deny(1, 's1', 60);
    clock.advance(lifeSeconds - 1);
    expect(await revocations.isRevoked(1, null, 's2')).toBe(true);
    clock.advance(1);
    expect(await revocations.isRevoked(1, null, 's2')).toBe(false);
  });

  it('remembers a denial alone as long as what it denies, by a clock that is a minute off either way', async () => {
    const { revocations, clock } = made();
    await revocations.deny(1, 's1', 300);
    await revocations.deny(1, 's2', 60);
    clock.advance(300 + 2 * defaults.clockToleranceMaximum - 1);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(true);
    clock.advance(1);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(false);
  });

  it('does not count a denial twice that is written anew', async () => {
    const { revocations } = made();
    for (let n = 1; n <= 64; n += 1) await revocations.deny(1, `s${n}`, 3600);
    await revocations.deny(1, 's64', 60);
    expect(await revocations.mark(1)).toBeNull();
  });

  it('ends a token with its login, and no token of another login', async () => {
    const { revocations } = made();
    await revocations.deny(1, 'login', 60);
    const dead = (id: string, sessionId?: string) =>
      revocations.isDead(revocations.revocable(1, null, id, sessionId), 0);
    expect(await dead('t1', 'login')).toBe(true);
    expect(await dead('t2', 'another')).toBe(false);
    expect(await dead('t3')).toBe(false);
  });

  it('begins the life of the record anew with every write', async () => {
    const { revocations, clock } = made();
    await revocations.endAll(1);
    clock.advance(lifeSeconds - 1);
    await revocations.deny(1, 's1', 60);
    clock.advance(lifeSeconds - 1);
    expect(await revocations.isRevoked(1, null, 's2')).toBe(true);
  });

  it('loses none of 64 denials at once', async () => {
    const { revocations } = made();
    await Promise.all(Array.from({ length: 64 }, (_, n) => revocations.deny(1, `s${n}`, 60)));
    expect(await revocations.mark(1)).toBeNull();
    for (let n = 0; n < 64; n += 1) expect(await revocations.isRevoked(1, null, `s${n}`)).toBe(true);
  });

  it('does not undo a sign-out everywhere that comes between its read and its write', async () => {
    const { over, state } = made();
    const other = over();
    let raced = false;
    const slow = {
      ...state,
      get: async (key: string) => {
        const value = await state.get(key);
        if (!raced) {
          raced = true;
          await other.endAll(1);
        }
        return value;
      },
    };
    await over(slow).deny(1, 's1', 60);
    expect(await other.mark(1)).not.toBeNull();
    expect(await other.isRevoked(1, await other.mark(1), 's1')).toBe(true);
    expect(await other.isRevoked(1, null, 's2')).toBe(true);
  });

  it('says so when it can never write', async () => {
    const { over, state } = made();
    const stuck = { ...state, putIfAbsent: async () => false };
    await expect(over(stuck).deny(1, 's1', 60)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
  });

  it('does the same reads for a user and for nobody', async () => {
    const { revocations, state } = made();
    await revocations.mark(1);
    await revocations.markOfNobody('nobody@shop.example');
    expect(state.calls).toEqual(['get revocation', 'get revocation']);
  });

  it('reads once per check', async () => {
    const { revocations, state } = made();
    await revocations.isRevoked(1, null, 's1');
    expect(state.calls).toEqual(['get revocation']);
  });
});

describe('a token that is asked about again and again', () => {
  const hour = 3600;

  it('is alive until it is denied, and no other is', async () => {
    const { revocations } = made();
    const [one, other] = [revocations.revocable(1, null, 't1'), revocations.revocable(1, null, 't2')];
    expect(await revocations.isDead(one, 0)).toBe(false);
    await revocations.deny(1, 't1', 60);
    expect(await revocations.isDead(one, 0)).toBe(true);
    expect(await revocations.isDead(other, 0)).toBe(false);
  });

  it('is judged anew by every new answer', async () => {
    const { revocations } = made();
    const token = revocations.revocable(1, null, 't1');
    for (const id of ['t2', 't3']) {
      await revocations.deny(1, id, 60);
      expect(await revocations.isDead(token, 0)).toBe(false);
    }
    await revocations.endAll(1);
    expect(await revocations.isDead(token, 0)).toBe(true);
  });

  it('stays dead when the store forgets, or cannot be asked', async () => {
    const { revocations, keys, state } = made();
    const token = revocations.revocable(1, null, 't1');
    await revocations.endAll(1);
    expect(await revocations.isDead(token, 0)).toBe(true);
    await state.delete(keys.revocation(1));
    state.failing.add('get');
    expect(await revocations.isDead(token, 0)).toBe(true);
  });

  it('is dead for a question that was under way when it was found dead', async () => {
    const { over } = made();
    const state = heldState();
    const revocations = over(state);
    const token = revocations.revocable(1, null, 't1');
    expect(await revocations.isDead(token, 0)).toBe(false);
    const held = state.hold('get');
    const slow = revocations.isDead(token, 0);
    await held.arrived;
    await revocations.endAll(1);
    expect(await revocations.isDead(token, 0)).toBe(true);
    held.release();
    expect(await slow).toBe(true);
  });

  it('is dead for every copy of it, once a new answer has found one dead that another process ended', async () => {
    const { revocations, over } = made();
    // Two requests at once that both see the token for the first time keep a copy each.
    const [one, other] = [revocations.revocable(1, null, 't1'), revocations.revocable(1, null, 't1')];
    expect(await revocations.isDead(one, hour)).toBe(false);
    await over().endAll(1);
    expect(await revocations.isDead(other, 0)).toBe(true);
    expect(await revocations.isDead(one, hour)).toBe(true);
  });

  it('is asked about once within the time that an answer may be old', async () => {
    const { revocations, state, clock } = made();
    const token = revocations.revocable(1, null, 't1');
    for (let n = 0; n < 10; n += 1) await revocations.isDead(token, hour);
    expect(state.calls).toEqual(['get revocation']);
    clock.advance(hour);
    await revocations.isDead(token, hour);
    expect(state.calls).toHaveLength(2);
  });

  it.each(['deny', 'endAll'] as const)('is dead at once for the process that carries out %s', async (act) => {
    const { revocations } = made();
    const token = revocations.revocable(1, null, 't1');
    await revocations.isDead(token, hour);
    if (act === 'deny') await revocations.deny(1, 't1', 60);
    else await revocations.endAll(1);
    expect(await revocations.isDead(token, hour)).toBe(true);
  });

  it('is dead at once also when the write was done and its answer was lost', async () => {
    const { over } = made();
    const state = heldState();
    const revocations = over(state);
    const token = revocations.revocable(1, null, 't1');
    await revocations.isDead(token, hour);
    const held = state.hold('put');
    const ending = revocations.endAll(1);
    await held.arrived;
    held.release(new Error('connection reset'));
    await expect(ending).rejects.toThrow('connection reset');
    expect(await revocations.isDead(token, hour)).toBe(true);
  });

  it.each(revocationRecords)('is not let in by the damaged record %j', async (record) => {
    const { revocations, keys, state } = made();
    const token = revocations.revocable(1, null, 't1');
    expect(await revocations.isDead(token, 0)).toBe(false);
    await state.put(keys.revocation(1), record, hour);
    await expect(revocations.isDead(token, 0)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    await expect(revocations.deny(1, 't1', 60)).rejects.toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    await revocations.endAll(1);
    expect(await revocations.isDead(token, 0)).toBe(true);
  });
});
