/** The command line: what is printed where, and with which exit code. */

import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../../src/cli/run.ts';
import { failing, piped } from './fake-streams.ts';

describe('ostiary', () => {
  it.each([['--help'], ['-h'], ['hash', '--help'], ['--help', 'unknown']])(
    'prints the usage for %s %s',
    async (...argv) => {
      const streams = piped();
      expect(await run(argv, streams)).toBe(0);
      expect(streams.output.stdout).toMatch(/^Usage:\n {2}ostiary hash \[--cost N\]/);
      expect(streams.output.stderr).toBe('');
    },
  );

  it.each([['--version'], ['-v']])('prints the version of the package for %s', async (flag) => {
    const streams = piped();
    expect(await run([flag], streams)).toBe(0);
    expect(streams.output).toEqual({ stdout: `${manifest.version}\n`, stderr: '' });
  });

  it.each([
    ['nothing', []],
    ['an unknown command', ['hunter2']],
    ['an empty command', ['']],
    ['a name that objects have', ['constructor']],
    ['an unknown flag', ['hash', '--hunter2']],
    ['an unknown short flag', ['hash', '-hunter2']],
    ['a value for a flag that takes none', ['--help=hunter2']],
    ['a password on the command line', ['hash', 'hunter2']],
    ['a password after --', ['hash', '--', 'hunter2']],
    ['an argument of secret', ['secret', 'hunter2']],
    ['a cost for secret', ['secret', '--cost', '10']],
    ['a cost without a value', ['hash', '--cost']],
    ...['3', '21', '0', '-5', '012', '4.5', '1e1', '', ' 10', '0x0a', 'hunter2'].map(
      (cost): [string, string[]] => [`the cost '${cost}'`, ['hash', `--cost=${cost}`]],
    ),
  ])('refuses %s with the usage and exit code 2, and repeats none of it', async (_what, argv) => {
    const streams = piped('password');
    expect(await run(argv, streams)).toBe(2);
    expect(streams.output.stdout).toBe('');
    expect(streams.output.stderr).toMatch(/^ostiary: .+\n\nUsage:\n/);
    expect(streams.output.stderr).not.toMatch(/hunter2/);
  });

  it('says why a password does not belong on the command line', async () => {
    const streams = piped();
    await run(['hash', 'hunter2'], streams);
    expect(streams.output.stderr).toMatch(/every program of this machine can see it.*history/);
  });

  it.each([
    ['EPIPE', ''],
    ['ENOSPC', 'ostiary: the result could not be written: ENOSPC\n'],
  ])('ends with exit code 1 when the output fails with %s', async (code, message) => {
    const streams = failing(code, piped());
    expect(await run(['secret'], streams)).toBe(1);
    expect(streams.output.stderr).toBe(message);
  });

  it('ends although nobody hears its complaints', async () => {
    const streams = piped();
    const { stdout: stderr } = failing('EPIPE', piped());
    expect(await run([], { ...streams, stderr })).toBe(2);
  });
});

describe('ostiary secret', () => {
  it('prints 32 random bytes as base64url and nothing else', async () => {
    const [first, second] = [piped(), piped()];
    expect(await run(['secret'], first)).toBe(0);
    await run(['secret'], second);
    expect(first.output.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    expect(Buffer.from(first.output.stdout, 'base64url')).toHaveLength(32);
    expect(first.output.stdout).not.toBe(second.output.stdout);
    expect(first.output.stderr).toBe('');
  });
});
