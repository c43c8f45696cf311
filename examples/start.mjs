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
  if (process.env.npm_lifecycle_event?.startsWith('start')) endWithShell();
  await buildIfNeeded({ say: console.log });
  await import(`./${name}/app.mjs`);
} else {
  console.error(`Usage: node examples/start.mjs <name>\nThe examples: ${names.join(', ')}`);
  process.exitCode = 2;
}

/** `npm start` runs this in a shell, and the shell that gets npm's SIGTERM ends without handing it on. */
function endWithShell() {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  watch.unref();
}
