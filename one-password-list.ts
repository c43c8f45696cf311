/** Puts the list of common passwords into the package once, as CommonJS: the one format that both formats can load. */

import type { Plugin } from 'esbuild';
import type { Options } from 'tsup';

const name = 'common-password-list';

/** For the CommonJS build: a file with a name of its own, beside the chunk that loads it. */
export const passwordListEntry = { [name]: `src/core/accounts/${name}.ts` };

/** For the ES modules: they load the file of the CommonJS build. The list does not compress, so two would be felt. */
export function passwordListOfCommonjs(): Plugin {
  return {
    name: 'password-list-of-commonjs',
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, () => ({ path: `./${name}.cjs`, external: true }));
    },
  };
}

/** For the CommonJS build: Jest refuses an `import()` that Node itself would do, which Rollup leaves as it is. */
export function requireOwnFiles(): NonNullable<Options['plugins']>[number] {
  const dynamicImport = /\bimport\((["']\.\/[^"']+["'])\)/g;
  return {
    name: 'require-own-files',
    renderChunk: (code) => ({
      code: code.replace(dynamicImport, 'Promise.resolve().then(() => require($1))'),
    }),
  };
}
