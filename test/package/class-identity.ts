/** Whether the classes of all entries are one. */

import { join } from 'node:path';
import { runScript } from './bundled-host.ts';

/** One line for each entry and format, of a package that is installed in the folder. */
export function identityOf(folder: string): readonly string[] {
  return JSON.parse(runScript(join(folder, 'hosts/identity'), ['report.js'])) as readonly string[];
}

/** What they must be. */
export const oneIdentity: readonly string[] = ['import', 'require'].flatMap((format) => [
  ...['.', './jwt', './hashers', './stores/memory', './express', './passport'].map(
    (entry) => `${format} ${entry}: one class`,
  ),
  ...['InputError', 'PasswordError', 'TakenError'].map((name) => `${format} ${name}: one class`),
  `${format} express and passport: one fromBearer`,
]);
