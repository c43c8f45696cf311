import { describe, expect, it } from 'vitest';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { Revocations } from '../../../src/core/tokens/revocation.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
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

  it('remembers as long as anything can live', async () => {
    const { revocations, clock } = made();
    await revocations.deny(1, 's1', lifeSeconds);
    await revocations.endAll(2);
    clock.advance(lifeSeconds - 1);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(true);
    expect(await revocations.isRevoked(2, null, 's1')).toBe(true);
    clock.advance(1);
    expect(await revocations.isRevoked(1, null, 's1')).toBe(false);
    expect(await revocations.isRevoked(2, null, 's1')).toBe(false);
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
