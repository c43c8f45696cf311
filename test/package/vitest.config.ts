/** `npm run test:package`: the packed package in hosts of every kind. */

import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    name: 'package',
    update: 'none', // a snapshot that is not there is a mistake, also outside of CI
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    globalSetup: './workspace.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
};

export default config;
