import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { embedWorkerVite } from './embed-worker.ts';
import { sameOnEveryNode } from './test/matrix/legs.mjs';
import { twinPlugin } from './test/twins/twin-plugin.mjs';
import tsconfig from './tsconfig.json' with { type: 'json' };

/** `ostiary/express` is `src/express/index.ts`, as for the compiler. */
const alias = Object.entries(tsconfig.compilerOptions.paths).map(([name, [file]]) => ({
  find: new RegExp(`^${name}$`),
  replacement: fileURLToPath(new URL(file, import.meta.url)),
}));

/** These folders test the sources. All others may need the built package, and it is built before they run. */
const onSources = [
  'attacks',
  'core',
  'docs',
  'express',
  'hashers',
  'http',
  'jwt',
  'notifiers',
  'passport',
  'stores',
  'structure',
  'twins',
  'vectors',
].map((folder) => `test/${folder}/**/*.test.ts`);
const onEveryNode = process.env['OSTIARY_EVERY_NODE'] === '1';
const never = [
  'test/bench/**',
  'test/package/**',
  '**/node_modules/**',
  ...(onEveryNode ? sameOnEveryNode : []),
];

export default defineConfig({
  plugins: [twinPlugin(), embedWorkerVite()],
  resolve: { alias },
  test: {
    pool: 'forks', // the hashers start threads of their own
    testTimeout: 30_000, // on a machine that is busy with other things too
    update: 'none', // a page that is missing is a failure; `npm run docs:reference` writes it
    maxWorkers: '100%', // vitest leaves a processor free, of two that is the half
    coverage: { include: ['src/**/*.ts'], reporter: ['text', 'html'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          include: onSources,
          exclude: never,
          typecheck: { enabled: !onEveryNode, include: ['test/types/*.test-d.ts'], exclude: never },
        },
      },
      {
        extends: true,
        test: {
          name: 'built',
          include: ['test/**/*.test.ts'],
          exclude: [...onSources, ...never],
          globalSetup: './test/support/global-setup.ts',
        },
      },
    ],
  },
});
