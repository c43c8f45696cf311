/** Random schedules of everybody who lays hands on a refresh token, held against what must be true of each. */

import { describe, expect, it, vi } from 'vitest';
import { eachStory } from './refresh-model-each.ts';
import type { Story } from './refresh-model-story.ts';
import { expectNoGhost, expectNoneTooMany, happened } from './refresh-model-verdict.ts';
import { World } from './refresh-model-world.ts';

vi.setConfig({ testTimeout: 120_000 }); // thousands of schedules, on processors that others use too

/** With each grace time. */
const schedules = 5000;
const graceSeconds = 10;
const shortAndLong = [1, 3, graceSeconds - 1, graceSeconds, graceSeconds + 1, 3 * graceSeconds, -2, -15];

/** A client or a few tabs, perhaps a thief, perhaps somebody who ends it all, and the time that passes. */
async function play(story: Story): Promise<void> {
  await story.begin();
  const visit = () => story.visit(story.jar, 1 + story.dice(2));
  const tabs = Array.from({ length: 1 + story.dice(3) }, () => visit);
  const tasks = [...tabs, () => story.passTime(shortAndLong, story.dice(4))];
  if (story.dice(2) === 0) tasks.push(() => story.steal());
  if (story.dice(3) === 0) tasks.push(() => story.endSomehow());
  await story.dealt.run(tasks);
  story.settle();
}

/** What every story must be held against, and how often each kind of it was there. */
async function judged(story: Story, grace: number): Promise<Record<string, number>> {
  await expectNoneTooMany(story, grace);
  const seen = happened(story, grace);
  const hasCrashed = story.uses.some(({ end }) => end === 'died') || story.diedEnding > 0;
  return hasCrashed ? { ...seen, [await expectNoGhost(story, grace)]: 1 } : seen;
}

/** What the schedules must have held, or they would show nothing. */
const interesting = [
  'reuse',
  'lost race',
  'stolen token used',
  'two uses of one token',
  'use of an old token',
  'crash with the next token made',
  'crash in a reuse detection',
  'crash in an ending',
  'logout',
  'password change',
  'over',
];

describe('a login with refresh tokens', () => {
  it('has one living token or none, and none after a second use of one, without a grace time', async () => {
    const times = await eachStory(schedules, new World(0), async (story) => {
      await play(story);
      return judged(story, 0);
    });
    for (const name of interesting) expect(times(name), name).toBeGreaterThan(100);
    expect(times('grace answer')).toBe(0);
  });

  it('has one living token or none, and none after a second use outside the grace time', async () => {
    const times = await eachStory(schedules, new World(graceSeconds), async (story) => {
      await play(story);
      return judged(story, graceSeconds);
    });
    for (const name of [...interesting, 'grace answer', 'goes on']) {
      expect(times(name), name).toBeGreaterThan(100);
    }
  });
});
