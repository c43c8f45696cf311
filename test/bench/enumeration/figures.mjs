/** The figures of the method. */

export const bcryptCost = 8;
/** The table holds hashes of two steps less, as many tables hold cost 10 where 12 is due. */
export const oldCost = 6;
/** Rounds that do not count: compilers, caches and threads warm up. */
export const warmUps = 50;
/** After each answer, for everybody: time for what follows it, so that nobody pays for the one before. */
export const quietMilliseconds = 2;
/** Who stays unclear is measured again, so many times as often. */
export const reRunTimes = 4;
/** By how much the busier kind is slower. */
export const busyMilliseconds = 0.5;

/** What the two must stay within to count as one. */
export const bounds = { medianMilliseconds: 0.5, area: [0.45, 0.55], t: 4.5, crop: 0.9 };
