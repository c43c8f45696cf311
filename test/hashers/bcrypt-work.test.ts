import { hashSync } from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readBcryptHash } from '../../src/hashers/bcrypt-hash.ts';
import { BcryptHasher } from '../../src/hashers/bcrypt-hasher.ts';
import { type BcryptJob, runJob, workPlan } from '../../src/hashers/bcrypt-job.ts';
import { source } from '../../src/hashers/bcrypt-worker.ts?worker-source';
import { WorkerPool } from '../../src/hashers/worker-pool.ts';
import { countingRunner } from './counting-runner.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const maxCost = 6;
const salt = '......................';
const hashAt = (cost: number, password = 'right') =>
  hashSync(password, `$2b$${String(cost).padStart(2, '0')}$${salt}`);
const withPrefix = (prefix: string) => hashAt(5).replace('$2b$', () => prefix);

async function roundsOf(password: unknown, hash: unknown, acceptTruncated = false): Promise<number> {
  const runner = countingRunner();
  const hasher = new BcryptHasher({ cost: 5, maxCost, acceptTruncated, workers: 1 }, runner);
  await hasher.verify(password as string, hash as string | null);
  expect(runner.jobs).toBe(1);
  return runner.rounds;
}

/** What a stored hash can be. */
const hashes: readonly (readonly [name: string, hash: unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['empty', ''],
  ['a number', 7],
  ['another format', '$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaA'],
  ['the cheapest cost', hashAt(4)],
  ['the configured cost', hashAt(5)],
  ['the dearest cost', hashAt(6)],
  ['a cost above the ceiling', hashAt(7)],
  ['cost 31', hashAt(5).replace('$05$', () => '$31$')],
  ['cost 32', hashAt(5).replace('$05$', () => '$32$')],
  ['cost 3', hashAt(5).replace('$05$', () => '$03$')],
  ['$2a$', withPrefix('$2a$')],
  ['$2y$', withPrefix('$2y$')],
  ['$2o$', withPrefix('$2o$')],
  ['$2x$', withPrefix('$2x$')],
  ['$2$', withPrefix('$2$')],
  ['truncated', hashAt(5).slice(0, 59)],
  ['with a tail', `${hashAt(5)} `],
  ['with a character outside the alphabet', `${hashAt(5).slice(0, 40)}!${hashAt(5).slice(41)}`],
];

/** What a password can be. */
const passwords: readonly (readonly [name: string, password: unknown])[] = [
  ['the right one', 'right'],
  ['a wrong one', 'wrong'],
  ['an empty one', ''],
  ['72 bytes', 'x'.repeat(72)],
  ['73 bytes', 'x'.repeat(73)],
  ['4 KB', 'x'.repeat(4096)],
  ['one with a NUL', 'ri\0ght'],
  ['a lone surrogate', 'right\ud800'],
  ['a number', 5],
  ['undefined', undefined],
  ['an array', ['right']],
];

describe('the work of one bcrypt verification', () => {
  it.each(hashes)('is 2^maxCost rounds for a stored hash that is %s', async (_name, hash) => {
    expect(await roundsOf('right', hash)).toBe(2 ** maxCost);
    expect(await roundsOf('wrong', hash)).toBe(2 ** maxCost);
  });

  it.each(passwords)('is 2^maxCost rounds for a password that is %s', async (_name, password) => {
    const sums = await Promise.all([
      roundsOf(password, null),
      roundsOf(password, hashAt(4)),
      roundsOf(password, withPrefix('$2o$')),
      roundsOf(password, hashAt(4), true),
    ]);
    expect(sums).toEqual(Array(4).fill(2 ** maxCost));
  });

  it('is planned as 2^maxCost rounds for every cost and every ceiling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 31 }), fc.integer({ min: 4, max: 31 }), (cost, ceiling) => {
        const hash = hashAt(4).replace('$04$', () => `$${String(cost).padStart(2, '0')}$`);
        const known = readBcryptHash(hash, ceiling);
        const plan = workPlan(known, ceiling);
        const own = plan.setting === null ? 0 : 2 ** cost;
        expect(plan.setting === null).toBe(cost > ceiling);
        expect(plan.fill.reduce((sum, fill) => sum + 2 ** fill, own)).toBe(2 ** ceiling);
      }),
    );
  });

  it('is the same for whatever text is stored, and never a throw', async () => {
    const characters = [...'$./0123456789abcoxyzABZ !\0\n\ud800'];
    const texts = fc.string({ unit: fc.constantFrom(...characters), maxLength: 70 });
    const mutated = fc
      .tuple(fc.nat(59), fc.constantFrom(...characters))
      .map(([at, character]) => hashAt(4).slice(0, at) + character + hashAt(4).slice(at + 1));
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, mutated), async (hash) => {
        expect(await roundsOf('wrong', hash)).toBe(2 ** maxCost);
      }),
    );
  });

  it('goes on to the fillers when bcrypt refuses the setting', () => {
    const settings: string[] = [];
    const answer = runJob({ password: 'x', setting: 'refused', fill: [4, 5] }, (password, setting) => {
      settings.push(setting);
      return hashSync(password, setting);
    });
    expect(answer).toBeNull();
    expect(settings).toEqual(['refused', `$2b$04$${salt}`, `$2b$05$${salt}`]);
  });

  it('is done by the worker before it answers', async () => {
    const pool = new WorkerPool<BcryptJob, string | null>(source, 2);
    const job = { password: 'x', setting: `$2b$04$${salt}` };
    const slow = pool.run({ ...job, fill: [31] }).then(
      () => 'answered',
      () => 'never answered',
    );
    for (let others = 0; others < 3; others += 1) await pool.run({ ...job, fill: [] });
    const outcome = await Promise.race([slow, Promise.resolve('working')]);
    await pool.close();
    expect([outcome, await slow]).toEqual(['working', 'never answered']);
  });

  it('is 2^cost rounds for a new hash', async () => {
    const runner = countingRunner();
    const hasher = new BcryptHasher({ cost: 5, maxCost, acceptTruncated: false, workers: 1 }, runner);
    await hasher.hash('a password');
    expect(runner.rounds).toBe(2 ** 5);
  });
});
