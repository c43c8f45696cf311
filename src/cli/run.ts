/** What the command `ostiary` does, without a process: arguments and streams in, an exit code out. */

import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { hash } from './hash.ts';
import { newSecret } from './secret.ts';
import { type CommandStreams, print, write } from './streams.ts';

const usage = `Usage:
  ostiary hash [--cost N]   hash a password with bcrypt, for a row of the user table
  ostiary secret            make a secret for createAuth: 32 random bytes as base64url
  ostiary --help | --version

hash asks for the password on the terminal, once and without showing it. Where standard input is
no terminal it reads that, and removes one newline from its end. --cost is bcrypt's, from 4 to 20;
each step doubles the time; default: 12. A password of more than 72 bytes gives a hash that starts
with $2o$ and that only ostiary reads.

Exit codes: 0 done, 1 refused, 2 wrong usage, 130 Ctrl-C.
`;

interface Arguments {
  readonly values: { readonly cost?: string; readonly help?: boolean; readonly version?: boolean };
  readonly positionals: readonly string[];
}

/** Runs one command. Answers 0 when it is done, 1 when it refused, 2 for a wrong usage and 130 for Ctrl-C. */
export async function run(argv: readonly string[], streams: CommandStreams): Promise<number> {
  const given = readArguments(argv);
  if (given === null) return misused(streams, 'an unknown flag, or a flag without its value');
  if (given.values.help === true) return print(streams, usage);
  if (given.values.version === true) return print(streams, `${ownVersion()}\n`);
  const misuse = misuseOf(given);
  if (misuse !== null) return misused(streams, misuse);
  if (given.positionals[0] === 'secret') return print(streams, `${newSecret()}\n`);
  return hash(given.values.cost === undefined ? {} : { cost: Number(given.values.cost) }, streams);
}

function readArguments(argv: readonly string[]): Arguments | null {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        cost: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return null;
    throw error;
  }
}

/** What is wrong, or `null`. It repeats nothing of what was given: that may be a password. */
function misuseOf({ values, positionals: [command, ...extra] }: Arguments): string | null {
  if (command === undefined) return 'no command';
  if (command !== 'hash' && command !== 'secret') return 'an unknown command';
  if (extra.length > 0 && command === 'hash') {
    return (
      'hash takes no password on the command line: there every program of this machine can see it, and the ' +
      'shell writes it to its history. Type it when asked, or hand it over on standard input'
    );
  }
  if (extra.length > 0) return 'secret takes no argument';
  if (values.cost === undefined) return null;
  if (command === 'secret') return 'secret takes no --cost';
  return /^([4-9]|1\d|20)$/.test(values.cost) ? null : '--cost must be a whole number from 4 to 20';
}

async function misused({ stderr }: CommandStreams, misuse: string): Promise<number> {
  await write(stderr, `ostiary: ${misuse}.\n\n${usage}`);
  return 2;
}

/** The package finds itself by its name, wherever its files lie. */
function ownVersion(): string {
  const { version } = createRequire(import.meta.url)('ostiary/package.json') as { version: string };
  return version;
}
