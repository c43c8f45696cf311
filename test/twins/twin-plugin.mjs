/** Breaks the line that a twin names while Vite loads its file. Nothing on disk changes. */

import { fileURLToPath } from 'node:url';
import { twins } from './twins.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The plugin for the twin that `OSTIARY_TWIN` names. It is read again for each file, as a vitest that stays up changes it. */
export function twinPlugin() {
  wanted(); // a wrong name ends vitest before it runs anything
  return {
    name: 'twin',
    enforce: 'pre',
    transform(code, id) {
      const twin = wanted();
      return twin !== undefined && id === root + twin.file ? breakLine(code, twin) : undefined;
    },
  };
}

/** The text with the one line broken. */
export function breakLine(code, { name, file, find, replace }) {
  const times = code.split(find).length - 1;
  if (times !== 1) throw new Error(`twin '${name}': its line occurs ${times} times in ${file}, not once`);
  if (find === replace) throw new Error(`twin '${name}': it breaks nothing`);
  return code.replace(find, () => replace);
}

function wanted() {
  const name = process.env['OSTIARY_TWIN'];
  if (name === undefined) return undefined;
  const twin = twins.find((each) => each.name === name);
  if (twin === undefined) throw new Error(`OSTIARY_TWIN: there is no twin '${name}'`);
  return twin;
}
