/** Thousands of stories, each with a seed of its own, and what happened in all of them. */

import { Story } from './refresh-model-story.ts';
import type { World } from './refresh-model-world.ts';

/** A failure names its seed, and tells the story. Answers how often each thing happened. */
export async function eachStory(
  schedules: number,
  world: World,
  run: (story: Story) => Promise<Readonly<Record<string, number>>>,
): Promise<(name: string) => number> {
  const counts: Record<string, number> = {};
  for (let seed = 1; seed <= schedules; seed += 1) {
    const story = new Story(world, seed);
    const seen = await run(story).catch((error: Error) => {
      error.message = `schedule ${seed}: ${error.message}\n${toldOf(story)}`;
      throw error;
    });
    for (const [name, times] of Object.entries(seen)) counts[name] = (counts[name] ?? 0) + times;
  }
  return (name) => counts[name] ?? 0;
}

function toldOf({ uses, ended }: Story): string {
  const lines = uses.map(({ generation, at, end, counted }) =>
    [`token ${generation} at ${at}: ${end}`, counted ? 'which counted' : ''].join(' '),
  );
  return [...lines, ...ended.map((ending) => `ended by the ${ending}`)].join('\n');
}
