import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Lockfile } from './manifest-rules.ts';
import { type Contents, contentsOf, manifestIn, packed, root, textOf } from './packed.ts';
import { type CompiledIn, compiledIn, noticesMissing, plainBuiltins, unwelcomeTexts } from './text-rules.ts';

let contents: Contents;
let projects: readonly CompiledIn[];

beforeAll(() => {
  contents = contentsOf(packed());
  const names = compiledIn(contents, Object.keys(manifestIn(contents).dependencies));
  const { packages }: Lockfile = JSON.parse(textOf('package-lock.json'));
  projects = names.map((name) => ({
    name,
    version: packages[`node_modules/${name}`]?.version ?? '',
    license: licenseOf(name),
  }));
}, 60_000);

describe('the files of the package', () => {
  it('hold no path of a machine and nothing that looks like a secret', () => {
    expect(unwelcomeTexts(contents)).toEqual([]);
  });

  it.each([
    ['"/home/ann/ostiary/src/index.ts"', 'a path of a machine'],
    ['(/Users/ann/x.ts)', 'a path of a machine'],
    ['"C:\\\\Users\\\\ann"', 'a path of a machine'],
    ['import("file:///opt/x.js")', 'a path of a machine'],
    [`-----BEGIN PRIVATE KEY-----\n${'M'.repeat(64)}`, 'a private key'],
    [`{"kty":"OKP","d":"${'a'.repeat(43)}"}`, 'a private key'],
    [`eyJ${'h'.repeat(20)}.eyJ${'p'.repeat(20)}.${'s'.repeat(43)}`, 'a token'],
    [`//registry/:_authToken=npm_${'a'.repeat(36)}`, 'a token of npm'],
    [`ghp_${'a'.repeat(36)}`, 'a token of GitHub'],
    [`AKIA${'A'.repeat(16)}`, 'a key of AWS'],
    [`sk_live_${'a'.repeat(24)}`, 'a key of Stripe'],
    [`rk_test_${'a'.repeat(24)}`, 'a key of Stripe'],
    [`whsec_${'a'.repeat(32)}`, 'a key of Stripe'],
    ['"postgres://app:hunter2@db.internal:5432/app"', 'a password in an address'],
    ['postgres://user:password@localhost/app', 'a password in an address'],
    ['redis://:hunter2@cache', 'a password in an address'],
    ['https://ann:hunter2@example.com/', 'a password in an address'],
    ['PORT=3000\nAUTH_SECRET=x', 'a secret that is filled in'],
  ])('would be caught with %s', (text, what) => {
    const problems = unwelcomeTexts(new Map([['dist/index.js', text]]));
    expect(problems.join()).toContain(`dist/index.js: holds ${what}`);
  });

  it.each([
    "join('/', name)",
    '"/home"',
    'https://example.com/home/x',
    'AUTH_SECRET=\n\nPORT=3000',
    'sk_live_…',
    'postgres://localhost:5432/app',
    'postgres://app:<password>@localhost/app',
    `postgres://app:\${process.env['PASSWORD']}@localhost/app`,
    'mongodb://app:$PASSWORD@localhost/app',
    'http://localhost:3000/@ann',
  ])('may say %s', (text) => expect(unwelcomeTexts(new Map([['README.md', text]]))).toEqual([]));

  it('ask Node for its parts by `node:`, which no package of that name can stand in for', () => {
    expect(plainBuiltins(contents)).toEqual([]);
  });

  it.each([
    'import { createHash } from "crypto";',
    "import{createHash}from'crypto'",
    "import 'crypto';",
    "await import('crypto')",
    "var crypto = require('crypto');",
    'var source = "require(\\"crypto\\")";', // as in the script of the worker threads
  ])('would be caught with %s', (text) => {
    expect(plainBuiltins(new Map([['dist/index.js', text]]))).toEqual([
      'dist/index.js: asks for crypto without node:',
    ]);
    expect(plainBuiltins(new Map([['dist/index.js', text.replaceAll('crypto', 'jose')]]))).toEqual([]);
  });

  it('may ask for node:crypto', () => {
    expect(plainBuiltins(new Map([['dist/index.js', 'import "node:crypto"; require("node:os")']]))).toEqual(
      [],
    );
  });
});

describe('the licenses', () => {
  it('are found: two projects are compiled in, the third is asked for', () => {
    expect(projects.map(({ name }) => name).toSorted()).toEqual(['bcryptjs', 'jose']);
  });

  it('of what is compiled in are sent along', () => {
    expect(noticesMissing(contents, projects)).toEqual([]);
  });

  it('would be missed', () => {
    const notices = contents.get('THIRD-PARTY-NOTICES') ?? '';
    const shortened = new Map([['THIRD-PARTY-NOTICES', notices.slice(0, notices.indexOf('jose\n----'))]]);
    expect(noticesMissing(shortened, projects)).toEqual([
      'THIRD-PARTY-NOTICES: does not hold the license of jose',
    ]);
    const changed = new Map([['THIRD-PARTY-NOTICES', notices.replaceAll('Daniel Wirtz', 'Nobody')]]);
    expect(noticesMissing(changed, projects).join()).toContain('the license of bcryptjs');
  });

  it('would be caught of what is not there any more', () => {
    const [first] = projects.filter(({ name }) => name === 'jose');
    expect(noticesMissing(contents, first === undefined ? [] : [first]).join()).toContain('names bcryptjs');
  });

  it('name the version that is compiled in', () => {
    const newer = projects.map((project) => ({ ...project, version: '99.0.0' }));
    expect(noticesMissing(contents, newer).toSorted()).toEqual([
      'THIRD-PARTY-NOTICES: does not name version 99.0.0 of bcryptjs',
      'THIRD-PARTY-NOTICES: does not name version 99.0.0 of jose',
    ]);
  });

  it.each([
    ['import { a } from "jose/errors";', "var a = require('jose/jws/compact/sign');"],
    ['import { a } from "jose";', "var a = require('jose');"],
    ['import "jose/errors";', "import('jose/errors')"],
  ])('are not asked for of what both formats load: %s', (imported, required) => {
    const loading = new Map([
      ['dist/jwt.js', imported],
      ['dist/jwt.cjs', required],
    ]);
    expect(compiledIn(loading, ['jose'])).toEqual([]);
    expect(compiledIn(loading, ['jos'])).toEqual(['jos']);
  });

  it('would be missed when a dependency moves into dist', () => {
    const alone = new Map([...contents].filter(([path]) => !path.startsWith('dist/passport')));
    expect(compiledIn(alone, ['passport-strategy'])).toEqual(['passport-strategy']);
  });

  it('begin with our own, of the kind that package.json names', () => {
    expect(JSON.parse(contents.get('package.json') ?? '{}').license).toBe('MIT');
    expect(contents.get('LICENSE')).toMatch(/^(The )?MIT License/);
  });
});

function licenseOf(name: string): string {
  const folder = `node_modules/${name}`;
  const file = readdirSync(`${root}${folder}`).find((entry) => /^licen[sc]e(\.md|\.txt)?$/i.test(entry));
  return textOf(`${folder}/${file}`);
}
