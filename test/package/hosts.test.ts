import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { bundleWithEsbuild, bundleWithWebpack, runScript } from './bundled-host.ts';
import { expected } from './hosts/expected.cjs';
import { walkThrough } from './running-host.ts';

const workspace = inject('workspace');
const hosts = join(workspace.folder, 'hosts');

describe('the packed package', () => {
  it.each([
    ['CommonJS on Express 5', ['commonjs/server.js']],
    ['CommonJS on Express 4', ['commonjs/server.js', 'express4']],
    ['ES modules on Express 5', ['esm/server.js']],
    ['ES modules on Express 4', ['esm/server.js', 'express4']],
    ['TypeScript, run by tsx', ['../node_modules/tsx/dist/cli.mjs', 'typescript/server.ts']],
  ])('works in %s', async (_, args) => {
    expect(await walkThrough(hosts, args)).toEqual(expected);
  });

  it('works in Nest, with decorators compiled to CommonJS', async () => {
    runScript(workspace.folder, ['node_modules/typescript/bin/tsc', '-p', 'hosts/nest']);
    expect(await walkThrough(hosts, ['nest/dist/nest/main.js'])).toEqual(expected);
  });

  it.each(['esm', 'esm in chunks', 'cjs'] as const)(
    'works bundled and minified by esbuild as %s',
    async (kind) => {
      const { folder, file } = bundleWithEsbuild(workspace, kind);
      expect(await walkThrough(folder, [file])).toEqual(expected);
    },
  );

  it('works in one file, bundled by webpack', async () => {
    const { folder, file } = bundleWithWebpack(workspace);
    expect(await walkThrough(folder, [file])).toEqual(expected);
  });

  it('works in Jest on CommonJS', () => {
    const jest = join(workspace.folder, 'node_modules/jest/bin/jest.js');
    const report = JSON.parse(runScript(join(hosts, 'jest'), [jest, '--json']));
    expect(report).toMatchObject({ success: true, numPassedTests: 2, numTotalTests: 2 });
  });

  it('works in vitest, as it comes and inlined', () => {
    const vitest = join(workspace.folder, 'node_modules/vitest/vitest.mjs');
    const report = JSON.parse(runScript(join(hosts, 'vitest'), [vitest, 'run', '--reporter=json']));
    expect(report).toMatchObject({ success: true, numPassedTests: 4, numTotalTests: 4 });
  });
});
