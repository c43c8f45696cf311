/** Packs the package and installs it, outside of this checkout, beside the tools that the hosts need. */

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { npm } from './npm.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Where the hosts run. In this checkout they would find its `node_modules` above them, and a dependency that the
 * package does not declare would be there all the same.
 */
export interface Workspace {
  /** The packed package. */
  readonly tarball: string;
  /** Holds `node_modules` with the package and the tools, and `hosts` with a copy of `test/package/hosts`. */
  readonly folder: string;
  /** An empty folder with nothing above it, for hosts that bring what they need. */
  readonly empty: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly workspace: Workspace;
  }
}

/**
 * vitest's global set-up. `OSTIARY_WORKSPACE` names a folder that is kept and used again: `test:matrix` has one for all
 * versions of Node.
 */
export function setup(project: TestProject): (() => void) | undefined {
  const kept = process.env['OSTIARY_WORKSPACE'];
  const top = kept ?? fs.mkdtempSync(join(tmpdir(), 'ostiary-package-'));
  project.provide('workspace', prepared(top));
  return kept === undefined ? () => fs.rmSync(top, { recursive: true, force: true }) : undefined;
}

function prepared(top: string): Workspace {
  const workspace = {
    tarball: join(top, 'ostiary.tgz'),
    folder: join(top, 'workspace'),
    empty: join(top, 'empty'),
  };
  if (!fs.existsSync(workspace.tarball)) install(top, workspace);
  return workspace;
}

function install(top: string, { tarball, folder, empty }: Workspace): void {
  execFileSync(process.execPath, [join(root, 'build-if-needed.mjs')], { stdio: 'inherit' });
  fs.cpSync(join(here, 'tools'), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  fs.cpSync(join(here, 'hosts'), join(folder, 'hosts'), { recursive: true });
  fs.mkdirSync(empty, { recursive: true });
  const packed = join(top, npm(root, ['pack', '--ignore-scripts', '--pack-destination', top]).trim());
  npm(folder, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  npm(folder, ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', packed]);
  // Last: where it is, all is there.
  fs.renameSync(packed, tarball);
}
