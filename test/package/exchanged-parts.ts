/** Whether the parts that one format makes work in the other. */

import { join } from 'node:path';
import { runScript } from './bundled-host.ts';

/** One line for each part and direction, of a package that is installed in the folder. */
export function exchangeOf(folder: string): readonly string[] {
  return JSON.parse(runScript(join(folder, 'hosts/mixed'), ['exchange.js'])) as readonly string[];
}

/** What they must be. */
export const fullExchange: readonly string[] = ['import in require', 'require in import'].flatMap(
  (formats) => [
    // The key's name, and its token at both; then one that was forged.
    `ring of ${formats}: ours, 7, 7, ERR_TOKEN_INVALID, ERR_TOKEN_INVALID`,
    `hasher of ${formats}: signed-in, ERR_LOGIN_REJECTED`,
    // A token and whether a session is alive, before they are revoked and ended, and after.
    `memoryState of ${formats}: 7, true, ERR_TOKEN_REVOKED, false`,
    // A password that is refused, which leaves the link as it was; then the link at the other, and again at its own.
    `link of ${formats}: ERR_ACCOUNT_PASSWORD_UNACCEPTABLE, ann, ERR_ACCOUNT_LINK_INVALID`,
    `LocalStrategy of ${formats}: user 7, 401`,
  ],
);
