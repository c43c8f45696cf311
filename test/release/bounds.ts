/**
 * How large the package may be: about 15 % more than on the day these were set, so that growth is somebody's decision.
 * Whoever raises one says in the commit what it buys.
 */

/** Set on 2026-11-25, at 393 kB packed, 1,247 kB unpacked and 140 files. */
export const bounds = {
  packedBytes: 452_000,
  unpackedBytes: 1_434_000,
  files: 161,
} as const;
