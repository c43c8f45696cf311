/** What does it take to use a refresh token, on each store, and with many logins alive? */

import { startContender } from '../contender.mjs';
import { seededRandom, shuffled } from '../statistics.mjs';
import { countCalls } from './calls.mjs';
import { stores } from './stores/stores.mjs';
import { told } from './told.mjs';

export const peers = ['redis', 'pg'];
export const ostiaryBrings = ['jose'];
const kinds = ['ostiary', 'bare'];
/** What the others are compared with. */
const fewFamilies = 1000;
const concurrencies = [1, 16];
/** Rounds that do not count. */
const warmUps = 1;
const milliseconds = 150;

export async function run({ seed, rounds, families: manyFamilies, say }) {
  if (manyFamilies <= fewFamilies) throw new Error(`--families takes more than ${fewFamilies}.`);
  const { answering, skipped } = await askServices(say);
  const sizes = [fewFamilies, manyFamilies];
  try {
    const turns = await measure({ names: Object.keys(answering), sizes, seed, rounds, say });
    return told({ turns, answering, skipped, sizes, concurrencies, rounds, calls: await countCalls() });
  } finally {
    for (const name of Object.keys(answering)) await stores[name].clear();
  }
}

/** Which stores can be measured, with what they say they are. */
async function askServices(say) {
  const [answering, skipped] = [{}, []];
  for (const [name, { called, prepare, address }] of Object.entries(stores)) {
    try {
      answering[name] = await prepare();
    } catch (error) {
      skipped.push(called);
      say(`SKIPPED: ${called} does not answer (${error.code ?? error.message}). Set ${address}.`);
    }
  }
  return { answering, skipped };
}

async function measure({ names, sizes, seed, rounds, say }) {
  const random = seededRandom(seed);
  const entries = names.flatMap((store) =>
    sizes.flatMap((families) => kinds.map((kind) => ({ store, families, kind, turns: {} }))),
  );
  say(`Filling ${entries.length} stores with ${sizes.join(' and ')} families …`);
  const contenders = await startAll(entries);
  try {
    const pairs = contenders.flatMap((contender) =>
      concurrencies.map((concurrency) => ({ contender, concurrency })),
    );
    say(`${rounds} rounds of ${pairs.length} turns …`);
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const { contender, concurrency } of shuffled(pairs, random)) {
        const turn = { concurrency, milliseconds, seed: Math.floor(random() * 2 ** 31) };
        const figure = await contender.ask(turn);
        if (round < 0) continue;
        contender.turns[concurrency] ??= [];
        contender.turns[concurrency].push(figure);
      }
    }
    return contenders;
  } finally {
    for (const { stop } of contenders) stop();
  }
}

/** All at once: filling is most of their work before the first turn. */
async function startAll(entries) {
  const settled = await Promise.allSettled(
    entries.map(async (entry) => {
      const name = `${entry.store} ${entry.kind} ${entry.families}`;
      const file = new URL(`contenders/${entry.kind}.mjs`, import.meta.url);
      const material = { name, connections: Math.max(...concurrencies), ...entry };
      return { ...entry, ...(await startContender(name, file, material)) };
    }),
  );
  const started = settled.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed === undefined) return started;
  for (const { stop } of started) stop();
  throw failed.reason;
}
