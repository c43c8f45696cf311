/** What a run of scrypt costs, and the runs that make every verification cost the same. */

/** scrypt's parameters (RFC 7914 §2), N as a power of two. */
export interface ScryptCost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** Time, in block mixes: N·r·p. */
export function workOf({ logN, r, p }: ScryptCost): number {
  return 2 ** logN * r * p;
}

/** Memory, in blocks of 128 bytes: N·r. */
export function memoryOf({ logN, r }: ScryptCost): number {
  return 2 ** logN * r;
}

/** What OpenSSL allocates, in bytes, which is what it has to be allowed. */
export function memoryLimitOf({ logN, r, p }: ScryptCost): number {
  return 128 * r * (2 ** logN + p + 2);
}

/** N must be less than 2^(128·r/8) (RFC 7914 §2). */
export function canRun({ logN, r }: ScryptCost): boolean {
  return logN < 16 * r;
}

/**
 * The runs that bring a verification to the work of `dearest`, never with more memory than it: as many whole passes as
 * are missing, then halves, quarters and so on. The largest come first and are the most, because a smaller N is a
 * little faster for the same work. `done` is the run whose answer counts, `null` when there is none.
 */
export function topUp(done: ScryptCost | null, dearest: ScryptCost): readonly ScryptCost[] {
  const runs: ScryptCost[] = [];
  let missing = workOf(dearest) - (done === null ? 0 : workOf(done));
  for (let logN = dearest.logN; logN >= 1; logN -= 1) {
    const run = { logN, r: dearest.r, p: Math.floor(missing / (2 ** logN * dearest.r)) };
    if (run.p === 0) continue;
    runs.push(run);
    missing -= workOf(run);
  }
  // A hash with another block size may leave a few mixes, always an even number of them.
  if (missing > 0) runs.push({ logN: 1, r: 1, p: missing / 2 });
  return runs;
}
