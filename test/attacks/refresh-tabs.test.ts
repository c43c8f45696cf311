/** Tabs of one browser that share the cookie with the refresh token, as a page has them that takes turns, and without. */

import { describe, expect, it } from 'vitest';
import { eachStory } from './refresh-model-each.ts';
import type { Story } from './refresh-model-story.ts';
import { expectNoneTooMany, happened } from './refresh-model-verdict.ts';
import { World } from './refresh-model-world.ts';

const schedules = 500;
const graceSeconds = 10;

/** The requests of all tabs that have not been answered, and when each token was first sent. */
class Browser {
  private readonly story: Story;
  private readonly takesTurns: boolean;
  private readonly underWay: string[] = [];
  private readonly sent = new Map<string, number>();

  constructor(story: Story, takesTurns: boolean) {
    this.story = story;
    this.takesTurns = takesTurns;
  }

  /** Refreshes a few times with what the cookie holds when it sends; after an answer that got lost, once more. */
  async tab(times: number): Promise<void> {
    const { story, underWay } = this;
    for (let left = times; left > 0; left -= 1) {
      await story.wait(8);
      // What a lock around the request gives: the next token waits until no request has the one before.
      while (this.takesTurns && underWay.some((text) => text !== story.jar.text)) await story.dealt.turn();
      const { text } = story.jar;
      underWay.push(text);
      if (!this.sent.has(text)) this.sent.set(text, story.now());
      const { end } = await story.refresh(story.jar, story.dice(6) === 0 ? 1 : undefined);
      underWay.splice(underWay.indexOf(text), 1);
      if (end === 'died') left += 1;
    }
  }

  /** No request takes as long as the grace time, and no lost answer waits longer; between them may be hours. */
  async passTime(times: number): Promise<void> {
    const { story } = this;
    for (let left = times; left > 0; left -= 1) {
      await story.wait(12);
      const open = [...this.underWay, story.jar.text].flatMap((text) => this.sent.get(text) ?? []);
      const room = Math.min(...open) + graceSeconds - 1 - story.now();
      story.world.clock.advance(Math.min(room, story.dice(2) === 0 ? 3 : 3600));
    }
  }
}

async function play(story: Story, takesTurns: boolean): Promise<void> {
  await story.begin();
  const browser = new Browser(story, takesTurns);
  const tabs = Array.from({ length: 2 + story.dice(2) }, () => () => browser.tab(1 + story.dice(3)));
  await story.dealt.run([...tabs, () => browser.passTime(story.dice(5))]);
}

describe('tabs that share a refresh cookie', () => {
  it('never sign each other out while the next token waits for the requests with the one before', async () => {
    const times = await eachStory(schedules, new World(graceSeconds), async (story) => {
      await play(story, true);
      const refused = story.uses.filter(({ end }) => end !== 'answered' && end !== 'died');
      expect(refused).toEqual([]);
      // Whichever tab comes next goes on.
      const { end } = await story.calmly(() => story.refresh(story.jar));
      expect(end).toBe('answered');
      await expectNoneTooMany(story, graceSeconds);
      return happened(story, graceSeconds);
    });
    for (const name of ['grace answer', 'lost race', 'crash with the next token made']) {
      expect(times(name), name).toBeGreaterThan(100);
    }
  });

  it('can sign each other out without that, and never into two lines', async () => {
    const times = await eachStory(schedules, new World(graceSeconds), async (story) => {
      await play(story, false);
      await expectNoneTooMany(story, graceSeconds);
      const isOut = story.uses.some(({ end }) => end === 'ERR_TOKEN_REUSED');
      return { [isOut ? 'signed out' : 'still in']: 1 };
    });
    // A request that was under way while the next token was used comes with the parent of a parent: like a thief.
    expect(times('signed out')).toBeGreaterThan(20);
    expect(times('still in')).toBeGreaterThan(20);
  });
});
