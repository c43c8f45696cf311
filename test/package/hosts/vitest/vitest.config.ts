/** vitest as it comes, and with the package transformed by it. */

import { defineConfig } from 'vitest/config';

const include = ['walk.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'as it comes', include } },
      { test: { name: 'inlined', include, server: { deps: { inline: ['ostiary'] } } } },
    ],
  },
});
