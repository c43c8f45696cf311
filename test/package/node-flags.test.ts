import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { runScript } from './bundled-host.ts';
import { expected, expectedOfScrypt } from './hosts/expected.cjs';
import { startHost, walkThrough } from './running-host.ts';

const hosts = join(inject('workspace').folder, 'hosts');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

describe("Node's permission model", () => {
  const permission = [
    major > 22 || (major === 22 && minor >= 13) ? '--permission' : '--experimental-permission',
    '--allow-fs-read=*',
    ...(major >= 25 ? ['--allow-net'] : []),
  ];

  it('answers a login by bcrypt with 500, and says in a warning what to do', async () => {
    const host = await startHost(hosts, [...permission, 'commonjs/server.js']);
    try {
      const body = new URLSearchParams({ username: 'ann', password: 'right password' });
      const login = await fetch(`${host.url}/login`, { method: 'POST', body });
      expect(login.status).toBe(500);
      expect(await login.json()).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
      await expect
        .poll(() => host.complaints())
        .toMatch(/Warning: hasher: .*--allow-worker, or use scrypt\(\)/);
    } finally {
      await host.stop();
    }
  });

  it('lets scrypt work', async () => {
    const args = [...permission, 'commonjs/server.js', 'scrypt'];
    expect(await walkThrough(hosts, args)).toEqual(expectedOfScrypt);
  });

  it('lets bcrypt work where threads are allowed', async () => {
    const args = [...permission, '--allow-worker', 'commonjs/server.js'];
    expect(await walkThrough(hosts, args)).toEqual(expected);
  });
});

describe('without Object.prototype.__proto__', () => {
  const applications = [
    ['CommonJS on Express 5', ['commonjs/server.js']],
    ['CommonJS on Express 4', ['commonjs/server.js', 'express4']],
    ['ES modules on Express 5', ['esm/server.js']],
    ['ES modules on Express 4', ['esm/server.js', 'express4']],
  ] as const;

  it.each(applications)('works in %s where it is deleted', async (_, args) => {
    expect(await walkThrough(hosts, ['--disable-proto=delete', ...args])).toEqual(expected);
  });

  it.each(applications)('works in %s where it throws for everybody but Passport', async (_, args) => {
    const flags = ['--disable-proto=throw', '--require', './allow-proto-for-passport.cjs'];
    expect(await walkThrough(hosts, [...flags, ...args])).toEqual(expected);
  });

  it.each([
    ['passport', true],
    ['ostiary', false],
    ['ostiary/passport', false],
    ['ostiary/express', false],
  ])('needs the exception for Passport alone: %s', (name, refused) => {
    const load = () => runScript(hosts, ['--disable-proto=throw', '--eval', `require('${name}')`]);
    if (refused) expect(load).toThrow('ERR_PROTO_ACCESS');
    else expect(load).not.toThrow();
  });
});

it('works in a process that may not make code of text', async () => {
  const args = ['--disallow-code-generation-from-strings', 'commonjs/server.js'];
  expect(await walkThrough(hosts, args)).toEqual(expected);
});
