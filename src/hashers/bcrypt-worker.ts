/** The script of the bcrypt worker threads: each message is one job, its answer is the hash or `null`. */

import { getPriority, platform, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync } from 'bcryptjs';
import { type BcryptJob, runJob } from './bcrypt-job.ts';

/** In steps of `nice`: where it competes with the event loop, a thread gets about a third of its share. */
const stepsBack = 5;

stepBack();
parentPort?.on('message', (job: BcryptJob) => parentPort?.postMessage(runJob(job, hashSync)));

/** With as many hashing threads as processors, the event loop would wait for whole time slices of theirs. */
function stepBack(): void {
  // Only on Linux is the priority this thread's own: elsewhere the whole process would step back.
  if (platform() !== 'linux') return;
  try {
    setPriority(0, Math.min(getPriority(0) + stepsBack, 19));
  } catch {
    // A sandbox that refuses the call: the thread competes as an equal.
  }
}
