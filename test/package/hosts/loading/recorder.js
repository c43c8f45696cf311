/** A preload that appends each thing that is loaded, and by whom, to the file in `LOADED`. */

import { appendFileSync } from 'node:fs';
import * as module from 'node:module';
import { pathToFileURL } from 'node:url';

const { _load: load, _resolveFilename: resolveFilename } = module.Module;

module.Module._load = function (request, parent, ...rest) {
  const found = resolveFilename.call(this, request, parent);
  note(
    parent?.filename && pathToFileURL(parent.filename).href,
    module.isBuiltin(found) ? found : pathToFileURL(found).href,
  );
  return load.call(this, request, parent, ...rest);
};

// In a thread of its own, where it only shares the file.
module.register(
  `data:text/javascript,${encodeURIComponent(`
  import { appendFileSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    appendFileSync(${JSON.stringify(process.env.LOADED)}, JSON.stringify([context.parentURL ?? '', found.url]) + '\\n');
    return found;
  }
`)}`,
);

function note(by, what) {
  appendFileSync(process.env.LOADED, `${JSON.stringify([by ?? '', what])}\n`);
}
