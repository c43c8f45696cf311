/** What does it take to load the library, and how much is installed for it? */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, shuffled, spread } from '../statistics.mjs';
import { coldStart, forms, writeHost } from './cold-start.mjs';
import { emptyFolder, install, packOstiary } from './installed.mjs';

export const peers = ['express-jwt', 'passport-jwt', 'passport-local', 'bcryptjs'];
const manifest = readJson('../../../package.json');
export const ostiaryBrings = Object.keys(manifest.dependencies);
/** What does the work of the peers: the two strategies, the guard, and the hashing. */
const sameWork = ['ostiary', 'ostiary/express', 'ostiary/passport'];
/** Rounds that do not count: the files come into the system's cache. */
const warmUps = 2;

export async function run({ seed, starts, say }) {
  const top = emptyFolder();
  try {
    say('Installing both sides into empty folders …');
    const ours = install(join(top, 'ostiary'), [packOstiary(top), ...ostiaryBrings.map(pinnedInRoot)]);
    const theirs = install(join(top, 'peers'), peers.map(pinnedHere));
    const contenders = contendersOf(ours.folder, theirs.folder);
    return told(measure(contenders, { starts, random: seededRandom(seed), say }), { ours, theirs }, starts);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** Express and Passport are on neither side: both sets leave them to the host. */
function contendersOf(ours, theirs) {
  const entries = Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => join('ostiary', entry).replaceAll('\\', '/'));
  const sets = [
    { title: 'nothing', folder: ours, modules: [] },
    ...entries.map((entry) => ({ title: entry, folder: ours, modules: [entry] })),
    { title: sameWork.join(' + '), folder: ours, modules: sameWork },
    { title: peers.join(' + '), folder: theirs, modules: peers },
  ];
  return sets.flatMap(({ title, folder, modules }) =>
    forms.map((form) => ({ title, form, folder, host: writeHost(folder, title, form, modules) })),
  );
}

/** Everybody once in each round, in an order of chance, so that a machine that slows down slows all of them. */
function measure(contenders, { starts, random, say }) {
  const measured = contenders.map((contender) => ({ ...contender, runs: [] }));
  for (let round = 1 - warmUps; round <= starts; round += 1) {
    if (round % 10 === 1) say(`Round ${round} of ${starts}: ${contenders.length} processes …`);
    for (const { folder, form, host, runs } of shuffled(measured, random)) {
      const run = coldStart(folder, form, host);
      if (round >= 1) runs.push(run);
    }
  }
  return measured;
}

function told(measured, { ours, theirs }, starts) {
  const figures = measured.map(({ title, form, runs }) => ({
    title,
    form,
    ...Object.fromEntries(
      ['milliseconds', 'cpu', 'whole', 'rss', 'heap'].map((key) => [
        key,
        spread(runs.map((run) => run[key])),
      ]),
    ),
  }));
  const of = (title, form) => figures.find((figure) => figure.title === title && figure.form === form);
  const ratio = (form, key) => {
    const [our, their] = [sameWork, peers].map((set) => of(set.join(' + '), form)[key].median);
    return (our / their).toFixed(2);
  };
  return {
    method: `${starts} new processes for each, in turn; milliseconds of the load alone, and of the whole process`,
    figures: { loads: figures, installed: { ostiary: sizeIn(ours), peers: sizeIn(theirs) } },
    rows: figures.map(rowOf),
    goals: [
      smaller('packages that are installed', ours.packages, theirs.packages, String),
      smaller('bytes that are installed', ours.bytes, theirs.bytes, kilobytes),
    ],
    notes: [
      ...forms.map(
        (form) =>
          `${form} of the set: ${ratio(form, 'milliseconds')} of the peers' time, ${ratio(form, 'cpu')} of their CPU time, ${ratio(form, 'rss')} of their RSS`,
      ),
      `ostiary: ${sizeText(ours)}`,
      `the peers: ${sizeText(theirs)}`,
      'Express and Passport are installed and loaded on neither side',
    ],
  };
}

function smaller(what, our, their, text) {
  const value = our / their;
  return {
    what,
    figure: `${text(our)}, ${value.toFixed(2)} of theirs`,
    goal: `less than ${text(their)}`,
    value,
    met: our < their,
  };
}

function sizeIn({ packages, files, bytes, declarations }) {
  return { packages, files, bytes, declarations };
}

function sizeText({ packages, files, bytes, declarations }) {
  return `${packages} packages, ${files} files, ${kilobytes(bytes)}, of which ${kilobytes(declarations)} are types`;
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}

function rowOf({ title, form, milliseconds, cpu, whole, rss, heap }) {
  return {
    loaded: `${form} ${title}`,
    'load, median (ms)': milliseconds.median.toFixed(1),
    'min–max': `${milliseconds.min.toFixed(1)}–${milliseconds.max.toFixed(1)}`,
    'CPU time': cpu.median.toFixed(1),
    'whole process': whole.median.toFixed(1),
    'RSS added (MB)': (rss.median / 1e6).toFixed(1),
    'heap kept (MB)': (heap.median / 1e6).toFixed(2),
  };
}

function pinnedInRoot(name) {
  return `${name}@${readJson(`../../../node_modules/${name}/package.json`).version}`;
}

function pinnedHere(name) {
  return `${name}@${readJson(`../node_modules/${name}/package.json`).version}`;
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
