import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AuthError } from '../../src/core/errors.ts';
import { WorkerPool } from '../../src/hashers/worker-pool.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const onMessage = "const { parentPort } = require('node:worker_threads'); parentPort.on('message', ";
const echo = `${onMessage} (job) => parentPort.postMessage(job));`;
const never = `${onMessage} () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`;

const pools: { close(): Promise<void> }[] = [];
const started: Worker[] = [];
const note = (worker: Worker) => started.push(worker);

function poolOf<Job, Answer>(source: string, size: number): WorkerPool<Job, Answer> {
  started.length = 0;
  process.off('worker', note).on('worker', note);
  const pool = new WorkerPool<Job, Answer>(source, size);
  pools.push(pool);
  return pool;
}

/** A number that threads share. */
const sharedNumber = () => new Int32Array(new SharedArrayBuffer(4));

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    (error: unknown) => (AuthError.is(error) ? error.code : error),
  );

afterEach(async () => {
  process.off('worker', note);
  for (const pool of pools.splice(0)) await pool.close();
});

describe('the worker pool', () => {
  it('starts no worker before the first job', async () => {
    const pool = poolOf<string, string>(echo, 2);
    await setImmediate(); // Node tells of a new worker in the next turn
    expect(started).toHaveLength(0);
    await pool.run('job');
    expect(started).toHaveLength(1);
  });

  it('gives the next job to a worker that is idle', async () => {
    const pool = poolOf<string, string>(echo, 2);
    for (const job of ['a', 'b', 'c']) expect(await pool.run(job)).toBe(job);
    expect(started).toHaveLength(1);
  });

  it('runs as many jobs at once as it has workers', async () => {
    // Each job waits for the other: one worker alone would never answer.
    const meeting = `${onMessage} (number) => {
      Atomics.add(number, 0, 1);
      Atomics.notify(number, 0);
      while (Atomics.load(number, 0) < 2) Atomics.wait(number, 0, Atomics.load(number, 0), 50);
      parentPort.postMessage('met');
    });`;
    const pool = poolOf<Int32Array, string>(meeting, 2);
    const number = sharedNumber();
    expect(await Promise.all([pool.run(number), pool.run(number)])).toEqual(['met', 'met']);
  });

  it('queues what comes while all workers are busy, and answers each job with its own answer', async () => {
    const pool = poolOf<number, number>(echo, 2);
    const jobs = Array.from({ length: 50 }, (_, index) => index);
    expect(await Promise.all(jobs.map((job) => pool.run(job)))).toEqual(jobs);
    expect(started).toHaveLength(2);
  });

  it("gives its threads nothing of the host's environment and flags", async () => {
    const look = `${onMessage} () => parentPort.postMessage([Object.keys(process.env), process.execArgv]));`;
    expect(await poolOf(look, 1).run('look')).toEqual([[], []]);
  });

  it.each([
    ['throws', "throw new Error('broken')"],
    ['exits', 'process.exit(1)'],
  ])('gives the job of a worker that %s to another one', async (_name, death) => {
    const dying = `${onMessage} (number) => {
      if (Atomics.add(number, 0, 1) === 0) { ${death}; }
      parentPort.postMessage('done');
    });`;
    const number = sharedNumber();
    expect(await poolOf<Int32Array, string>(dying, 1).run(number)).toBe('done');
    expect(number[0]).toBe(2);
    expect(started).toHaveLength(2);
  });

  it('refuses a job that two workers died with, and goes on', async () => {
    const dying = `${onMessage} (number) => {
      if (number === null) return parentPort.postMessage('alive');
      Atomics.add(number, 0, 1);
      throw new Error('broken');
    });`;
    const pool = poolOf<Int32Array | null, string>(dying, 1);
    const number = sharedNumber();
    const [refused, next] = [codeOf(pool.run(number)), pool.run(null)];
    expect(await refused).toBe('ERR_SERVER_BUSY');
    expect(await next).toBe('alive');
    expect(number[0]).toBe(2);
  });

  it('refuses every job when no worker can start', async () => {
    const pool = poolOf<number, number>("throw new Error('broken')", 1);
    const codes = await Promise.all([codeOf(pool.run(1)), codeOf(pool.run(2)), codeOf(pool.run(3))]);
    expect(codes).toEqual(Array(3).fill('ERR_SERVER_BUSY'));
  });

  it('replaces a worker that died while it was idle', async () => {
    const shortLived = `${onMessage} (job) => { parentPort.postMessage(job); setImmediate(() => process.exit()); });`;
    const pool = poolOf<number, number>(shortLived, 1);
    expect(await pool.run(1)).toBe(1);
    // It may be gone already: then it has no number any more.
    await Promise.all(started.map((worker) => worker.threadId === -1 || once(worker, 'exit')));
    expect(await pool.run(2)).toBe(2);
    expect(started).toHaveLength(2);
  });

  it('refuses jobs under way, waiting jobs and later jobs when it is closed', async () => {
    const pool = poolOf<number, number>(never, 1);
    const [under, waiting] = [codeOf(pool.run(1)), codeOf(pool.run(2))];
    await pool.close();
    expect([await under, await waiting, await codeOf(pool.run(3))]).toEqual(Array(3).fill('ERR_SERVER_BUSY'));
    expect(started).toHaveLength(1);
  });

  it('ends its threads when it is closed, idle and busy ones', async () => {
    const pool = poolOf<boolean, string>(
      `${onMessage} (busy) => {
        if (busy) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        parentPort.postMessage('idle');
      });`,
      2,
    );
    await Promise.all([pool.run(false), pool.run(false)]);
    const refused = codeOf(pool.run(true));
    expect(started.map((worker) => worker.threadId > 0)).toEqual([true, true]);
    await pool.close();
    expect(started.map((worker) => worker.threadId)).toEqual([-1, -1]);
    expect(await refused).toBe('ERR_SERVER_BUSY');
  });

  it('closes twice', async () => {
    const pool = poolOf<number, number>(echo, 1);
    await pool.run(1);
    await pool.close();
    await expect(pool.close()).resolves.toBeUndefined();
  });
});
