/**
 * `npm run bench [-- <name> …] [--json] [--seed <n>] [--<knob> <n>]`: ostiary against its peers, as ratios of one run.
 */

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../../build-if-needed.mjs';
import { circumstances, loadNow } from './circumstances.mjs';
import { print } from './report.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
/** The knobs are a bench's own options, with what they are when nobody turns them: `--bursts 10`. */
const benches = {
  'login-storm': { load: () => import('./login-storm/bench.mjs'), knobs: { bursts: 30 } },
  verify: { load: () => import('./verify/bench.mjs'), knobs: { rounds: 21 } },
  guard: { load: () => import('./guard/bench.mjs'), knobs: { pairs: 5, requests: 50_000 } },
  import: { load: () => import('./import/bench.mjs'), knobs: { starts: 31 } },
  enumeration: { load: () => import('./enumeration/bench.mjs'), knobs: { n: 1000 } },
  rotation: { load: () => import('./rotation/bench.mjs'), knobs: { rounds: 11, families: 100_000 } },
};

const { names, json, seed, turned } = readArguments();
try {
  installIfNeeded();
  await buildIfNeeded({ say });
  const results = [];
  for (const name of names) results.push(await runBench(name));
  if (json) console.log(JSON.stringify(results, null, 2));
  if (results.some(({ goals }) => goals.some(({ met }) => !met))) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readArguments() {
  try {
    const knobs = Object.values(benches).flatMap((bench) => Object.keys(bench.knobs));
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        seed: { type: 'string' },
        ...Object.fromEntries(knobs.map((knob) => [knob, { type: 'string' }])),
      },
    });
    const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
    if (unknown !== undefined) throw new Error(`There is no bench '${unknown}'.`);
    const names = positionals.length > 0 ? positionals : Object.keys(benches);
    const given = knobs.filter((knob) => values[knob] !== undefined);
    const idle = given.find((knob) => !names.some((name) => Object.hasOwn(benches[name].knobs, knob)));
    if (idle !== undefined) throw new Error(`--${idle} belongs to none of: ${names.join(', ')}.`);
    return {
      names,
      json: values.json === true,
      seed: wholeNumber(values.seed ?? '1', '--seed'),
      turned: Object.fromEntries(given.map((knob) => [knob, wholeNumber(values[knob], `--${knob}`)])),
    };
  } catch (error) {
    const known = Object.entries(benches).map(([name, bench]) =>
      [name, ...Object.keys(bench.knobs).map((knob) => `--${knob}`)].join(' '),
    );
    console.error(`${error.message}\nThe benches and their knobs: ${known.join(', ')}`);
    process.exit(2);
  }
}

function wholeNumber(text, name) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name} takes a whole number from 1, got '${text}'.`);
}

async function runBench(name) {
  const { load, knobs } = benches[name];
  const { run, peers, ostiaryBrings } = await load();
  const before = circumstances({ peers, ostiaryBrings });
  const result = {
    name,
    seed,
    ...(await run({ ...knobs, ...turned, seed, say })),
    circumstances: { ...before, loadAfter: loadNow() },
  };
  if (!json) print(result);
  return result;
}

/** The peers have a lockfile of their own; npm leaves a mark of what it installed. */
function installIfNeeded() {
  const installed = changedAt('node_modules/.package-lock.json');
  if (installed !== undefined && installed >= changedAt('package-lock.json')) return;
  say('Installing the peers …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed in test/bench.');
}

function changedAt(path) {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs;
}

/** Progress goes to stderr, so that `--json` has stdout to itself. */
function say(text) {
  console.error(text);
}
