/**
 * How large the package may be: about 15 % more than on the day these were set, so that growth is somebody's decision.
 * Whoever raises one says in the commit what it buys.
 */

/** Set on 2026-11-25, at 206 kB packed, 677 kB unpacked and 98 files. */
export const bounds = {
  packedBytes: 236_000,
  unpackedBytes: 780_000,
  files: 113,
} as const;
