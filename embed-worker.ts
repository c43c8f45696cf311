/** Turns `import { source } from './x.ts?worker-source'` into the bundled text of x.ts, for `new Worker(source, { eval: true })`. */

import { isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const suffix = '?worker-source';

/** For esbuild, and so for tsup. */
export function embedWorker(): Plugin {
  return {
    name: 'embed-worker',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\?worker-source$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path.slice(0, -suffix.length)),
        namespace: 'worker-source',
      }));
      onLoad({ filter: /.*/, namespace: 'worker-source' }, async ({ path }) => ({
        ...(await embed(path)),
        loader: 'js',
      }));
    },
  };
}

/** The twin for Vite, and so for vitest on the sources. */
export function embedWorkerVite(): VitePlugin {
  return {
    name: 'embed-worker',
    enforce: 'pre',
    resolveId: (id, importer) =>
      id.endsWith(suffix) && importer !== undefined ? resolve(dirname(importer), id) : undefined,
    async load(id) {
      if (!id.endsWith(suffix)) return undefined;
      const { contents, watchFiles } = await embed(id.slice(0, -suffix.length));
      for (const file of watchFiles) this.addWatchFile(file);
      return contents;
    },
  };
}

/** What Vite asks of a plugin, as far as it is used here. */
interface VitePlugin {
  readonly name: string;
  readonly enforce: 'pre';
  resolveId(id: string, importer: string | undefined): string | undefined;
  load(this: { addWatchFile(file: string): void }, id: string): Promise<string | undefined>;
}

/** A module that exports the script as one CommonJS text, as Node 20 runs it. */
async function embed(path: string): Promise<{ contents: string; watchFiles: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    plugins: [nodeProtocol],
  });
  return {
    contents: `export const source = ${JSON.stringify(outputFiles[0]?.text)};`,
    watchFiles: Object.keys(metafile.inputs).map((file) => resolve(file)),
  };
}

/** bcryptjs asks for `crypto`: here for `node:crypto`, which no package of that name can stand in for. */
const nodeProtocol: Plugin = {
  name: 'node-protocol',
  setup({ onResolve }) {
    onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace(/^(?:node:)?/, 'node:'), external: true } : undefined,
    );
  },
};
