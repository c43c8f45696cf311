/** What our scrypt promises, whoever runs it. */

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { defaults } from '../core/defaults.ts';
import { InputError } from '../core/errors.ts';
import type { PasswordHasher } from '../core/ports/password-hasher.ts';
import { isPasswordText } from './password-text.ts';
import { readScryptHash, writeScryptHash } from './scrypt-hash.ts';
import { memoryOf, type ScryptCost, topUp, workOf } from './scrypt-work.ts';

/** One run of scrypt, off the event loop: 32 bytes. */
export type ScryptRun = (password: string, salt: Buffer, cost: ScryptCost) => Promise<Buffer>;

const saltBytes = 16;
const fillerSalt = Buffer.alloc(saltBytes);

export class ScryptHasher implements PasswordHasher {
  readonly id = 'scrypt';
  readonly concurrency: number = defaults.scryptConcurrency;
  private readonly cost: ScryptCost;
  private readonly run: ScryptRun;

  constructor(cost: ScryptCost, run: ScryptRun) {
    this.cost = cost;
    this.run = run;
  }

  async hash(password: string): Promise<string> {
    if (!isPasswordText(password)) throw new InputError({ password: 'must be text without lone surrogates' });
    const salt = randomBytes(saltBytes);
    return writeScryptHash({ cost: this.cost, salt, key: await this.run(password, salt, this.cost) });
  }

  async verify(password: string, hash: string | null): Promise<boolean> {
    const known = readScryptHash(hash, this.cost);
    const text = isPasswordText(password) ? password : '';
    const key = known === null ? null : await this.run(text, known.salt, known.cost);
    for (const cost of topUp(known?.cost ?? null, this.cost)) await this.run(text, fillerSalt, cost);
    // Everything that refuses is looked at after the work, so that a refusal takes as long as a wrong password.
    if (known === null || key === null || !isPasswordText(password)) return false;
    return timingSafeEqual(key, known.key);
  }

  recognises(hash: string): boolean {
    return readScryptHash(hash, this.cost) !== null;
  }

  needsRehash(hash: string): boolean {
    const known = readScryptHash(hash, this.cost);
    if (known === null) return false;
    return workOf(known.cost) < workOf(this.cost) || memoryOf(known.cost) < memoryOf(this.cost);
  }
}
