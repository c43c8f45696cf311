/**
 * `npm run test:twins [-- --only <name>]`: breaks each line that `twins.mjs` names and expects a test to go red. With
 * `--tested` it takes it that all tests have just passed.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openLane } from './lane.mjs';
import { breakLine } from './twin-plugin.mjs';
import { twins } from './twins.mjs';
import { verdictOf } from './verdict.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, tested: { type: 'boolean', default: false } },
});
const chosen = values.only === undefined ? twins : twins.filter(({ name }) => values.only.includes(name));
const scratch = mkdtempSync(join(tmpdir(), 'twins-'));
const lanes = [openLane(scratch), openLane(scratch)];

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
process.once('exit', () => {
  closeLanes();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 9 });
});

try {
  refuseMistakes();
  if (!values.tested) await expectGreen();
  await tellAll();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
closeLanes();

/** What would make a twin say nothing. */
function refuseMistakes() {
  const names = twins.map(({ name }) => name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) throw new Error(`twin '${double}' is there twice`);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no twin '${unknown}'; there are: ${names.join(', ')}`);
  for (const twin of chosen) {
    breakLine(readFileSync(join(root, twin.file), 'utf8'), twin);
    if (twin.tests.length === 0) throw new Error(`twin '${twin.name}' names no test file`);
  }
}

/** A test that is red anyway would notice every twin. */
async function expectGreen() {
  const problems = [];
  await forEach(new Set(chosen.flatMap(({ tests }) => tests)), async (file, lane) => {
    const problem = verdictOf.whole(await lane.run({ files: [file] }));
    if (problem !== undefined) problems.push(`${file}: ${problem}`);
  });
  if (problems.length > 0) throw new Error(`Without a twin the tests must pass:\n${problems.join('\n')}`);
}

async function tellAll() {
  let failed = 0;
  await forEach(chosen, async (twin, lane) => {
    const { red, problem } = await verdictOn(twin, lane);
    if (red === undefined) failed += 1;
    console.log(red === undefined ? `FAILED  ${twin.name}: ${problem}` : `passed  ${twin.name}: ${red}`);
  });
  console.log(`${chosen.length} twins of ${new Set(chosen.map(({ file }) => file)).size} files`);
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** The first test that goes red is enough. Where it is none that tells of the twin, all of them are asked. */
async function verdictOn({ name, file, tests }, lane) {
  const order = { files: tests, twin: { name, file } };
  const first = await lane.run({ ...order, bail: 1 });
  const verdict = verdictOf.twin(first);
  return verdict.red === undefined && !first.late ? verdictOf.twin(await lane.run(order)) : verdict;
}

/** Each lane takes the next one as soon as it is free. */
async function forEach(items, work) {
  const waiting = [...items];
  const serve = async (lane) => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item, lane);
  };
  await Promise.all(lanes.map(serve));
}

function closeLanes() {
  for (const lane of lanes) lane.close();
}
