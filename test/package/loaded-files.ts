/** What a process loads for one entry of the package. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runScript } from './bundled-host.ts';

/** What was loaded, sorted. */
export interface Loaded {
  /** Every package beside ours, whoever asked for it. */
  readonly packages: readonly string[];
  /** The parts of Node that our own files asked for. */
  readonly builtins: readonly string[];
  /** How our own files end. */
  readonly endings: readonly string[];
  /** Our own files that hold the list of common passwords, or hand it on. */
  readonly lists: readonly string[];
}

type Format = 'import' | 'require';

/** How a script in each format loads something, and what Node is to take the script for. */
const scripts: Readonly<Record<Format, { type: string; load: (name: string) => string; host: string }>> = {
  import: { type: 'module', load: (name) => `await import('${name}')`, host: './hosts/esm/auth.js' },
  require: { type: 'commonjs', load: (name) => `require('${name}')`, host: './hosts/commonjs/auth.js' },
};

/** Loads the entry in a process of its own, in a folder below which the package is installed. */
export function loadedBy(folder: string, entry: string, format: Format): Loaded {
  return sorted(recorded(folder, format, scripts[format].load(entry)));
}

/** Has the doorkeeper of a host do something: `login(…)`. */
export function loadedToDo(folder: string, act: string, format: Format): Loaded {
  const { host, load } = scripts[format];
  const script = `(async () => { const { auth } = await (${load(host)}).openDoor(); await auth.${act}; await auth.close(); })()`;
  return sorted(recorded(folder, format, script));
}

/** By whom each thing was loaded. */
type Load = readonly [by: string, what: string];

function recorded(folder: string, format: Format, script: string): readonly Load[] {
  const scratch = mkdtempSync(join(tmpdir(), 'ostiary-loaded-'));
  const file = join(scratch, 'loaded');
  const recorder = pathToFileURL(join(folder, 'hosts/loading/recorder.js')).href;
  const { type } = scripts[format];
  try {
    runScript(folder, [`--import=${recorder}`, `--input-type=${type}`, '--eval', script], { LOADED: file });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Load);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sorted(loads: readonly Load[]): Loaded {
  const names = new Set(loads.map(([, what]) => packageOf(what)));
  const own = loads.filter(([by]) => packageOf(by) === 'ostiary').map(([, what]) => what);
  const builtins = own.filter((what) => !what.startsWith('file:')).map((what) => what.replace(/^node:/, ''));
  const files = loads.map(([, what]) => what).filter((what) => packageOf(what) === 'ostiary');
  const endings = files.map((file) => file.slice(file.lastIndexOf('.')));
  return {
    packages: [...names].filter((name) => name !== undefined && name !== 'ostiary').sort() as string[],
    builtins: [...new Set(builtins)].sort(),
    endings: [...new Set(endings)].sort(),
    lists: [...new Set(files.map((file) => posix.basename(file)).filter(isList))].sort(),
  };
}

const isList = (name: string): boolean => name.startsWith('common-password-list');

/** The innermost package that a file belongs to. */
function packageOf(url: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
}
