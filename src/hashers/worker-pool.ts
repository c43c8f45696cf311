/** Runs jobs in worker threads, one at a time in each, so that the event loop never does their work. */

import { Worker } from 'node:worker_threads';
import { defaults } from '../core/defaults.ts';
import { ConfigError, RetryError } from '../core/errors.ts';

interface Task<Job, Answer> {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** How many workers have died with it. */
  deaths: number;
}

/**
 * A lazy pool: no thread before the first job, none that keeps an idle process alive. `source` is a CommonJS script that
 * answers each message with one message.
 */
export class WorkerPool<Job, Answer> {
  private readonly source: string;
  private readonly size: number;
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Task<Job, Answer>>();
  private readonly waiting: Task<Job, Answer>[] = [];
  private closed = false;

  constructor(source: string, size: number) {
    this.source = source;
    this.size = size;
  }

  /**
   * The answer to one job. A job whose worker dies is given to another one, once.
   *
   * @throws `ERR_CONFIG_INVALID` where Node's permission model forbids threads, `ERR_SERVER_BUSY` after
   * {@link WorkerPool.close} and when two workers died with this job.
   */
  run(job: Job): Promise<Answer> {
    if (this.closed) return Promise.reject(busy('the hasher is closed'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject, deaths: 0 });
      this.assign();
    });
  }

  /** Ends every worker. Jobs under way and jobs that come later are refused. */
  async close(): Promise<void> {
    this.closed = true;
    const workers = [...this.idle.splice(0), ...this.busy.keys()];
    const tasks = [...this.busy.values(), ...this.waiting.splice(0)];
    this.busy.clear();
    for (const task of tasks) task.reject(busy('the hasher was closed during this job'));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /** Gives waiting jobs to workers. A job leaves the queue with a worker or with the reason why there is none. */
  private assign(): void {
    for (let task = this.waiting[0]; task !== undefined; task = this.waiting[0]) {
      const worker = this.hire(task);
      if (worker === 'all busy') return;
      this.waiting.shift();
      if (worker === 'refused') continue;
      this.busy.set(worker, task);
      worker.ref();
      worker.postMessage(task.job);
    }
  }

  private hire(task: Task<Job, Answer>): Worker | 'all busy' | 'refused' {
    const rested = this.idle.pop();
    if (rested !== undefined) return rested;
    if (this.busy.size >= this.size) return 'all busy';
    try {
      return this.start();
    } catch (error) {
      // Node's permission model throws here: a job that stayed in the queue would wait for ever.
      task.reject(isDenied(error) ? threadsDenied(error) : error);
      return 'refused';
    }
  }

  private start(): Worker {
    // `eval`, `execArgv` and `env` cut the thread off from the host's bundle, flags, preloads and secrets.
    const worker = new Worker(this.source, { eval: true, execArgv: [], env: {}, name: 'ostiary-hasher' });
    let cause: unknown;
    worker.on('message', (answer: Answer) => this.finish(worker, answer));
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.bury(worker, cause));
    return worker;
  }

  private finish(worker: Worker, answer: Answer): void {
    const task = this.busy.get(worker);
    if (task === undefined) return;
    this.busy.delete(worker);
    this.idle.push(worker);
    worker.unref();
    task.resolve(answer);
    this.assign();
  }

  private bury(worker: Worker, cause: unknown): void {
    const rested = this.idle.indexOf(worker);
    if (rested >= 0) this.idle.splice(rested, 1);
    const task = this.busy.get(worker);
    if (task === undefined) return;
    this.busy.delete(worker);
    task.deaths += 1;
    if (task.deaths < 2) this.waiting.unshift(task);
    else task.reject(busy('two workers died with this job', cause));
    this.assign();
  }
}

function busy(reason: string, cause?: unknown): RetryError {
  return new RetryError('ERR_SERVER_BUSY', reason, { retryAfterSeconds: defaults.retryAfter, cause });
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ERR_ACCESS_DENIED';
}

function threadsDenied(cause: unknown): ConfigError {
  return new ConfigError(
    'hasher',
    "needs worker threads, and Node's permission model forbids them: start Node with --allow-worker, or use scrypt() alone",
    { cause },
  );
}
