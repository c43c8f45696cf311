import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { emptyFolder, runScript } from './bundled-host.ts';
import { npm } from './npm.ts';
import { bareEnvironment } from './running-host.ts';

const workspace = inject('workspace');
let folder: string;

beforeAll(() => {
  folder = emptyFolder(workspace, 'alone');
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(folder, ['install', '--no-audit', '--no-fund', '--prefer-offline', workspace.tarball]);
});

const entries = (): readonly string[] => {
  const manifest = readFileSync(join(folder, 'node_modules/ostiary/package.json'), 'utf8');
  return Object.keys((JSON.parse(manifest) as { readonly exports: object }).exports);
};

describe('the package alone', () => {
  it('brings its three dependencies, and none of theirs', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['bcryptjs', 'jose', 'ostiary', 'passport-strategy']);
  });

  it.each(['import', 'require'])('loads with every entry by %s', (format) => {
    const names = entries()
      .filter((name) => name !== './package.json')
      .map((name) => `ostiary${name.slice(1)}`);
    const load = format === 'import' ? 'await import(name)' : 'require(name)';
    const script = `(async () => { for (const name of ${JSON.stringify(names)}) console.log(name, typeof ${load}); })()`;
    const printed = runScript(folder, ['--input-type=commonjs', '--eval', script]);
    expect(printed.trim().split('\n')).toEqual(names.map((name) => `${name} object`));
  });
});

describe('the command ostiary', () => {
  const ostiary = (args: readonly string[], input = '') =>
    spawnSync(join(folder, 'node_modules/.bin/ostiary'), args, {
      cwd: folder,
      encoding: 'utf8',
      input,
      // The shebang takes the node of the path: the one that runs the tests.
      env: { ...bareEnvironment(), PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` },
    });

  it('makes a secret', () => {
    const { status, stdout } = ostiary(['secret']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[\w-]{43}\n$/);
  });

  it('hashes a password from standard input', () => {
    const { status, stdout } = ostiary(['hash', '--cost', '4'], 'a password\n');
    expect(status).toBe(0);
    const script = `require('ostiary/hashers').bcrypt({ cost: 4 }).verify('a password', ${JSON.stringify(stdout.trim())}).then(console.log)`;
    expect(runScript(folder, ['--eval', script]).trim()).toBe('true');
  });

  it('refuses a password on the command line', () => {
    expect(ostiary(['hash', 'a password']).status).toBe(2);
  });

  it('says which version it is', () => {
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/ostiary/package.json'), 'utf8'));
    expect(ostiary(['--version']).stdout.trim()).toBe(version);
  });
});
