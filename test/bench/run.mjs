/** `npm run bench [-- <name> …] [--json] [--seed <n>] [--bursts <n>]`: ostiary against its peers, as ratios of one run. */

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from '../../build-if-needed.mjs';
import { circumstances } from './circumstances.mjs';
import { print } from './report.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const benches = {
  'login-storm': () => import('./login-storm/bench.mjs'),
};

const { names, json, options } = readArguments();
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
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean' }, seed: { type: 'string' }, bursts: { type: 'string' } },
    });
    const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
    if (unknown !== undefined) throw new Error(`There is no bench '${unknown}'.`);
    const seed = wholeNumber(values.seed ?? '1', '--seed');
    const bursts = wholeNumber(values.bursts ?? '30', '--bursts');
    return {
      names: positionals.length > 0 ? positionals : Object.keys(benches),
      json: values.json === true,
      options: { seed, bursts, say },
    };
  } catch (error) {
    console.error(`${error.message}\nThe benches: ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
}

function wholeNumber(text, name) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name} takes a whole number from 1, got '${text}'.`);
}

async function runBench(name) {
  const { run } = await benches[name]();
  const before = circumstances();
  const result = {
    name,
    ...(await run(options)),
    circumstances: { ...before, loadAfter: circumstances().load },
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
