import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { installation } from './consumer-installation.ts';
import { expectSound } from './consumer-matrix.ts';
import { compile } from './consumer-program.ts';
import { formatsOf, settings } from './consumer-settings.ts';

const workspace = inject('workspace');

describe('the declarations', () => {
  it.each(settings)('need no other types, with TypeScript $typescript and $resolution', (setting) => {
    const application = installation(workspace, 'alone', ['ostiary']);
    const program = { application, name: 'alone', sources: ['without-node'], types: [] };
    const files = formatsOf(setting).map((format) => `${format}/without-node/host.d.ts`);
    expectSound(compile(workspace, setting, program), files);
  });
});

describe('the applications', () => {
  const folder = fileURLToPath(new URL('consumers', import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?ts$/.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n');
  const manifest = JSON.parse(
    readFileSync(join(workspace.folder, 'node_modules/ostiary/package.json'), 'utf8'),
  );
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');

  it.each(entries)('name all that is exported by %s', (entry) => {
    const types = manifest.exports[entry].import.types;
    const text = readFileSync(join(workspace.folder, 'node_modules/ostiary', types), 'utf8');
    expect(sources).toContain(`'${entry.replace('.', 'ostiary')}'`);
    expect(exportedBy(text).filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
  });

  it('are told of more than one name', () => {
    expect(exportedBy("export { type A, b as B } from './a.js';\nexport { C };")).toEqual(['A', 'B', 'C']);
  });
});

function exportedBy(declarations: string): readonly string[] {
  return [...declarations.matchAll(/^export \{([^}]*)\}/gm)]
    .flatMap(([, list]) => (list ?? '').split(','))
    .map((item) =>
      item
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '');
}
