/** `ostiary hash`: which bytes become the password, and what is seen of it. */

import { Readable } from 'node:stream';
import bcryptjs from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { defaults } from '../../src/core/defaults.ts';
import { bcrypt } from '../../src/hashers/index.ts';
import { failing, piped, terminal } from './fake-streams.ts';

const cheap = ['hash', '--cost', '4'];
const { passwordMaxBytes, passwordMaxLength } = defaults;

describe('ostiary hash, from standard input', () => {
  it.each([
    ['as it is', 'correct horse', 'correct horse'],
    ['without the newline at its end', 'correct horse\n', 'correct horse'],
    ['without the Windows newline at its end', 'correct horse\r\n', 'correct horse'],
    ['with all but one newline', 'correct horse\n\n', 'correct horse\n'],
    ['with all but one Windows newline', 'correct horse\r\n\r\n', 'correct horse\r\n'],
    ['with a carriage return alone', 'correct horse\r', 'correct horse\r'],
    ['with its spaces and tabs', ' \tcorrect horse\t \n', ' \tcorrect horse\t '],
    ['when it is only a newline twice', '\n\n', '\n'],
    ['without normalising it', 'e\u0301\u00e9\u{1f600}\n', 'e\u0301\u00e9\u{1f600}'],
  ])('hashes the password %s', async (_how, input, password) => {
    const streams = piped(input);
    expect(await run(cheap, streams)).toBe(0);
    expect(streams.output.stdout).toMatch(/^\$2b\$04\$.{53}\n$/);
    expect(bcryptjs.compareSync(password, streams.output.stdout.trimEnd())).toBe(true);
    expect(streams.output.stderr).toBe('');
  });

  it('joins the pieces in which the input arrives, also inside a character', async () => {
    const bytes = Buffer.from('p\u00e4ssw\u{1f600}rd\r\n');
    const streams = piped(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    await run(cheap, streams);
    expect(bcryptjs.compareSync('p\u00e4ssw\u{1f600}rd', streams.output.stdout.trimEnd())).toBe(true);
  });

  it.each([
    ['an ASCII password', 'x'.repeat(passwordMaxLength)],
    ['four-byte characters', '\u{1f600}'.repeat(passwordMaxBytes / 4)],
  ])('takes %s of as many bytes as a login takes', async (_what, password) => {
    const streams = piped(`${password}\r\n`);
    expect(await run(cheap, streams)).toBe(0);
    const hasher = bcrypt({ cost: 4, workers: 1 });
    expect(await hasher.verify(password, streams.output.stdout.trimEnd())).toBe(true);
    await hasher.close?.();
  });

  it.each([
    ['nothing', ''],
    ['a newline only', '\n'],
    ['a Windows newline only', '\r\n'],
    ['one byte too many', 'hunter2'.padEnd(passwordMaxBytes + 1, 'x')],
    ['one character too many', 'hunter2'.padEnd(passwordMaxLength + 1, 'x')],
    ['one byte too many and a newline', `${'hunter2'.padEnd(passwordMaxBytes + 1, 'x')}\n`],
    ['more bytes than characters', '\u{1f600}'.repeat(passwordMaxBytes / 4).concat('x')],
    ['bytes that are no UTF-8', Buffer.from('hunter2\xff', 'latin1')],
    ['a character that is cut off', Buffer.from('hunter2\xc3', 'latin1')],
    ['a lone surrogate', Buffer.from('hunter2\xed\xa0\x80', 'latin1')],
    ['an overlong encoding', Buffer.from('hunter2\xc0\xaf', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffhunter2', 'utf16le')],
    ['a byte order mark', '\ufeffhunter2'],
  ])('refuses %s with exit code 1 and never repeats it', async (_what, input) => {
    const streams = piped(input);
    expect(await run(cheap, streams)).toBe(1);
    expect(streams.output.stdout).toBe('');
    expect(streams.output.stderr).toMatch(/^ostiary: .+\n$/);
    expect(streams.output.stderr).not.toMatch(/hunter2|xxx/);
  });

  it('removes the newline of a longest password also when it arrives in pieces', async () => {
    expect(await run(cheap, piped('\u{1f600}'.repeat(passwordMaxBytes / 4), '\r', '\n'))).toBe(0);
  });

  it('stops reading an input that has no end', async () => {
    const streams = piped();
    async function* endless() {
      for (;;) yield Buffer.from('password\n');
    }
    const stdin = Readable.from(endless());
    expect(await run(cheap, { ...streams, stdin })).toBe(1);
    expect(stdin.destroyed).toBe(true);
  });

  it('refuses an input that cannot be read', async () => {
    const streams = piped('hunter2');
    streams.stdin.destroy(Object.assign(new Error('read failed'), { code: 'EIO' }));
    expect(await run(cheap, streams)).toBe(1);
    expect(streams.output.stderr).toBe('ostiary: standard input cannot be read: EIO\n');
  });

  it('has bcrypt cost 12 unless told otherwise', async () => {
    const streams = piped('correct horse');
    expect(await run(['hash'], streams)).toBe(0);
    expect(streams.output.stdout).toMatch(/^\$2b\$12\$/);
  });

  it('ends with exit code 1 when the reader of its output has gone', async () => {
    const streams = failing('EPIPE', piped('correct horse'));
    expect(await run(cheap, streams)).toBe(1);
  });
});

describe('ostiary hash, on a terminal', () => {
  it('asks on standard error, shows nothing that is typed, and prints only the hash', async () => {
    const streams = terminal(['correct horse', '\r']);
    expect(await run(cheap, streams)).toBe(0);
    expect(streams.output.stdout).toMatch(/^\$2b\$04\$.{53}\n$/);
    expect(streams.output.stderr).toBe('Password (asked once, not shown): \n');
  });

  it('switches the echo off before it asks and on again at the end', async () => {
    const streams = terminal(['correct horse\r']);
    await run(cheap, streams);
    expect(streams.happened).toEqual(['raw', 'Password (asked once, not shown): ', 'cooked', '\n']);
    expect(streams.stdin.isPaused()).toBe(true);
  });

  const [ctrlD, ctrlH, ctrlU, backspace] = ['\x04', '\b', '\x15', '\x7f'];
  it.each([
    ['Enter', 'correct horse\r'],
    ['a newline', 'correct horse\n'],
    ['Ctrl-D', `correct horse${ctrlD}`],
    ['Enter, whatever is pasted after it', 'correct horse\rrm -rf'],
    ['a corrected slip', `correct hrose${backspace.repeat(4)}orse\r`],
    ['a slip corrected by Ctrl-H', `correct horsf${ctrlH}e\r`],
    ['more backspaces than characters', `x${backspace.repeat(3)}correct horse\r`],
    ['a line begun anew with Ctrl-U', `wrong\x1b[A${ctrlU}correct horse\r`],
  ])('reads a password that ends with %s', async (_what, keys) => {
    const streams = terminal([keys]);
    expect(await run(cheap, streams)).toBe(0);
    expect(bcryptjs.compareSync('correct horse', streams.output.stdout.trimEnd())).toBe(true);
  });

  it('reads characters that arrive byte by byte and removes them whole', async () => {
    const bytes = Buffer.from(`p\u00e4s\u{1f600}\u20ac${backspace.repeat(2)}s\r`);
    const streams = terminal(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(await run(cheap, streams)).toBe(0);
    expect(bcryptjs.compareSync('p\u00e4ss', streams.output.stdout.trimEnd())).toBe(true);
  });

  it('takes what was typed when the terminal hangs up', async () => {
    const streams = terminal(['correct horse'], true);
    expect(await run(cheap, streams)).toBe(0);
  });

  it('ends with exit code 130 at Ctrl-C, with the echo on again', async () => {
    const streams = terminal(['hunter2\x03']);
    expect(await run(cheap, streams)).toBe(130);
    expect(streams.output.stdout).toBe('');
    expect(streams.happened).toContain('cooked');
  });

  it.each([
    ['nothing', '\r'],
    ['nothing and Ctrl-D', ctrlD],
    ['nothing that is left', `a${backspace}\r`],
    ['an arrow key', 'hunter2\x1b[D\r'],
    ['a tab', 'hunter2\t\r'],
    ['one byte too many', `${'hunter2'.padEnd(passwordMaxBytes + 1, 'x')}\r`],
    ['bytes that are no UTF-8', Buffer.from('hunter2\xff\r', 'latin1')],
  ])('refuses %s with exit code 1 and never repeats it', async (_what, keys) => {
    const streams = terminal([keys]);
    expect(await run(cheap, streams)).toBe(1);
    expect(streams.output.stdout).toBe('');
    expect(streams.output.stderr).toMatch(/^Password \(asked once, not shown\): \nostiary: .+\n$/);
    expect(streams.output.stderr).not.toMatch(/hunter2|xxx/);
    expect(streams.happened).toContain('cooked');
  });
});
