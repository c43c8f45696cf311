/** Messages on the terminal, for development. */

import type { Notification, Notifier } from '../core/ports/notifier.ts';

/** Where messages are printed. */
export interface ConsoleNotifierOptions {
  /** Prints a text. Default: `console.log`. */
  readonly print?: (text: string) => void;
}

/**
 * Prints each message with its link: for development, since whoever reads the output can use the links. It warns once
 * (`OSTIARY_CONSOLE_NOTIFIER`).
 *
 * @example
 * ```ts
 * createAuth({ secret, issuer, users, links, notifier: consoleNotifier() });
 * ```
 */
export function consoleNotifier(options: ConsoleNotifierOptions = {}): Notifier {
  // biome-ignore lint/suspicious/noConsole: printing is what it is for
  const { print = console.log } = options;
  process.emitWarning('consoleNotifier() prints links that open accounts: hand in a mailer in production', {
    code: 'OSTIARY_CONSOLE_NOTIFIER',
  });
  return {
    deliver: ({ kind, to, url }: Notification) =>
      print(`[${kind}] to ${to}${url === undefined ? '' : `: ${url}`}`),
  };
}
