/** An example as its readers start it: a process of its own, driven over HTTP. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** What a failing test leaves running, the end of its file ends. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Which example, and where it runs. */
export interface ExamplePlace {
  /** Default: `session-login`. */
  readonly name?: 'session-login' | 'jwt-api';
  /** The working directory. Default: an empty one. */
  readonly folder?: string;
}

/** What a process left behind. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example that has said where it listens. */
export interface RunningExample {
  readonly url: string;
  /** What it has printed so far. */
  printed(): string;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
}

interface Started {
  readonly child: ChildProcess;
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<Ending>;
}

/** Starts it on a free port, with these settings and no others. */
export async function startExample(
  settings: Readonly<Record<string, string>> = {},
  place: ExamplePlace = {},
): Promise<RunningExample> {
  const { child, printed, ended } = start({ PORT: '0', ...settings }, place);
  const url = await Promise.race([addressIn(child, printed), ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`The example did not start.\n${printed.stdout}${printed.stderr}`);
  return {
    url,
    printed: () => printed.stdout,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs it until it ends by itself. */
export function runExample(
  settings: Readonly<Record<string, string>>,
  place: ExamplePlace = {},
): Promise<Ending> {
  return start(settings, place).ended;
}

function start(
  settings: Readonly<Record<string, string>>,
  { name = 'session-login', folder }: ExamplePlace,
): Started {
  const { PATH } = process.env;
  const cwd = folder ?? mkdtempSync(join(tmpdir(), 'ostiary-example-'));
  const child = spawn(process.execPath, [join(examples, name, 'app.mjs')], {
    cwd,
    env: { PATH, ...settings },
  });
  running.add(child);
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    printed.stdout += data;
  });
  child.stderr.on('data', (data) => {
    printed.stderr += data;
  });
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    if (folder === undefined) rmSync(cwd, { recursive: true, force: true });
    return { code: code as number | null, ...printed };
  });
  return { child, printed, ended };
}

async function addressIn(child: ChildProcess, printed: { readonly stdout: string }): Promise<string> {
  for (;;) {
    const [line] = printed.stdout.match(/http:\/\/localhost:\d+(?=\n)/) ?? [];
    if (line !== undefined) return line;
    await once(child.stdout ?? child, 'data');
  }
}
