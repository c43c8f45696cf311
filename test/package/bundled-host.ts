/** Hosts that are built first: by a compiler, or by a bundler into one file. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bareEnvironment } from './running-host.ts';
import type { Workspace } from './workspace.ts';

/** Runs this Node with the arguments in the folder; what it prints on stdout. */
export function runScript(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  });
}

/** A folder with nothing in it and nothing above it. */
export function emptyFolder({ empty }: Workspace, name: string): string {
  const folder = join(empty, name);
  // A workspace that is kept has the one of the run before.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Express and Passport call `require`, which an ES module does not have. */
const requireForModules =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What esbuild makes of a host: one file, or one and those it loads when they are needed. */
type EsbuildKind = 'esm' | 'esm in chunks' | 'cjs';

const esbuildFlags: Readonly<Record<EsbuildKind, readonly string[]>> = {
  esm: ['--format=esm', `--banner:js=${requireForModules}`],
  'esm in chunks': ['--format=esm', '--splitting', `--banner:js=${requireForModules}`],
  cjs: ['--format=cjs'],
};

/** The TypeScript host, minified, alone in a folder. */
export function bundleWithEsbuild(
  workspace: Workspace,
  kind: EsbuildKind,
): { readonly folder: string; readonly file: string } {
  const folder = emptyFolder(workspace, `esbuild-${kind.replaceAll(' ', '-')}`);
  const extension = kind === 'cjs' ? '.cjs' : '.mjs';
  runScript(workspace.folder, [
    'node_modules/esbuild/bin/esbuild',
    'hosts/typescript/server.ts',
    '--bundle',
    '--minify',
    '--platform=node',
    '--target=node20.19',
    `--outdir=${folder}`,
    `--out-extension:.js=${extension}`,
    ...esbuildFlags[kind],
  ]);
  return { folder, file: `server${extension}` };
}

/** The CommonJS host as one file, by webpack in production mode. */
export function bundleWithWebpack(workspace: Workspace): { readonly folder: string; readonly file: string } {
  const folder = emptyFolder(workspace, 'webpack');
  runScript(workspace.folder, ['hosts/webpack/build.js', folder]);
  return { folder, file: 'host.js' };
}
