/** The built command, as a process. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import bcryptjs from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const bin = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...argv: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [bin, ...argv]);
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  }
  // A child that stops reading closes the pipe.
  child.stdin.on('error', () => undefined);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

describe('the built command', () => {
  it('hashes the password on its standard input', async () => {
    const child = start('hash', '--cost', '4');
    child.stdin.end('correct horse\r\n');
    const { code, stdout, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\S{60}\n$/);
    expect(bcryptjs.compareSync('correct horse', stdout.trimEnd())).toBe(true);
  });

  it('makes a secret and ends while its standard input stays open', async () => {
    const { code, stdout } = await ended(start('secret'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]{43}\n$/);
  });

  it('knows its version', async () => {
    expect(await ended(start('--version'))).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('ends with 2 for a wrong usage and with 1 for a refused password', async () => {
    const refused = start('hash');
    refused.stdin.end();
    const codes = await Promise.all([ended(start()), ended(refused)]);
    expect(codes.map(({ code }) => code)).toEqual([2, 1]);
  });

  it('ends while an input that is too long goes on', async () => {
    const child = start('hash');
    child.stdin.write('x'.repeat(10_000));
    expect((await ended(child)).code).toBe(1);
  });

  it('does not crash when the reader of its output has gone', async () => {
    const child = start('secret');
    child.stdout.destroy();
    const { code, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});

/** `script` of util-linux gives a command a terminal; that of other systems takes other options. */
const hasTerminals = String(spawnSync('script', ['--version']).stdout).includes('util-linux');

describe.skipIf(!hasTerminals)('the built command on a real terminal', () => {
  async function typed(keys: string): Promise<Ended> {
    const command = `'${process.execPath}' '${bin}' hash --cost 4`;
    const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null']);
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (!shown.includes('Password') && `${shown}${chunk}`.includes('Password')) child.stdin.write(keys);
      shown += chunk.toString();
    });
    return ended(child);
  }

  it('shows the prompt and the hash, and nothing that is typed', async () => {
    const { code, stdout } = await typed('correct hrose\x7f\x7f\x7f\x7forse\r');
    expect(code).toBe(0);
    const [prompt, hash, ...rest] = stdout.split('\r\n');
    expect(prompt).toBe('Password (asked once, not shown): ');
    expect(bcryptjs.compareSync('correct horse', hash ?? '')).toBe(true);
    expect(rest).toEqual(['']);
  });

  it('ends with 130 at Ctrl-C', async () => {
    const { code, stdout } = await typed('hunter2\x03');
    expect(code).toBe(130);
    expect(stdout).not.toContain('hunter2');
  });
});
