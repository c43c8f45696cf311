/** Installs packages into an empty folder, as a host would have them and nothing else, and says how large that is. */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const inside = fileURLToPath(new URL('inside/', import.meta.url));

/** Packs ostiary as it would be published. Answers the path. */
export function packOstiary(folder) {
  return join(folder, npm(root, ['pack', '--ignore-scripts', '--pack-destination', folder]).trim());
}

export function emptyFolder() {
  return fs.mkdtempSync(join(tmpdir(), 'ostiary-import-'));
}

/** `packages` are what npm takes: `jose@6.2.18`, or a path. The measuring scripts lie beside `node_modules`. */
export function install(folder, packages) {
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages]);
  fs.cpSync(inside, folder, { recursive: true });
  return { folder, ...sizeOf(join(folder, 'node_modules')) };
}

/** The bytes of the files, as they are long; `declarations` are those that only TypeScript reads. */
function sizeOf(folder) {
  const { packages } = JSON.parse(fs.readFileSync(join(folder, '.package-lock.json'), 'utf8'));
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.package-lock.json')
    .map(({ name, parentPath, path }) => ({ name, bytes: fs.statSync(join(parentPath ?? path, name)).size }));
  const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
  return {
    packages: Object.keys(packages).length,
    files: files.length,
    bytes: sum(files),
    declarations: sum(files.filter(({ name }) => /\.d\.[cm]?ts$/.test(name))),
  };
}

function npm(folder, args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ${args[0]} failed.\n${stderr}`);
  return stdout;
}
