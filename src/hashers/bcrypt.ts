/** bcrypt in worker threads: what existing user tables hold. */

import { availableParallelism } from 'node:os';
import { defaults } from '../core/defaults.ts';
import { flag, optional, readOptions, wholeNumber } from '../core/options.ts';
import type { PasswordHasher } from '../core/ports/password-hasher.ts';
import { BcryptHasher, type BcryptPolicy } from './bcrypt-hasher.ts';
import type { BcryptJob } from './bcrypt-job.ts';
import { source } from './bcrypt-worker.ts?worker-source';
import { WorkerPool } from './worker-pool.ts';

/** What {@link bcrypt} can be told. */
export interface BcryptOptions {
  /** The work of a new hash, as a power of two: 4 to 31. Each step doubles the time of a login. Default: 12. */
  readonly cost?: number;

  /**
   * The dearest stored hash that is accepted: from `cost` to 31. Every login takes the time of this cost. Raise it when
   * the table holds dearer hashes than `cost`; lower `cost` later, and `maxCost` when they are gone. Default: `cost`.
   */
  readonly maxCost?: number;

  /**
   * Whether a password of more than 72 bytes may match a `$2a$`, `$2b$` or `$2y$` hash, of which bcrypt saw only the
   * first 72. For imported tables; such a hash is replaced at the next login, by
   * what was typed then: a slip behind the 72nd byte becomes the password. Default: `false`.
   */
  readonly acceptTruncated?: boolean;

  /** How many threads hash at once. Default: what `os.availableParallelism()` says. */
  readonly workers?: number;
}

/**
 * Hashes passwords with bcrypt, in threads of its own, and reads the `$2a$`, `$2b$` and `$2y$` hashes that other bcrypt
 * libraries wrote. New hashes are plain `$2b$`, except for a password that bcrypt cannot count whole (more than 72
 * bytes, or a NUL): that one is digested first and stored as `$2o$`, the same 60 characters, which no other library
 * takes for a bcrypt hash.
 *
 * OWASP prefers argon2id or scrypt for new tables; see {@link scrypt} and {@link hasherChain}.
 *
 * @throws `ERR_CONFIG_INVALID` for an option that is unknown or out of range, and at the first hash where Node's
 * permission model forbids worker threads.
 *
 * @example
 * ```ts
 * const auth = createAuth({ ..., hasher: bcrypt({ cost: 13 }) });
 * ```
 */
export function bcrypt(options: BcryptOptions = {}): PasswordHasher {
  const policy = readPolicy(options);
  return new BcryptHasher(policy, new WorkerPool<BcryptJob, string | null>(source, policy.workers));
}

function readPolicy(options: BcryptOptions): BcryptPolicy {
  const cost = { min: 4, max: 31, fallback: defaults.bcryptCost };
  const read = readOptions<Omit<BcryptPolicy, 'maxCost'> & { maxCost: number | undefined }>(
    'bcrypt',
    options,
    {
      cost: wholeNumber(cost),
      maxCost: optional(wholeNumber(cost)),
      acceptTruncated: flag(false),
      workers: wholeNumber({ min: 1, max: 1024, fallback: availableParallelism() }),
    },
  );
  const maxCost = wholeNumber({ min: read.cost, max: 31, fallback: read.cost })(
    read.maxCost,
    'bcrypt.maxCost',
  );
  return { ...read, maxCost };
}
