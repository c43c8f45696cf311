/** `node examples/start.mjs <name>`: starts an example on the package as it is in `src` now. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../build-if-needed.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const [name] = process.argv.slice(2);

if (names.includes(name)) {
  await buildIfNeeded({ say: console.log });
  await import(`./${name}/app.mjs`);
} else {
  console.error(`Usage: node examples/start.mjs <name>\nThe examples: ${names.join(', ')}`);
  process.exitCode = 2;
}
