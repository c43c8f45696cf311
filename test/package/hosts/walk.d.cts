/** The types of `walk.cjs`. */

export function walk(url: string): Promise<readonly string[]>;
