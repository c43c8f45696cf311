import { describe, expect, it } from 'vitest';
import { defaults } from '../../../src/core/defaults.ts';
import { RecentAnswers } from '../../../src/core/tokens/recent-answers.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { heldState } from '../../support/held-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const key = 'revocation:alice';

function made() {
  const clock = movableClock();
  const store = memoryState({ clock });
  const state = heldState(store);
  const answers = new RecentAnswers(state, clock);
  const write = (value: string) => store.put(key, value, 3600);
  return { clock, store, state, answers, write };
}

describe('RecentAnswers', () => {
  it('asks the store every time when nothing may be stale', async () => {
    const { answers, write, state } = made();
    expect(await answers.get(key, 0)).toBeNull();
    await write('one');
    expect(await answers.get(key, 0)).toBe('one');
    expect(state.calls).toHaveLength(2);
  });

  it('keeps an answer as long as the one who asks allows, and no millisecond longer', async () => {
    const { answers, write, state, clock } = made();
    expect(await answers.get(key, 5)).toBeNull();
    await write('one');
    clock.advance(4.999);
    expect(await answers.get(key, 5)).toBeNull();
    expect(state.calls).toHaveLength(1);
    clock.advance(0.001);
    expect(await answers.get(key, 5)).toBe('one');
  });

  it('goes by the staleness of each who asks', async () => {
    const { answers, write, clock } = made();
    await answers.get(key, 60);
    await write('one');
    clock.advance(2);
    expect(await answers.get(key, 60)).toBeNull();
    expect(await answers.get(key, 0)).toBe('one');
    expect(await answers.get(key, 2)).toBe('one');
    expect(await answers.get(key, 60)).toBe('one');
  });

  it('remembers nothing for those who may not be answered from memory', async () => {
    const { answers, write } = made();
    await answers.get(key, 0);
    await write('one');
    expect(await answers.get(key, 60)).toBe('one');
  });

  it('counts from the moment of the question, not of the answer', async () => {
    const { answers, write, state, clock } = made();
    const held = state.hold('get');
    const slow = answers.get(key, 5);
    await held.arrived;
    await write('one');
    clock.advance(4);
    held.release();
    expect(await slow).toBeNull();
    clock.advance(1);
    expect(await answers.get(key, 5)).toBe('one');
  });

  it('asks again when the clock was set back', async () => {
    const { answers, write, clock } = made();
    await answers.get(key, 3600);
    await write('one');
    clock.advance(-1);
    expect(await answers.get(key, 3600)).toBe('one');
  });

  it('forgets what a write of this process has changed, and nothing else', async () => {
    const { answers, write, store, state } = made();
    await answers.get(key, 3600);
    await answers.get('revocation:bob', 3600);
    await write('one');
    await store.put('revocation:bob', 'two', 3600);
    answers.forget(key);
    expect(await answers.get(key, 3600)).toBe('one');
    expect(await answers.get('revocation:bob', 3600)).toBeNull();
    expect(state.calls).toHaveLength(3);
  });

  it('keeps no answer that was under way when this process wrote', async () => {
    const { answers, write, state } = made();
    const held = state.hold('get');
    const slow = answers.get(key, 3600);
    await held.arrived;
    await write('one');
    answers.forget(key);
    held.release();
    await slow;
    expect(await answers.get(key, 3600)).toBe('one');
  });

  it('keeps one that was under way about somebody else', async () => {
    const { answers, state } = made();
    const held = state.hold('get');
    const slow = answers.get(key, 3600);
    await held.arrived;
    answers.forget('revocation:bob');
    held.release();
    await slow;
    await answers.get(key, 3600);
    expect(state.calls).toHaveLength(1);
  });

  it('keeps no fault', async () => {
    const { answers, state } = made();
    state.failing.add('get');
    await expect(answers.get(key, 3600)).rejects.toThrow('the state store is down for get');
    state.failing.clear();
    expect(await answers.get(key, 3600)).toBeNull();
  });

  it('keeps no more answers than its limit', async () => {
    const { answers, state } = made();
    for (let n = 0; n <= defaults.recentAnswers; n += 1) await answers.get(`user ${n}`, 3600);
    const asked = state.calls.length;
    await answers.get(`user ${defaults.recentAnswers}`, 3600);
    await answers.get(`user ${defaults.recentAnswers / 2}`, 3600);
    expect(state.calls).toHaveLength(asked);
    await answers.get('user 0', 3600);
    expect(state.calls).toHaveLength(asked + 1);
  });
});
