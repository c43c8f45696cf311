/** scrypt from `node:crypto`: the choice for new user tables. */

import { scrypt as scryptCallback } from 'node:crypto';
import { defaults } from '../core/defaults.ts';
import { ConfigError } from '../core/errors.ts';
import { readOptions, wholeNumber } from '../core/options.ts';
import type { PasswordHasher } from '../core/ports/password-hasher.ts';
import { ScryptHasher } from './scrypt-hasher.ts';
import { canRun, memoryLimitOf, type ScryptCost } from './scrypt-work.ts';

/** What {@link scrypt} can be told. */
export interface ScryptOptions {
  /** N, as a power of two: 10 to 24. Memory is 2^logN · r · 128 bytes for each run. Default: 17, 128 MiB. */
  readonly logN?: number;
  /** Block size: 1 to 32. Default: 8. */
  readonly r?: number;
  /** Passes, one after the other: 1 to 64. Default: 1. */
  readonly p?: number;
}

const keyBytes = 32;

/**
 * Hashes passwords with scrypt on libuv's threads, two at a time, because file and DNS calls need the same four. A
 * stored hash has about 100 characters (`$scrypt$ln=17,r=8,p=1$salt$hash`): the column must hold them. The defaults are
 * the first choice of OWASP Password Storage.
 *
 * A hash that is dearer than these options, in time or in memory, is not recognised.
 *
 * @throws `ERR_CONFIG_INVALID` for an option that is unknown or out of range.
 *
 * @example
 * ```ts
 * const auth = createAuth({ ..., hasher: hasherChain([scrypt(), bcrypt()]) });
 * ```
 */
export function scrypt(options: ScryptOptions = {}): PasswordHasher {
  const cost = readOptions<ScryptCost>('scrypt', options, {
    logN: wholeNumber({ min: 10, max: 24, fallback: defaults.scryptLogN }),
    r: wholeNumber({ min: 1, max: 32, fallback: defaults.scryptBlockSize }),
    p: wholeNumber({ min: 1, max: 64, fallback: defaults.scryptParallelization }),
  });
  if (!canRun(cost)) throw new ConfigError('scrypt.logN', 'must be below 16 times r (RFC 7914 §2)');
  return new ScryptHasher(cost, runScrypt);
}

function runScrypt(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const options = { N: 2 ** cost.logN, r: cost.r, p: cost.p, maxmem: memoryLimitOf(cost) };
  return new Promise((resolve, reject) => {
    scryptCallback(password, salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
