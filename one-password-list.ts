/** Puts the list of common passwords into the package once, as CommonJS: the one format that both formats can load. */

import type { Plugin } from 'esbuild';
import type { Options } from 'tsup';

const name = 'common-password-list';

/** For the CommonJS build: a file with a name of its own, beside the chunk that loads it. */
export const passwordListEntry = { [name]: `src/core/accounts/${name}.ts` };

/**
 * For the ES modules: in the place of the list stands a module that loads the file of the CommonJS build, for the list
 * does not compress. It takes the default export, which is all that esbuild leaves of such a file in a chunk.
 */
export function passwordListOfCommonjs(): Plugin {
  const file = `./${name}.cjs`;
  const contents = `import list from '${file}'; export const { commonPasswordList } = list;`;
  return {
    name: 'password-list-of-commonjs',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: new RegExp(`\\b${name}\\.ts$`) }, () => ({ contents }));
      onResolve({ filter: new RegExp(`/${name}\\.cjs$`) }, () => ({ path: file, external: true }));
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
