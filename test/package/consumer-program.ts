/** A program of an application: sources of `consumers`, compiled by one compiler in one way. */

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  compilerFolder,
  compilerOptions,
  type Format,
  formatsOf,
  type Setting,
} from './consumer-settings.ts';
import type { Workspace } from './workspace.ts';

const consumers = fileURLToPath(new URL('consumers', import.meta.url));

/** What is compiled. */
export interface Program {
  /** From `installation`. */
  readonly application: string;
  /** Names the program among those of this application. */
  readonly name: string;
  /** Folders of `consumers`. */
  readonly sources: readonly string[];
  /** Default: those of Node. */
  readonly types?: readonly string[];
  /** Default: all that the setting allows, in one program. */
  readonly formats?: readonly Format[];
  /** Further files by their path below the sources. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface Compilation {
  /** What the compiler says: nothing when all is well. */
  readonly problems: string;
  /** The declarations it has written, by their path. */
  readonly declarations: ReadonlyMap<string, string>;
}

/** Compiles as the application would: with the command of that version. */
export function compile(workspace: Workspace, setting: Setting, program: Program): Compilation {
  const folder = written(setting, program);
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(compilerFolder(workspace, setting.typescript), 'bin', 'tsc'), '-p', folder, '--pretty', 'false'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  return { problems: `${stdout}${stderr}`, declarations: declarationsIn(join(folder, 'out')) };
}

/** Writes the program, and answers its folder. */
export function written(setting: Setting, program: Program): string {
  const { application, name, sources, types = ['node'], files = {} } = program;
  const { formats = formatsOf(setting) } = program;
  const folder = join(application, `${name}-${setting.typescript}-${setting.resolution}`);
  fs.rmSync(folder, { recursive: true, force: true });
  for (const format of formats) {
    for (const source of sources) {
      fs.cpSync(join(consumers, source), join(folder, format, source), { recursive: true });
    }
    const type = format === 'esm' ? 'module' : 'commonjs';
    fs.writeFileSync(join(folder, format, 'package.json'), JSON.stringify({ type }));
    for (const [path, text] of Object.entries(files)) {
      fs.writeFileSync(join(folder, format, path), text);
    }
  }
  // Both kinds of file in one program, whatever the package they are in.
  if (formats.length === 2) {
    fs.cpSync(join(consumers, 'forms'), join(folder, 'forms'), { recursive: true });
  }
  const options = { ...compilerOptions(setting), types };
  fs.writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, exclude: ['out'] }),
  );
  return folder;
}

function declarationsIn(out: string): ReadonlyMap<string, string> {
  if (!fs.existsSync(out)) return new Map();
  return new Map(
    fs
      .readdirSync(out, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.d\.[cm]?ts$/.test(path))
      .map((path) => [path, fs.readFileSync(join(out, path), 'utf8')]),
  );
}
