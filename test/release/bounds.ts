/**
 * How large the package may be: about 15 % more than on the day these were set, so that growth is somebody's decision.
 * Whoever raises one says in the commit what it buys.
 */

/** Set on 2026-11-25, at 334 kB packed, 1,031 kB unpacked and 128 files. */
export const bounds = {
  packedBytes: 384_000,
  unpackedBytes: 1_185_000,
  files: 147,
} as const;
