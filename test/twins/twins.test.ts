import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

interface Twin {
  readonly name: string;
  readonly why: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

interface Tools {
  readonly twins: readonly Twin[];
  breakLine(code: string, twin: Twin): string;
}

const load = (file: string): Promise<Tools> => import(new URL(file, import.meta.url).href);
const { twins } = await load('./twins.mjs');
const { breakLine } = await load('./twin-plugin.mjs');
const root = fileURLToPath(new URL('../../', import.meta.url));

it.each(twins)('finds the line of $name once', (twin) => {
  expect(() => breakLine(readFileSync(root + twin.file, 'utf8'), twin)).not.toThrow();
});

it.each(twins)('finds the tests of $name', ({ tests }) => {
  expect(tests).not.toHaveLength(0);
  expect(tests.filter((file) => !existsSync(root + file))).toEqual([]);
});

it('has a reason for each twin, and each name once', () => {
  expect(twins.filter(({ why }) => why.trim() === '')).toEqual([]);
  expect(new Set(twins.map(({ name }) => name)).size).toBe(twins.length);
});
