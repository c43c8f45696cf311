/** The package as it would be with one line changed, installed beside the tools of the workspace. */

import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emptyFolder, runScript } from './bundled-host.ts';
import type { Workspace } from './workspace.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = [
  'src',
  'package.json',
  'tsconfig.json',
  'tsup.config.ts',
  'embed-worker.ts',
  'one-password-list.ts',
];

/** One change of the sources or of their settings. */
export interface Change {
  readonly file: string;
  /** An expression without groups, where the line is likely to be written differently one day. */
  readonly find: string | RegExp;
  readonly replace: string;
}

/** Builds the changed package, without types; answers a folder that is like the workspace's. */
export function brokenPackage(workspace: Workspace, name: string, changes: readonly Change[]): string {
  const folder = emptyFolder(workspace, `broken-${name}`);
  const source = join(folder, 'source');
  for (const name of sources) fs.cpSync(join(root, name), join(source, name), { recursive: true });
  fs.symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'), 'dir');
  for (const change of [withoutTypes, ...changes]) apply(source, change);
  runScript(source, ['node_modules/tsup/dist/cli-default.js', '--silent']);
  install(workspace, folder, source);
  return folder;
}

/** Types take most of the time of a build. */
const withoutTypes: Change = {
  file: 'tsup.config.ts',
  find: 'dts: { entry: entries }',
  replace: 'dts: false',
};

function apply(source: string, { file, find, replace }: Change): void {
  const path = join(source, file);
  const text = fs.readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} has not one of: ${find}`);
  fs.writeFileSync(
    path,
    text.replace(find, () => replace),
  );
}

/** The package is a copy: by a link it would find the `node_modules` of this checkout. */
function install(workspace: Workspace, folder: string, source: string): void {
  const modules = join(folder, 'node_modules');
  fs.mkdirSync(modules);
  for (const name of fs.readdirSync(join(workspace.folder, 'node_modules'))) {
    if (name !== 'ostiary' && !name.startsWith('.'))
      fs.symlinkSync(join(workspace.folder, 'node_modules', name), join(modules, name), 'dir');
  }
  // A dependency that another tool needs in another version lies below the package.
  const nested = join(workspace.folder, 'node_modules/ostiary/node_modules');
  fs.mkdirSync(join(modules, 'ostiary'));
  if (fs.existsSync(nested)) fs.symlinkSync(nested, join(modules, 'ostiary/node_modules'), 'dir');
  for (const name of ['package.json', 'dist'])
    fs.cpSync(join(source, name), join(modules, 'ostiary', name), { recursive: true });
  fs.cpSync(join(root, 'test/package/hosts'), join(folder, 'hosts'), { recursive: true });
}
