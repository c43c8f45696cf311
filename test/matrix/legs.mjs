/** What is run on each version of Node. */

import { versions } from './runtimes.mjs';

/**
 * What is the same on every Node, and takes long: tests that read sources and texts, searches through orders by chance,
 * and what the compiler says of snippets. `vitest.config.ts` leaves them out: an `--exclude` does not reach its projects.
 */
export const sameOnEveryNode = [
  'test/structure/**',
  'test/docs/**',
  'test/twins/**',
  'test/core/compiler-messages.test.ts',
  'test/attacks/*-model.test.ts',
  'test/attacks/*-races.test.ts',
  'test/attacks/*-mutations.test.ts',
  'test/attacks/refresh-{processes,reuse,tabs}.test.ts',
  'test/examples/*guide*.test.ts',
];

const hosts = ['hosts', 'mixed', 'exchange', 'identity', 'loading', 'node-flags'];

/** The parts that stand on no framework: Passport itself assigns to `__proto__` when it is loaded. */
const withoutPassport = ['test/core', 'test/hashers', 'test/jwt', 'test/stores', 'test/create-auth.test.ts'];

const always = [
  { name: 'the tests', args: [] },
  { name: 'the hosts of the packed package', args: ['--config', 'test/package/vitest.config.ts', ...hosts] },
];

const withoutProto = {
  name: 'the tests with --disable-proto=throw',
  args: withoutPassport,
  flags: '--disable-proto=throw',
};

/** A switch of V8 behaves alike in between: it is tried on the oldest and on the newest. */
export function legsOf(version) {
  return [versions.at(0), versions.at(-1)].includes(version) ? [...always, withoutProto] : always;
}
