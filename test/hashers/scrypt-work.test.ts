import { scryptSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ScryptHasher } from '../../src/hashers/scrypt-hasher.ts';
import {
  canRun,
  memoryLimitOf,
  memoryOf,
  type ScryptCost,
  topUp,
  workOf,
} from '../../src/hashers/scrypt-work.ts';

vi.setConfig({ testTimeout: 60_000 }); // real hashing, on processors that others use too

const dearest = { logN: 10, r: 8, p: 3 };
const saltAndKey = `${'A'.repeat(22)}$${'A'.repeat(43)}`;
const stored = (cost: string) => `$scrypt$${cost}$${saltAndKey}`;

/** The runs of one verification. */
async function runsOf(password: unknown, hash: unknown): Promise<readonly ScryptCost[]> {
  const runs: ScryptCost[] = [];
  const hasher = new ScryptHasher(dearest, async (text, salt, cost) => {
    runs.push(cost);
    return scryptSync(text, salt, 32, { N: 2 ** cost.logN, r: cost.r, p: cost.p });
  });
  await hasher.verify(password as string, hash as string | null);
  return runs;
}

const sumOf = (runs: readonly ScryptCost[]) => runs.reduce((sum, run) => sum + workOf(run), 0);

/** Parameters that scrypt can run. */
const costs = (maxLogN: number) =>
  fc
    .record({
      logN: fc.integer({ min: 1, max: maxLogN }),
      r: fc.integer({ min: 1, max: 99 }),
      p: fc.integer({ min: 1, max: 99 }),
    })
    .filter(canRun);

describe('the work of one scrypt verification', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['empty', ''],
    ['a number', 7],
    ['another format', `$2b$10$${'.'.repeat(53)}`],
    ['the same parameters', stored('ln=10,r=8,p=3')],
    ['fewer passes', stored('ln=10,r=8,p=2')],
    ['a smaller N', stored('ln=7,r=8,p=1')],
    ['the smallest N', stored('ln=1,r=8,p=1')],
    ['another block size', stored('ln=5,r=3,p=7')],
    ['an odd block size', stored('ln=1,r=1,p=1')],
    ['dearer in time', stored('ln=10,r=8,p=4')],
    ['dearer in memory', stored('ln=11,r=8,p=1')],
    ['absurd', stored('ln=99,r=99,p=99')],
    ['malformed', stored('ln=010,r=8,p=3')],
  ])('is N·r·p of the options for a stored hash that is %s', async (_name, hash) => {
    expect(sumOf(await runsOf('password', hash))).toBe(workOf(dearest));
  });

  it.each([
    ['empty', ''],
    ['4 KB', 'x'.repeat(4096)],
    ['with a NUL', 'a\0b'],
    ['with a lone surrogate', 'a\ud800'],
    ['a number', 5],
    ['undefined', undefined],
  ])('is N·r·p of the options for a password that is %s', async (_name, password) => {
    expect(sumOf(await runsOf(password, null))).toBe(workOf(dearest));
    expect(sumOf(await runsOf(password, stored('ln=10,r=8,p=3')))).toBe(workOf(dearest));
  });

  it('is one run of the same shape without a hash', async () => {
    expect(await runsOf('password', null)).toEqual([dearest]);
  });

  it('sums up exactly for every hash under every ceiling, with runs that scrypt allows and no more memory', () => {
    fc.assert(
      fc.property(costs(20), costs(24), (done, ceiling) => {
        fc.pre(workOf(done) <= workOf(ceiling) && memoryOf(done) <= memoryOf(ceiling));
        const runs = topUp(done, ceiling);
        expect(sumOf(runs) + workOf(done)).toBe(workOf(ceiling));
        for (const run of runs) {
          expect(Number.isSafeInteger(run.p) && run.p >= 1 && canRun(run)).toBe(true);
          expect(memoryLimitOf(run)).toBeLessThanOrEqual(memoryLimitOf(ceiling));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('allows OpenSSL exactly the memory it asks for', () => {
    for (const cost of [
      { logN: 1, r: 1, p: 1 },
      { logN: 10, r: 8, p: 3 },
      { logN: 12, r: 5, p: 16 },
    ]) {
      const options = { N: 2 ** cost.logN, r: cost.r, p: cost.p };
      expect(() => scryptSync('', '', 32, { ...options, maxmem: memoryLimitOf(cost) })).not.toThrow();
      expect(() => scryptSync('', '', 32, { ...options, maxmem: memoryLimitOf(cost) - 1 })).toThrow(
        'memory limit exceeded',
      );
    }
  });
});
