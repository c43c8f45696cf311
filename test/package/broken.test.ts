/** The checks of this suite, on packages that break one promise each: every check must notice. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { brokenPackage, type Change } from './broken-package.ts';
import { runScript } from './bundled-host.ts';
import { identityOf, oneIdentity } from './class-identity.ts';
import { exchangeOf, fullExchange } from './exchanged-parts.ts';
import { expected } from './hosts/expected.cjs';
import { loadedBy } from './loaded-files.ts';
import { walkThrough } from './running-host.ts';

const workspace = inject('workspace');
const broken = (name: string, ...changes: readonly Change[]): string =>
  brokenPackage(workspace, name, changes);

describe('the checks', () => {
  it('pass on the package that is built here without a change', async () => {
    const folder = broken('nowhere');
    expect(loadedBy(folder, 'ostiary/express', 'import').packages).toEqual([]);
    expect(identityOf(folder)).toEqual(oneIdentity);
    expect(exchangeOf(folder)).toEqual(fullExchange);
    expect(await walkThrough(join(folder, 'hosts'), ['mixed/server.js', 'logOut'])).toEqual(expected);
    expect(jestFailure(folder)).toBe('');
  });

  it('notice an entry that imports express', () => {
    const file = 'src/express/middleware.ts';
    const find = "import type { HttpRequest } from '../http/request.ts';";
    const folder = broken('express', { file, find, replace: `import 'express';\n${find}` });
    expect(loadedBy(folder, 'ostiary/express', 'import').packages).toContain('express');
    expect(loadedBy(folder, 'ostiary/express', 'require').packages).toContain('express');
  });

  it('notice entries that have their own classes each', () => {
    const folder = broken('splitting', {
      file: 'tsup.config.ts',
      find: 'splitting: true',
      replace: 'splitting: false',
    });
    expect(identityOf(folder)).toEqual(
      expect.arrayContaining([expect.stringMatching(/\.\/hashers: not AuthError/)]),
    );
  });

  it('notice jose, which is not compiled into CommonJS', () => {
    const folder = broken('jose', {
      file: 'tsup.config.ts',
      find: "noExternal: ['jose']",
      replace: 'noExternal: []',
    });
    expect(loadedBy(folder, 'ostiary', 'require').packages).toEqual(['jose']);
    expect(jestFailure(folder)).toMatch(/jose/);
  });

  it('notice a list of common passwords that CommonJS asks Node to import', () => {
    const folder = broken('list', {
      file: 'tsup.config.ts',
      find: 'plugins: [requireOwnFiles()]',
      replace: 'plugins: []',
    });
    expect(jestFailure(folder)).toMatch(/ERR_CONFIG_INVALID/);
  });

  it('notice errors that the other format does not know', () => {
    const change = {
      file: 'src/core/errors.ts',
      find: "Symbol.for('ostiary.AuthError')",
      replace: 'Symbol()',
    };
    expect(identityOf(broken('brand', change)).filter((line) => /not isOfOther/.test(line))).not.toEqual([]);
  });

  it('notice a request that each format remembers for itself', async () => {
    const file = 'src/http/request-memory.ts';
    const find = /Symbol\.for\('ostiary\.request[^']*'\)/;
    const folder = broken('memory', { file, find, replace: 'Symbol()' });
    expect(await walkThrough(join(folder, 'hosts'), ['mixed/server.js', 'logOut'])).not.toEqual(expected);
  });

  it('notice a format that has another name for the stamp a request came with', async () => {
    const folder = broken('arrived');
    renameInModules(folder, 'arrived');
    for (const names of ['requireAuth', 'serializeSessions'])
      expect(revived(await walkThrough(join(folder, 'hosts'), ['mixed/server.js', names]))).toHaveLength(1);
  });

  it('notice sessions that no logout denies', async () => {
    const find = /\bsessions\.end\(\{[^}]*\}\)/;
    const change = { file: 'src/http/login-session.ts', find, replace: 'sessions' };
    const hosts = join(broken('denies-nothing', change), 'hosts');
    for (const args of [
      ['commonjs/server.js'],
      ['esm/server.js'],
      ['mixed/server.js', 'logOut,sessionLogin'],
    ])
      expect(revived(await walkThrough(hosts, args))).toHaveLength(5);
  });

  it('notice a ring that is known in its own format only', () => {
    const change = {
      file: 'src/jwt/key-ring.ts',
      find: /Symbol\.for\('[^']*KeyRing[^']*'\)/,
      replace: 'Symbol()',
    };
    const lines = exchangeOf(broken('ring', change)).filter((line) => !fullExchange.includes(line));
    expect(lines).toEqual([
      expect.stringMatching(/^ring of import in require: ERR_CONFIG_INVALID/),
      expect.stringMatching(/^ring of require in import: ERR_CONFIG_INVALID/),
    ]);
  });
});

/** What must be refused in a walk, and lets somebody in. */
function revived(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => line !== expected[index] && /GET \/private 200/.test(line));
}

/** Gives a property of the ES modules another name: what an older or newer version in the other format might have. */
function renameInModules(folder: string, property: string): void {
  const dist = join(folder, 'node_modules/ostiary/dist');
  const texts = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ path: join(dist, name), text: readFileSync(join(dist, name), 'utf8') }));
  const found = texts.filter(({ text }) => text.includes(`.${property}`));
  expect(found).not.toEqual([]);
  for (const { path, text } of found) writeFileSync(path, text.replaceAll(`.${property}`, '.renamed'));
}

/** What Jest complains of, or nothing. */
function jestFailure(folder: string): string {
  try {
    runScript(join(folder, 'hosts/jest'), [join(folder, 'node_modules/jest/bin/jest.js')]);
    return '';
  } catch (error) {
    return String(Reflect.get(Object(error), 'stderr'));
  }
}
