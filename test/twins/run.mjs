/** `npm run test:twins [-- --only <name>]`: breaks each line that `twins.mjs` names and expects a test to go red. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { breakLine } from './twin-plugin.mjs';
import { twins } from './twins.mjs';
import { verdictOf } from './verdict.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const atOnce = 2;
const longestRun = 180_000;

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = values.only === undefined ? twins : twins.filter(({ name }) => values.only.includes(name));
const reports = mkdtempSync(join(tmpdir(), 'twins-'));

try {
  refuseMistakes();
  const whole = await run([...new Set(chosen.flatMap((twin) => twin.tests))], undefined);
  const problem = verdictOf.whole(whole);
  if (problem !== undefined) throw new Error(`Without a twin the tests must pass: ${problem}`);
  await tellAll();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true });
}

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

async function tellAll() {
  const waiting = [...chosen];
  let failed = 0;
  const worker = async () => {
    for (let twin = waiting.shift(); twin !== undefined; twin = waiting.shift()) {
      const { red, problem } = await verdictOn(twin);
      if (red === undefined) failed += 1;
      console.log(red === undefined ? `FAILED  ${twin.name}: ${problem}` : `passed  ${twin.name}: ${red}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  console.log(`${chosen.length} twins of ${new Set(chosen.map(({ file }) => file)).size} files`);
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** The first test that goes red is enough. Where it is none that tells of the twin, all of them are asked. */
async function verdictOn({ tests, name }) {
  const first = verdictOf.twin(await run(tests, name, ['--bail=1']));
  return first.red === undefined ? verdictOf.twin(await run(tests, name)) : first;
}

/** One vitest run over these files; its report, or `undefined` with what was printed when there is none. */
function run(files, name, more = []) {
  const report = join(reports, `${name ?? 'whole'}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    '--typecheck.enabled=false',
    '--reporter=json',
    `--outputFile=${report}`,
    '--maxWorkers=1',
    ...more,
    ...files,
  ];
  const env = { ...process.env };
  delete env.OSTIARY_TWIN;
  if (name !== undefined) env.OSTIARY_TWIN = name;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, env, timeout: longestRun }, (error, stdout, stderr) => {
      resolve({ report: readReport(report), green: error === null, printed: `${stdout}${stderr}`, files });
    });
  });
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
