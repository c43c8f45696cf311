/** What is run on each version of Node. */

/** Folders whose tests read sources and texts: the same on every Node. */
const elsewhere = [
  'test/structure/**',
  'test/docs/**',
  'test/twins/**',
  'test/core/compiler-messages.test.ts',
];
const onThisNode = ['--typecheck.enabled=false', ...elsewhere.flatMap((pattern) => ['--exclude', pattern])];

/** The parts that stand on no framework: Passport itself assigns to `__proto__` when it is loaded. */
const withoutPassport = ['test/core', 'test/hashers', 'test/jwt', 'test/stores', 'test/create-auth.test.ts'];

const packageTests = ['hosts', 'mixed', 'identity', 'loading', 'node-flags'];
const hosts = ['--config', 'test/package/vitest.config.ts', ...packageTests];

export function legsOf({ version }) {
  return [
    { name: 'the tests', args: onThisNode },
    { name: 'the hosts of the packed package', args: hosts },
    ...(isNewest(version) || isOldest(version)
      ? [
          {
            name: 'the tests with --disable-proto=throw',
            args: [...onThisNode, ...withoutPassport],
            flags: '--disable-proto=throw',
          },
        ]
      : []),
  ];
}
