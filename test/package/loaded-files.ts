/** What a process loads for one entry of the package. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
}

/** Loads the entry in a process of its own, in a folder below which the package is installed. */
export function loadedBy(folder: string, entry: string, format: 'import' | 'require'): Loaded {
  const scratch = mkdtempSync(join(tmpdir(), 'ostiary-loaded-'));
  const file = join(scratch, 'loaded');
  const recorder = pathToFileURL(join(folder, 'hosts/loading/recorder.js')).href;
  const script = format === 'import' ? `await import('${entry}')` : `require('${entry}')`;
  const type = format === 'import' ? 'module' : 'commonjs';
  try {
    runScript(folder, [`--import=${recorder}`, `--input-type=${type}`, '--eval', script], { LOADED: file });
    return sorted(readFileSync(file, 'utf8'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sorted(text: string): Loaded {
  const loads = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as readonly [by: string, what: string]);
  const names = new Set(loads.map(([, what]) => packageOf(what)));
  const own = loads.filter(([by]) => packageOf(by) === 'ostiary').map(([, what]) => what);
  const builtins = own.filter((what) => !what.startsWith('file:')).map((what) => what.replace(/^node:/, ''));
  const files = loads.map(([, what]) => what).filter((what) => packageOf(what) === 'ostiary');
  const endings = files.map((file) => file.slice(file.lastIndexOf('.')));
  return {
    packages: [...names].filter((name) => name !== undefined && name !== 'ostiary').sort() as string[],
    builtins: [...new Set(builtins)].sort(),
    endings: [...new Set(endings)].sort(),
  };
}

/** The innermost package that a file belongs to. */
function packageOf(url: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
}
