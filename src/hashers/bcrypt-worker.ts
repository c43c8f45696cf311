/** The script of the bcrypt worker threads: each message is one job, its answer is the hash or `null`. */

import { parentPort } from 'node:worker_threads';
import { hashSync } from 'bcryptjs';
import { type BcryptJob, runJob } from './bcrypt-job.ts';

parentPort?.on('message', (job: BcryptJob) => parentPort?.postMessage(runJob(job, hashSync)));
