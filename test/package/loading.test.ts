import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { loadedBy, loadedToDo } from './loaded-files.ts';

const { folder } = inject('workspace');
const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/ostiary/package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

const cryptography = ['crypto'];
const hashing = ['crypto', 'os', 'worker_threads'];

/** What each entry loads: packages by `import` and by `require`, and parts of Node. */
const table: readonly (readonly [string, readonly string[], readonly string[], readonly string[]])[] = [
  // jose is compiled into the CommonJS files: Jest cannot load its ES modules.
  ['ostiary', ['jose'], [], [...hashing, 'diagnostics_channel'].sort()],
  ['ostiary/jwt', ['jose'], [], cryptography],
  // bcryptjs is compiled into the source of the worker, which has no files.
  ['ostiary/hashers', [], [], hashing],
  ['ostiary/stores/memory', [], [], []],
  ['ostiary/express', [], [], []],
  ['ostiary/express/augment', [], [], []],
  ['ostiary/passport', ['passport-strategy'], ['passport-strategy'], []],
];

describe('an entry', () => {
  it.each(table)('loads what it needs and no more: %s', (entry, imported, required, builtins) => {
    const byImport = { packages: imported, builtins, endings: ['.js'], lists: [] };
    expect(loadedBy(folder, entry, 'import')).toEqual(byImport);
    const byRequire = { packages: required, builtins, endings: ['.cjs'], lists: [] };
    expect(loadedBy(folder, entry, 'require')).toEqual(byRequire);
  });

  it('is in the table', () => {
    const entries = Object.keys(manifest.exports).map((name) => `ostiary${name.slice(1)}`);
    const listed = table.map(([entry]) => entry);
    expect(entries.filter((entry) => entry !== 'ostiary/package.json').sort()).toEqual([...listed].sort());
  });
});

it('loads nothing that is not declared', () => {
  const loaded = new Set(table.flatMap(([, imported, required]) => [...imported, ...required]));
  expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining([...loaded]));
});

describe('the list of common passwords', () => {
  const login = "login({ identifier: 'ann', password: 'right password' })";
  const register = "register({ email: 'eve@mail.example', password: 'correct horse battery' })";

  it.each(['import', 'require'] as const)('is not loaded for a login: %s', (format) => {
    expect(loadedToDo(folder, login, format).lists).toEqual([]);
  });

  it('is loaded for the first new password', () => {
    expect(loadedToDo(folder, register, 'require').lists).toEqual(['common-password-list.cjs']);
  });

  it('is the same file for the ES modules, which a small one hands to them', () => {
    const [handing = '', ...others] = loadedToDo(folder, register, 'import').lists;
    expect(others).toEqual(['common-password-list.cjs']);
    expect(statSync(join(folder, 'node_modules/ostiary/dist', handing)).size).toBeLessThan(300);
  });
});
