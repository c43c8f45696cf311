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
/** Each contender's turns in a group, and how long one is. */
const slices = 3;
const milliseconds = 50;

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
    const groups = names.flatMap((store) =>
      concurrencies.map((concurrency) => ({
        concurrency,
        members: contenders.filter((contender) => contender.store === store),
      })),
    );
    say(`${rounds} rounds of ${groups.length} groups …`);
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const group of shuffled(groups, random)) {
        const figures = await takeTurns(group, random);
        if (round < 0) continue;
        for (const { turns, name } of group.members) {
          turns[group.concurrency] ??= [];
          turns[group.concurrency].push(figures[name]);
        }
      }
    }
    return contenders;
  } finally {
    for (const { stop } of contenders) stop();
  }
}

/** Those that are compared have their turns close together, so that a machine that slows down slows all of them. */
async function takeTurns({ concurrency, members }, random) {
  const sums = Object.fromEntries(members.map(({ name }) => [name, { done: 0, took: 0, cpu: 0 }]));
  for (let slice = 0; slice < slices; slice += 1) {
    for (const { name, ask } of shuffled(members, random)) {
      const turn = { concurrency, milliseconds, seed: Math.floor(random() * 2 ** 31) };
      const { done, took, cpu } = await ask(turn);
      const sum = sums[name];
      sum.done += done;
      sum.took += took;
      sum.cpu += cpu;
    }
  }
  return Object.fromEntries(
    Object.entries(sums).map(([name, { done, took, cpu }]) => [
      name,
      { wall: (took * 1000) / done, cpu: cpu / done },
    ]),
  );
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
