/** `ostiary hash`. */

import { bcrypt } from '../hashers/index.ts';
import { readPassword } from './read-password.ts';
import { type CommandStreams, print, write } from './streams.ts';

/** Reads a password and prints its hash, and nothing else, on standard output. Answers the exit code. */
export async function hash(options: { readonly cost?: number }, streams: CommandStreams): Promise<number> {
  const answer = await readPassword(streams);
  if (answer.status === 'interrupted') return 130;
  if (answer.status === 'refused') {
    await write(streams.stderr, `ostiary: ${answer.reason}\n`);
    return 1;
  }
  const hasher = bcrypt({ ...options, workers: 1 });
  try {
    return await print(streams, `${await hasher.hash(answer.password)}\n`);
  } finally {
    await hasher.close?.();
  }
}
