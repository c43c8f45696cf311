/** Reads a password from the terminal or from standard input, exactly as it will be typed at the login. */

import { type CommandStreams, type PasswordSource, write } from './streams.ts';
import { TypedLine } from './typed-line.ts';

/** What came of it. A reason is for the terminal and never repeats the password. */
export type ReadPassword =
  | { readonly status: 'read'; readonly password: string }
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'interrupted' };

/** The most that the login takes: more would be a hash that nobody can use. */
const maxBytes = 4096;
const maxCodePoints = 1024;
const prompt = 'Password (asked once, not shown): ';
const [newline, carriageReturn] = [0x0a, 0x0d];

/** Asks on a terminal; reads anything else to its end. */
export async function readPassword(streams: CommandStreams): Promise<ReadPassword> {
  try {
    return streams.stdin.isTTY === true ? await ask(streams) : await readPiped(streams.stdin);
  } catch (error) {
    // A fault of the system: a folder as input, a terminal that went away.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return refused(`standard input cannot be read: ${code}`);
  }
}

async function ask({ stdin, stderr }: CommandStreams): Promise<ReadPassword> {
  // Before the prompt: of whoever types early nobody must see the password either.
  stdin.setRawMode?.(true);
  try {
    await write(stderr, prompt);
    return await readLine(stdin);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    await write(stderr, '\n');
  }
}

function readLine(stdin: PasswordSource): Promise<ReadPassword> {
  const line = new TypedLine();
  return new Promise((resolve, reject) => {
    stdin.on('data', (chunk: Uint8Array) => {
      for (const byte of Buffer.from(chunk)) {
        const end = line.press(byte);
        if (end === 'interrupted') return resolve({ status: 'interrupted' });
        if (end === 'ended') return resolve(checkedLine(line));
      }
    });
    stdin.once('end', () => resolve(checkedLine(line)));
    stdin.once('error', reject);
  });
}

function checkedLine(line: TypedLine): ReadPassword {
  if (line.hasStrayKey) return refused('a key was pressed that is no character; nothing was hashed');
  return checked(line.bytes);
}

async function readPiped(stdin: PasswordSource): Promise<ReadPassword> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    length += chunk.length;
    // Enough to know that it is too long, of an input that may never end.
    if (length > maxBytes + '\r\n'.length) break;
  }
  return checked(withoutNewline(Buffer.concat(chunks)));
}

/** `echo` and editors end a text with a newline that is not part of the password. A second one was meant. */
function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== newline) return bytes;
  return bytes.subarray(0, bytes.at(-2) === carriageReturn ? -2 : -1);
}

function checked(bytes: Uint8Array): ReadPassword {
  if (bytes.length === 0) return refused('the password is empty');
  if (bytes.length > maxBytes) return refused(`the password has more than ${maxBytes} bytes`);
  const password = decoded(bytes);
  if (password === null) return refused('the password is not valid UTF-8');
  // Some editors put it in front of a text, and nobody types it at a login.
  if (password.startsWith('\ufeff'))
    return refused('the input starts with a byte order mark; save it without');
  if ([...password].length > maxCodePoints)
    return refused(`the password has more than ${maxCodePoints} characters`);
  return { status: 'read', password };
}

/** `null` for what is no UTF-8, lone surrogates among it: another program would read other characters. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function refused(reason: string): ReadPassword {
  return { status: 'refused', reason };
}
