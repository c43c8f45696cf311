/** Where a contender stands: it fills its store, shows that it works, and then it is timed. */

import { once } from 'node:events';
import { seededRandom } from '../../statistics.mjs';
import { recordsOfFamily } from '../families.mjs';
import { stores } from '../stores/stores.mjs';

/** Rotations before the first turn, so that all is compiled: at one at a time the first turns would not get there. */
const warmUps = 3000;
/** Milliseconds of each turn that do not count: others had the core meanwhile, and its caches. */
const settling = 15;

/**
 * `create` is given the opened store and how many families to fill it with, and answers `rotate(index)`, which uses the
 * token of that family and fails where it is refused.
 */
export async function stand(create) {
  // Also while it fills its store: whoever has nobody to answer any more is of no use.
  process.on('disconnect', () => process.exit());
  const [{ name, store, families, connections }] = await once(process, 'message');
  const opened = await stores[store].open({ name, records: families * recordsOfFamily, connections });
  await proveStore(opened.state);
  const rotate = await create({ ...opened, store, families });
  await opened.settle();
  await rotateMany(rotate, families, { concurrency: 16, seed: 1, until: ({ done }) => done >= warmUps });
  process.on('message', async (turn) => process.send(await time(rotate, families, turn)));
  process.send({});
}

/** Of two who write at once one does, and what was not there is not found. */
async function proveStore(state) {
  const key = 'refresh:proof';
  await state.put(key, 'one', 60);
  const written = await Promise.all(
    ['two', 'three'].map((next) => state.compareAndSet(key, 'one', next, 60)),
  );
  const now = await state.get(key);
  const other = await state.get('revocation:proof');
  await state.delete(key);
  if (written.filter((won) => won).length !== 1 || now !== (written[0] ? 'two' : 'three') || other !== null) {
    throw new Error('The store does not do what a state store has to.');
  }
}

async function time(rotate, families, { concurrency, milliseconds, seed }) {
  const many = (lasting, seed) =>
    rotateMany(rotate, families, { concurrency, seed, until: ({ took }) => took >= lasting });
  await many(settling, seed + 1);
  const usedBefore = process.cpuUsage();
  const { done, took } = await many(milliseconds, seed);
  const { user, system } = process.cpuUsage(usedBefore);
  return { done, took, cpu: user + system };
}

/**
 * So many at a time, each family by chance. Two that are under way at once are never of the same family: that is
 * another question.
 */
async function rotateMany(rotate, families, { concurrency, seed, until }) {
  const random = seededRandom(seed);
  const share = Math.floor(families / concurrency);
  const start = performance.now();
  let done = 0;
  const work = async (_, first) => {
    while (!until({ done, took: performance.now() - start })) {
      await rotate(first + concurrency * Math.floor(random() * share));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { done, took: performance.now() - start };
}
