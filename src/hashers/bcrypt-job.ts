/** One job of the bcrypt worker, and how much work it is. */

import { type BcryptHash, bcryptSetting } from './bcrypt-hash.ts';

/** What a job does: the run whose answer counts, if any, and the costs of the runs that only take their time. */
export interface BcryptWork {
  readonly setting: string | null;
  readonly fill: readonly number[];
}

/** The message to the worker. */
export interface BcryptJob extends BcryptWork {
  readonly password: string;
}

const fillerSalt = '......................';

/**
 * The work of one verification: always 2^maxCost rounds, so that its time does not tell an unknown account from a known
 * one, nor an old hash from a new one (CVE-2016-2513). A run at cost s and fillers at s, s+1 … maxCost-1 sum to exactly
 * that; without a hash one filler is all of it. What stays is the set-up of each further run, about as long as
 * one round: one in 4,096 at cost 12.
 */
export function workPlan(hash: BcryptHash | null, maxCost: number): BcryptWork {
  if (hash === null) return { setting: null, fill: [maxCost] };
  const fill = Array.from({ length: maxCost - hash.cost }, (_, step) => hash.cost + step);
  return { setting: hash.setting, fill };
}

/** Does the job: the hash, or `null` when there was nothing to hash or bcrypt refused the setting. */
export function runJob(
  job: BcryptJob,
  hashSync: (password: string, setting: string) => string,
): string | null {
  const answer = job.setting === null ? null : hashOrNull(job.password, job.setting, hashSync);
  for (const cost of job.fill) hashSync(job.password, bcryptSetting(cost, fillerSalt));
  return answer;
}

function hashOrNull(
  password: string,
  setting: string,
  hashSync: (...args: [string, string]) => string,
): string | null {
  try {
    return hashSync(password, setting);
  } catch {
    // bcryptjs throws for a setting it cannot read: for a login that is a wrong password, not a fault.
    return null;
  }
}
