/** The versions of Node that are supported, each as a package that holds the program. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest that `engines` allows, and the newest of each line. */
export const versions = ['20.19.0', '20', '22', '24'];

/** Installs these versions below a folder. Answers the program of each, and what it says that it is. */
export function installRuntimes(folder, wanted) {
  const packages = `node-${process.platform}-${process.arch}`;
  mkdirSync(folder, { recursive: true });
  // A folder without a package.json would have npm install into one above it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const specifiers = wanted.map((version) => `${aliasOf(version)}@npm:${packages}@${version}`);
  try {
    npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...specifiers]);
  } catch (error) {
    throw new Error(
      `Node ${wanted.join(', ')} could not be installed from the packages ${packages}:\n${error.stderr}`,
    );
  }
  return wanted.map((version) => {
    const bin = join(folder, 'node_modules', aliasOf(version), 'bin');
    const program = join(bin, 'node');
    const says = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
    if (!`${says}.`.startsWith(`v${version}.`)) throw new Error(`Node ${version} says that it is ${says}`);
    return { version, says, program, bin };
  });
}

function aliasOf(version) {
  return `node-${version.replaceAll('.', '-')}`;
}

function npm(cwd, args) {
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
}
