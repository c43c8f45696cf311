/** The types of `expected.cjs`. */

export const expected: readonly string[];
export const expectedOfScrypt: readonly string[];
