/** Reading durations as a host writes them. */

const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The duration in whole seconds, or `null` when the value is not one. Zero is a duration, a negative one is not. */
export function durationSeconds(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : null;
  if (typeof value !== 'string') return null;
  const match = /^(\d{1,9})([smhd])$/.exec(value);
  if (match === null) return null;
  return Number(match[1]) * secondsPer[match[2] as keyof typeof secondsPer];
}
