/** Every interleaving there is of a few tasks, one after the other. */

import type { Turns } from './turns.ts';

/**
 * Plays it again and again, until at each step each of those that waited has gone first once. What waits for a turn must
 * be the same in every play. Answers how many interleavings there were.
 */
export async function everyInterleaving(play: (dealt: Turns) => Promise<void>): Promise<number> {
  let path: readonly number[] | undefined = [];
  let played = 0;
  while (path !== undefined) {
    const { dealt, widths, taken } = turnsAlong(path);
    played += 1;
    try {
      await play(dealt);
    } catch (error) {
      if (error instanceof Error) error.message = `interleaving ${taken.join('')}: ${error.message}`;
      throw error;
    }
    path = nextPath(taken, widths);
  }
  return played;
}

/** Deals the turns that the path says, and from its end on always to whoever has waited longest. */
function turnsAlong(path: readonly number[]) {
  const waiting: (() => void)[] = [];
  const taken: number[] = [];
  const widths: number[] = [];
  const dealt: Turns = {
    turn: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    run: async (tasks) => {
      let open = tasks.length;
      const faults: unknown[] = [];
      for (const task of tasks) {
        task()
          .catch((fault: unknown) => faults.push(fault))
          .finally(() => {
            open -= 1;
          });
      }
      for (await calm(); open > 0; await calm()) {
        const choice = path[taken.length] ?? 0;
        if (waiting.length > 0) {
          widths.push(waiting.length);
          taken.push(choice);
          waiting.splice(choice, 1)[0]?.();
        }
      }
      if (faults.length > 0) throw faults[0];
    },
  };
  return { dealt, widths, taken };
}

/** Everybody who can go on without a turn has done so: what follows an answer begins one turn of the event loop later. */
async function calm(): Promise<void> {
  for (let loop = 0; loop < 2; loop += 1) await new Promise(setImmediate);
}

/** The next one in the order of a walk through a tree, or `undefined` after the last. */
function nextPath(taken: readonly number[], widths: readonly number[]): readonly number[] | undefined {
  const last = taken.findLastIndex((choice, step) => choice + 1 < (widths[step] ?? 0));
  return last === -1 ? undefined : [...taken.slice(0, last), (taken[last] ?? 0) + 1];
}
