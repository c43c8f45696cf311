/** `npm run test:package`: the packed package in hosts of every kind. */

import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  test: {
    name: 'package',
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
