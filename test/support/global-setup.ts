/** Builds the package before the tests that use it as an application does. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../build-if-needed.mjs', import.meta.url));

export function setup(): void {
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
