import { describe, expect, it } from 'vitest';
import {
  dependenciesBring,
  dependenciesTooMany,
  entriesDisagree,
  fieldsDisagree,
  type Lockfile,
  type OtherLists,
} from './manifest-rules.ts';
import { type Manifest, textOf } from './packed.ts';

const text = textOf('package.json');
const manifest: Manifest = JSON.parse(text);
const lockfile: Lockfile = JSON.parse(textOf('package-lock.json'));
const lists: OtherLists = { tsup: textOf('tsup.config.ts'), tsconfig: textOf('tsconfig.json') };

describe('the dependencies', () => {
  it('are three, and the peers are optional', () => {
    expect(dependenciesTooMany(manifest)).toEqual([]);
  });

  it.each([
    ['a fourth dependency', { dependencies: { ...manifest.dependencies, ms: '^2.0.0' } }, 'ms'],
    ['one less', { dependencies: { jose: '^6.0.0' } }, 'dependencies: jose, expected'],
    [
      'a peer that must be there',
      { peerDependenciesMeta: { express: { optional: true } } },
      'the peer passport',
    ],
    ['optional dependencies', { optionalDependencies: {} }, 'has optionalDependencies'],
    ['bundled dependencies', { bundleDependencies: [] }, 'has bundleDependencies'],
    ['an install script', { scripts: { postinstall: 'node x' } }, 'script postinstall'],
    ['a script that runs at npm pack', { scripts: { prepack: 'npm run build' } }, 'script prepack'],
  ])('would be caught with %s', (_, change, message) => {
    expect(dependenciesTooMany({ ...manifest, ...change }).join()).toContain(message);
  });

  it('bring nothing along and run nothing when installed', () => {
    expect(dependenciesBring(lockfile)).toEqual([]);
  });

  it.each([
    ['an install script', { hasInstallScript: true }, ['jose: has an install script']],
    ['a dependency', { dependencies: { ms: '2' } }, ['jose: brings ms']],
    ['an optional dependency', { optionalDependencies: { ms: '2' } }, ['jose: brings ms']],
  ])('would be caught with %s of their own', (_, locked, problems) => {
    const packages = { ...lockfile.packages, 'node_modules/jose': locked };
    expect(dependenciesBring({ packages })).toEqual(problems);
  });

  it('would be caught outside of the lockfile', () => {
    expect(dependenciesBring({ packages: {} })).toContain('jose: is not in the lockfile');
  });
});

describe('package.json', () => {
  it('says in its older fields what it says in exports, and asks for the Node that is compiled for', () => {
    expect(fieldsDisagree(manifest, lists.tsup)).toEqual([]);
  });

  it.each([
    ['type', { type: 'commonjs' }],
    ['sideEffects', { sideEffects: true }],
    ['engines.node', { engines: { node: '>=18' } }],
    ['bin.ostiary', { bin: { ostiary: './dist/cli.js' } }],
    ['main', { main: './dist/index.js' }],
    ['types', { types: './dist/index.d.ts' }],
    ['exports["./package.json"]', { exports: { '.': manifest.exports['.'] } as Manifest['exports'] }],
  ])('would be caught with another %s', (field, change) => {
    const [problem, ...others] = fieldsDisagree({ ...manifest, ...change }, lists.tsup);
    expect(problem?.split(':')[0]).toBe(field);
    expect(others).toEqual([]);
  });

  it('would be caught when only the compiler moves to a newer Node', () => {
    expect(fieldsDisagree(manifest, lists.tsup.replace('node20.19', 'node22.12')).join()).toContain(
      'engines.node',
    );
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/support-policy.md'])(
    'names the Node that %s names',
    (page) => {
      const [least] = /\d+\.\d+/.exec(manifest.engines['node'] ?? '') ?? [];
      expect(textOf(page)).toContain(`${least} `);
    },
  );
});

describe('an entry', () => {
  it('is whole', () => {
    expect(entriesDisagree(manifest, lists)).toEqual([]);
  });

  it.each([
    ['not built', { tsup: lists.tsup.replace(/^ {2}jwt: .*\n/m, '') }, 'tsup.config.ts: '],
    [
      'built and not exported',
      { tsup: lists.tsup.replace('  jwt:', "  sql: 'src/sql.ts',\n  jwt:") },
      'tsup.config.ts: ',
    ],
    [
      'built from another file',
      { tsup: lists.tsup.replace('src/jwt/index.ts', 'src/jwt/issue.ts') },
      'tsconfig.json, ./jwt',
    ],
    [
      'tested as another file',
      { tsconfig: lists.tsconfig.replace('src/jwt/index.ts', 'src/jwt/issue.ts') },
      'tsconfig.json, ./jwt',
    ],
  ])('would be caught when it is %s', (_, change, message) => {
    expect(entriesDisagree(manifest, { ...lists, ...change }).join()).toContain(message);
  });

  it.each([
    [
      'without types for CommonJS',
      '"types": "./dist/jwt.d.cts",',
      '"types": "./dist/jwt.d.ts",',
      'exports["./jwt"]',
    ],
    [
      'with the file of another',
      '"default": "./dist/jwt.js"',
      '"default": "./dist/index.js"',
      'exports["./jwt"]',
    ],
    [
      'with the older types of another',
      '["./dist/jwt.d.cts"]',
      '["./dist/index.d.cts"]',
      'typesVersions, jwt',
    ],
  ])('would be caught %s', (_, from, to, message) => {
    const flat = text.replace(/\[\s+("[^"]+")\s+\]/g, '[$1]');
    expect(flat).toContain(from);
    expect(entriesDisagree(JSON.parse(flat.replace(from, to)), lists).join()).toContain(message);
  });
});
