/** Durations as a host writes them. */

/** Seconds as a number, or a whole number with its unit: `'30m'`. A bare `'900'` is refused. */
export type Duration = number | `${bigint}${'s' | 'm' | 'h' | 'd'}`;
