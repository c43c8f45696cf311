import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './packed.ts';

/** Stands for git and npm: writes down how it was called, and fails or warns when it is told to. */
const stand = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { basename } = require('node:path');
const called = [basename(process.argv[1]), ...process.argv.slice(2)].join(' ');
appendFileSync(process.env.STAND_LOG, called + '\\n');
if (called.startsWith('npm pack')) {
  console.log(JSON.stringify([{ name: 'ostiary', version: '0', size: 1, unpackedSize: 1, files: [] }]));
}
if (called.startsWith('npm publish')) console.error(process.env.STAND_WARNS);
process.exitCode = called === process.env.STAND_FAILS ? 1 : 0;
`;
const checks = ['npm run check', 'npm test', 'npm run test:package'];
const login = 'npm warn publish This command requires you to be logged in to https://a.example/ (dry-run)';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostiary-release-'));
  for (const name of ['git', 'npm']) writeFileSync(join(folder, name), stand, { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

// Windows starts no file by its first line.
describe.skipIf(process.platform === 'win32')('before a release', () => {
  it('all checks and all tests run, and then npm rehearses', () => {
    const { status, called } = rehearsed({ warns: login });
    expect(called.filter((line) => checks.includes(line))).toEqual(checks);
    expect(called.at(-1)).toMatch(/^npm publish --dry-run --ignore-scripts .*--tag latest$/);
    expect(status).toBe(0);
  });

  it.each(checks)('nothing goes on after a failure of: %s', (fails) => {
    const { status, called, stderr } = rehearsed({ fails });
    expect(status).toBe(1);
    expect(called.at(-1)).toBe(fails);
    expect(stderr).toContain(`Not to be published: '${fails}' failed.`);
  });

  it('nothing goes out that npm would correct', () => {
    const { status, stderr } = rehearsed({
      warns: 'npm warn publish "bin[ostiary]" was invalid and removed',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('Not to be published: npm would change what is sent');
  });
});

function rehearsed({ fails = '', warns = '' }: { readonly fails?: string; readonly warns?: string }): {
  readonly status: number | null;
  readonly stderr: string;
  readonly called: readonly string[];
} {
  const log = join(folder, 'log');
  rmSync(log, { force: true });
  const { status, stderr } = spawnSync(process.execPath, ['test/release/before-publish.mjs', '--dry'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: [folder, process.env['PATH']].join(delimiter),
      STAND_LOG: log,
      STAND_FAILS: fails,
      STAND_WARNS: warns,
    },
  });
  return { status, stderr, called: readFileSync(log, 'utf8').trim().split('\n') };
}
