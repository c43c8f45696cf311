/** The checks of this suite, on packages that break one promise each: every check must notice. */

import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { brokenPackage, type Change } from './broken-package.ts';
import { runScript } from './bundled-host.ts';
import { identityOf, oneIdentity } from './class-identity.ts';
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
    const folder = broken('memory', { file, find: "Symbol.for('ostiary.request')", replace: 'Symbol()' });
    expect(await walkThrough(join(folder, 'hosts'), ['mixed/server.js', 'logOut'])).not.toEqual(expected);
  });
});

/** What Jest complains of, or nothing. */
function jestFailure(folder: string): string {
  try {
    runScript(join(folder, 'hosts/jest'), [join(folder, 'node_modules/jest/bin/jest.js')]);
    return '';
  } catch (error) {
    return String(Reflect.get(Object(error), 'stderr'));
  }
}
