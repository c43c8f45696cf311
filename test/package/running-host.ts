/** Hosts as processes: started, walked through, ended. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { walk } from './hosts/walk.cjs';

const startsWithin = 30_000;

/** A host that listens. */
export interface RunningHost {
  readonly url: string;
  /** What it printed on stderr so far. */
  complaints(): string;
  stop(): Promise<void>;
}

/** Runs this Node with the arguments in the folder, until it says where it listens. */
export async function startHost(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningHost> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...bareEnvironment(), ...env },
    // A host ends when its standard input does: also when the tests are killed.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => {
    complaints += data;
  });
  const url = new Promise<string>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      printed += data;
      const found = /listening on (\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const stop = (): Promise<void> => end(child);
  try {
    return { url: await inTime(child, url), complaints: () => complaints, stop };
  } catch (cause) {
    await stop();
    throw new Error(`${args.join(' ')}: ${printed}${complaints}`, { cause });
  }
}

/** What a host answers to `walk.cjs`. */
export async function walkThrough(
  folder: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const host = await startHost(folder, args, env);
  try {
    return await walk(host.url);
  } finally {
    await host.stop();
  }
}

/** Without what vitest and npm set: hosts would behave as if they were tests. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  return { PATH, HOME, TMPDIR, SystemRoot };
}

async function inTime<Value>(child: ChildProcess, value: Promise<Value>): Promise<Value> {
  const given = new AbortController();
  const { signal } = given;
  try {
    return await Promise.race([
      value,
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
      once(AbortSignal.timeout(startsWithin), 'abort', { signal }).then(() =>
        Promise.reject(new Error(`it said nothing for ${startsWithin} ms`)),
      ),
    ]);
  } finally {
    given.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
