/** What our bcrypt promises, whoever runs its jobs. */

import { createHmac } from 'node:crypto';
import { equalSecrets } from '../core/crypto.ts';
import { InputError } from '../core/errors.ts';
import type { PasswordHasher } from '../core/ports/password-hasher.ts';
import { type BcryptHash, bcryptSetting, randomSalt, readBcryptHash } from './bcrypt-hash.ts';
import { type BcryptJob, workPlan } from './bcrypt-job.ts';
import { isPasswordText } from './password-text.ts';

/** The options of {@link bcrypt}, all of them. */
export interface BcryptPolicy {
  readonly cost: number;
  readonly maxCost: number;
  readonly acceptTruncated: boolean;
  readonly workers: number;
}

/** Runs a job off the event loop. */
export interface BcryptRunner {
  run(job: BcryptJob): Promise<string | null>;
  close(): Promise<void>;
}

/** What bcrypt reads of a password: bytes of it, before the NUL that ends it. */
const bcryptBytes = 72;

/** Compared where there is no hash; what comes out of it counts for nothing. */
const noChecksum = '.'.repeat(31);

export class BcryptHasher implements PasswordHasher {
  readonly id = 'bcrypt';
  readonly concurrency: number;
  private readonly policy: BcryptPolicy;
  private readonly runner: BcryptRunner;

  constructor(policy: BcryptPolicy, runner: BcryptRunner) {
    this.concurrency = policy.workers;
    this.policy = policy;
    this.runner = runner;
  }

  async hash(password: string): Promise<string> {
    if (!isPasswordText(password)) throw new InputError({ password: 'must be text without lone surrogates' });
    const plain = countsWhole(password);
    const answer = await this.runner.run({
      password: plain ? password : digestOf(password),
      setting: bcryptSetting(this.policy.cost, randomSalt()),
      fill: [],
    });
    if (answer === null) throw new Error('bcryptjs refused a setting that was made here');
    return plain ? answer : `$2o${answer.slice(3)}`;
  }

  async verify(password: string, hash: string | null): Promise<boolean> {
    const known = readBcryptHash(hash, this.policy.maxCost);
    const text = isPasswordText(password) ? password : '';
    // Whether or not it is needed: which of the two a row takes must not show.
    const digest = digestOf(text);
    const answer = await this.runner.run({
      password: this.readsPlain(known, text) ? text : digest,
      ...workPlan(known, this.policy.maxCost),
    });
    // Everything that refuses is looked at after the work, so that a refusal takes as long as a wrong password.
    const { checksum } = known ?? { checksum: noChecksum };
    const equal = equalSecrets((answer ?? '').slice(-checksum.length), checksum);
    if (known === null || answer === null || !isPasswordText(password)) return false;
    // Without this line a stored hash of the digest's text would be opened by the password.
    if (known.plain && !this.readsPlain(known, text)) return false;
    return equal;
  }

  recognises(hash: string): boolean {
    return readBcryptHash(hash, this.policy.maxCost) !== null;
  }

  needsRehash(hash: string, password: string): boolean {
    const known = readBcryptHash(hash, this.policy.maxCost);
    if (known === null) return false;
    // A dearer hash than `cost` stays as it is: a rehash never makes one cheaper, except to count the whole password.
    return known.cost < this.policy.cost || (known.plain && !countsWhole(password));
  }

  close(): Promise<void> {
    return this.runner.close();
  }

  /** Whether bcrypt is given the password itself. Without a hash the answer is not used, the work is the same. */
  private readsPlain(hash: BcryptHash | null, password: string): boolean {
    if (hash === null) return countsWhole(password);
    return hash.plain && (this.policy.acceptTruncated || countsWhole(password));
  }
}

/** bcrypt ignores what comes after 72 bytes, and for most implementations a NUL ends the password. */
function countsWhole(password: string): boolean {
  return Buffer.byteLength(password) <= bcryptBytes && !password.includes('\0');
}

/** 64 characters for bcrypt that count every byte. The key keeps them apart from anybody else's SHA-384 of a password. */
function digestOf(password: string): string {
  return createHmac('sha384', 'ostiary/bcrypt/1').update(password).digest('base64');
}
