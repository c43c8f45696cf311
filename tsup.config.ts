import { defineConfig, type Options } from 'tsup';
import { embedWorker } from './embed-worker.ts';
import { passwordListEntry, passwordListOfCommonjs, requireOwnFiles } from './one-password-list.ts';

const entries = {
  index: 'src/index.ts',
  jwt: 'src/jwt/index.ts',
  hashers: 'src/hashers/index.ts',
  'stores/memory': 'src/stores/memory/index.ts',
  express: 'src/express/index.ts',
  'express/augment': 'src/express/augment.ts',
  passport: 'src/passport/index.ts',
};

const common: Options = {
  entry: entries,
  dts: { entry: entries },
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  removeNodeProtocol: false, // or a bundler may take a package called crypto for Node's
  clean: false, // the two run at once; build-if-needed.mjs starts from an empty folder
  esbuildPlugins: [embedWorker()],
};

export default defineConfig([
  {
    ...common,
    format: 'esm',
    entry: { ...entries, cli: 'src/cli/main.ts' },
    esbuildPlugins: [embedWorker(), passwordListOfCommonjs()],
  },
  // Rollup converts the shared chunks: esbuild alone would leave `import()` rewritten and classes doubled.
  // jose comes as ES modules only, which Jest on CommonJS cannot load: here it is compiled in.
  {
    ...common,
    format: 'cjs',
    entry: { ...entries, ...passwordListEntry },
    treeshake: true,
    noExternal: ['jose'],
    plugins: [requireOwnFiles()],
  },
]);
