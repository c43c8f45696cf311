/**
 * `npm run test:matrix [-- --only 22]`: the tests and the hosts of the packed package on each supported version of Node,
 * and what a host may switch off in Node.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { legsOf } from './legs.mjs';
import { installRuntimes, versions } from './runtimes.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const wanted = values.only ?? versions;
const scratch = mkdtempSync(join(tmpdir(), 'ostiary-matrix-'));

try {
  const runtimes = installRuntimes(join(scratch, 'runtimes'), wanted);
  const results = runtimes.flatMap((runtime) => legsOf(runtime.version).map((leg) => run(runtime, leg)));
  for (const { said } of results) console.log(said);
  if (results.some(({ failed }) => failed)) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** One run of vitest under one Node. What it prints is shown; a run that found no test has failed. */
function run({ says, program, bin }, { name, args, flags }) {
  console.log(`\n== Node ${says}: ${name}`);
  const began = Date.now();
  const { PATH } = process.env;
  const env = {
    ...withoutNpm(process.env),
    PATH: `${bin}${delimiter}${PATH}`,
    OSTIARY_EVERY_NODE: '1',
    ...(flags === undefined ? {} : { NODE_OPTIONS: flags }),
    // One installation of the package for all versions.
    OSTIARY_WORKSPACE: process.env.OSTIARY_WORKSPACE ?? join(scratch, 'package'),
  };
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(program, [vitest, 'run', ...args], { cwd: root, env, stdio: 'inherit' });
  const seconds = Math.round((Date.now() - began) / 1000);
  const failed = status !== 0;
  return { failed, said: `${failed ? 'FAILED' : 'passed'}  Node ${says}: ${name}, ${seconds} s` };
}

/** npm tells its scripts where it is: run by this Node and not by the one that is tried. */
function withoutNpm(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}
