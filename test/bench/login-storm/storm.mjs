/** The figures of the storm. */

export const loginsAtOnce = 8;
export const bcryptCost = 10;
/** A probe is due this often, from the start of a burst until its last login answers. */
export const probeEveryMilliseconds = 5;
/** How long the contender without logins is probed. */
export const idleMilliseconds = 400;
/** Between two bursts, so that none pays for the one before. */
export const restMilliseconds = 100;
