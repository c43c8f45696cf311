/** Does bcrypt's jobs in this thread and counts the rounds that were really run. */

import { hashSync } from 'bcryptjs';
import type { BcryptRunner } from '../../src/hashers/bcrypt-hasher.ts';
import { runJob } from '../../src/hashers/bcrypt-job.ts';

export interface CountingRunner extends BcryptRunner {
  readonly jobs: number;
  /** The sum of 2^cost over all runs. */
  readonly rounds: number;
}

export function countingRunner(): CountingRunner {
  const counted = { jobs: 0, rounds: 0 };
  const counting = (password: string, setting: string): string => {
    counted.rounds += 2 ** Number(setting.slice(4, 6));
    return hashSync(password, setting);
  };
  return {
    get jobs() {
      return counted.jobs;
    },
    get rounds() {
      return counted.rounds;
    },
    run: async (job) => {
      counted.jobs += 1;
      return runJob(job, counting);
    },
    close: async () => {},
  };
}
