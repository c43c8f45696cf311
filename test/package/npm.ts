/** npm, for those who install what was packed. */

import { execFileSync } from 'node:child_process';

/** Runs npm in a folder, under the Node that runs the tests; what it prints on stdout. */
export function npm(folder: string, args: readonly string[]): string {
  const { npm_execpath: script } = process.env;
  // `npm test` tells where npm is; a vitest that was started by itself takes the one on the path.
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  return execFileSync(command, [...first, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: withoutOuterNpm(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** An npm that was started by an npm takes over its settings, such as the folder. */
function withoutOuterNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}
