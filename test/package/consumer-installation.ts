/** What an application has installed, and nothing else: not above it either. */

import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workspace } from './workspace.ts';

/**
 * Answers a folder of that name in whose `node_modules` are copies of these packages and of what they depend on; of two
 * versions of one package the first to be named stays. Copies, because a compiler follows links, and would find what lies
 * beside the original.
 */
export function installation(workspace: Workspace, name: string, packages: readonly string[]): string {
  const folder = join(dirname(workspace.tarball), 'consumers', name);
  const modules = join(folder, 'node_modules');
  if (fs.existsSync(modules)) return folder;
  fs.mkdirSync(folder, { recursive: true });
  const unfinished = fs.mkdtempSync(join(folder, 'unfinished-'));
  for (const wanted of packages) copy(wanted, workspace.folder, unfinished);
  fs.renameSync(unfinished, modules);
  return folder;
}

function copy(wanted: string, from: string, modules: string): void {
  const original = findFrom(wanted, from);
  const manifest = manifestOf(original);
  // By its own name: `@types/express4` is an alias for a version of `@types/express`.
  const target = join(modules, manifest.name);
  if (fs.existsSync(target)) return;
  const nested = join(original, 'node_modules');
  fs.cpSync(original, target, { recursive: true, filter: (path) => path !== nested });
  for (const dependency of Object.keys(manifest.dependencies ?? {})) copy(dependency, original, modules);
}

function findFrom(wanted: string, from: string): string {
  const candidate = join(from, 'node_modules', wanted);
  if (fs.existsSync(candidate)) return candidate;
  if (dirname(from) === from) throw new Error(`${wanted} is not installed`);
  return findFrom(wanted, dirname(from));
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8'));
}
