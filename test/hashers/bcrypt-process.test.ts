/** How bcrypt behaves in a process of its own: built into one file, as a host's bundler does. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embedWorker } from '../../embed-worker.ts';
import { bcrypt } from '../../src/hashers/index.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
const entry = fileURLToPath(new URL('../../src/hashers/index.ts', import.meta.url));
const host = `
  import { bcrypt } from ${JSON.stringify(entry)};
  const hasher = bcrypt({ cost: 4, workers: 2 });
  const say = (outcome) => process.stdout.write(JSON.stringify(outcome));
  const login = () => hasher.hash('password')
    .then((hash) => Promise.all([hasher.verify('password', hash), hasher.verify('other', hash)]))
    .catch(({ code, option, message }) => ({ code, option, message }));
  login().then(login).then(say);
`;

/** How far the event loop and the threads have stepped back, in steps of `nice` (proc(5): field 19 of stat). */
const priorities = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { getPriority, setPriority } from 'node:os';
  import { bcrypt } from ${JSON.stringify(entry)};
  if (process.argv[2] !== undefined) setPriority(0, Number(process.argv[2]));
  const before = getPriority(0);
  const hasher = bcrypt({ cost: 4, workers: 2 });
  const stepsOf = (thread) =>
    readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ').pop().split(' ')[16] - before;
  Promise.all([hasher.hash('one'), hasher.hash('other')]).then(() => {
    const threads = readdirSync('/proc/self/task').map(stepsOf).filter((steps) => steps > 0);
    process.stdout.write(JSON.stringify({ eventLoop: getPriority(0) - before, threads }));
  });
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-hashers-'));
  const plugins = [embedWorker()];
  const common = { bundle: true, minify: true, platform: 'node', target: 'node20' } as const;
  const stdin = { contents: host, resolveDir: folder };
  await build({ ...common, plugins, stdin, format: 'cjs', outfile: join(folder, 'host.cjs') });
  await build({ ...common, plugins, stdin, format: 'esm', outfile: join(folder, 'host.mjs') });
  const told = { contents: priorities, resolveDir: folder };
  await build({ ...common, plugins, stdin: told, format: 'cjs', outfile: join(folder, 'priorities.cjs') });
});

afterAll(() => rm(folder, { recursive: true }));

/** What the host says before it ends by itself; a host that does not end is killed and fails the test. */
function run(...args: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, timeout: 20_000, env: {} }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(error);
    });
  });
}

describe('a process that hashes with bcrypt', () => {
  it.each(['host.cjs', 'host.mjs'])('gets its answers and ends by itself: %s', async (file) => {
    expect(await run(file)).toEqual([true, false]);
  });

  it("learns what to allow when Node's permission model forbids worker threads", async () => {
    const refusal = await run(permission, '--allow-fs-read=*', 'host.cjs');
    expect(refusal).toMatchObject({ code: 'ERR_CONFIG_INVALID', option: 'hasher' });
    expect(refusal).toHaveProperty('message', expect.stringContaining('--allow-worker'));
  });

  it("hashes under Node's permission model when worker threads are allowed", async () => {
    expect(await run(permission, '--allow-fs-read=*', '--allow-worker', 'host.cjs')).toEqual([true, false]);
  });
});

describe('the event loop', () => {
  it('turns while bcrypt hashes', async () => {
    const hasher = bcrypt({ cost: 10, workers: 1 });
    let turns = 0;
    let hashing = true;
    const turn = () => {
      turns += 1;
      if (hashing) setImmediate(turn);
    };
    setImmediate(turn);
    await hasher.verify('password', null);
    hashing = false;
    await hasher.close?.();
    // bcryptjs in this thread leaves one turn in 100 ms, a synchronous hash none.
    expect(turns).toBeGreaterThan(100);
  });
});

describe.runIf(platform() === 'linux')('the threads of bcrypt', () => {
  it('step back behind the event loop, and nothing else does', async () => {
    expect(await run('priorities.cjs')).toEqual({ eventLoop: 0, threads: [5, 5] });
  });

  it('take the lowest priority in a process that has almost that', async () => {
    expect(await run('priorities.cjs', '17')).toEqual({ eventLoop: 0, threads: [2, 2] });
  });
});

describe('a bcrypt hasher that is not used', () => {
  it('starts no thread', async () => {
    let threads = 0;
    const note = () => {
      threads += 1;
    };
    process.on('worker', note);
    bcrypt();
    await nextTurn(); // Node tells of a new worker in the next turn
    process.off('worker', note);
    expect(threads).toBe(0);
  });
});
