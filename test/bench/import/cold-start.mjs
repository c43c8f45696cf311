/** One new process that loads something once and tells what that took. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const statements = {
  require: (name) => `require(${JSON.stringify(name)});\n`,
  import: (name) => `import ${JSON.stringify(name)};\n`,
};
export const forms = Object.keys(statements);
const endings = { require: 'cjs', import: 'mjs' };

/** A host's file that asks for `modules` and does nothing more. Answers its name. */
export function writeHost(folder, title, form, modules) {
  const name = `${title.replace(/\W+/g, '-')}.${endings[form]}`;
  writeFileSync(join(folder, name), modules.map(statements[form]).join(''));
  return `./${name}`;
}

/** The load alone is timed in the process, the whole process from here. */
export function coldStart(folder, form, host) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', `measure.${endings[form]}`, host],
    { cwd: folder, encoding: 'utf8', env: {} },
  );
  const whole = performance.now() - began;
  if (status !== 0) throw new Error(`${host} did not load.\n${stderr}`);
  return { ...JSON.parse(stdout), whole };
}
