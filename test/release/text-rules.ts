/** What must stand in no file that is sent, and whose license must: each answers with what is wrong. */

import { builtinModules } from 'node:module';
import type { Contents } from './packed.ts';

/** Paths of the machine that built, and texts that look like somebody's key. */
const unwelcome: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a path of a machine',
    /(?<![\w./:-])\/(?:home|Users|root|work|tmp|private|builds|runner|var\/folders)\/[\w.-]+/,
  ],
  ['a path of a machine', /\b[A-Z]:\\{1,2}(?:Users|[a-z]+\\)/],
  ['a path of a machine', /\bfile:\/\/\/[\w]/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[\w+/]{20}/],
  ['a private key', /"d": ?"[\w-]{40,}"/],
  ['a token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b|_authToken ?=/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})/],
  ['a key of AWS', /\bAKIA[0-9A-Z]{16}\b/],
  ['a key of Stripe', /\b(?:(?:sk|rk)_(?:live|test)|whsec)_[A-Za-z0-9]{16,}/],
  // `<…>`, `$NAME` and `***` hold the place of one.
  ['a password in an address', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`]*:(?![<$*])[^\s/@"'`]+@/i],
  ['a secret that is filled in', /^[A-Z_]*SECRET=\S+/m],
];

export function unwelcomeTexts(contents: Contents): readonly string[] {
  return [...contents].flatMap(([path, text]) =>
    unwelcome.flatMap(([what, pattern]) => {
      const [found] = pattern.exec(text) ?? [];
      return found === undefined ? [] : [`${path}: holds ${what}: ${found.slice(0, 40)}`];
    }),
  );
}

/** The name behind `from`, `import` or `require`, also where the code stands in a string of other code. */
const asked = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)\\?["']([^"'\\]+)/g;

/** Parts of Node that are asked for without `node:`. A bundler may put a package of that name in their place. */
export function plainBuiltins(contents: Contents): readonly string[] {
  return [...contents]
    .filter(([path]) => path.startsWith('dist/'))
    .flatMap(([path, text]) =>
      [...new Set(namesAsked(text))]
        .filter((name) => builtinModules.includes(name) && !name.startsWith('node:'))
        .map((name) => `${path}: asks for ${name} without node:`),
    );
}

/** A project whose code is in `dist`: its version in the lockfile, and the text of its license. */
export interface CompiledIn {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * A dependency that a format never asks for at run time, and an embedded one, are compiled in: their licenses want to
 * be sent along, to the letter. The version tells whether a vulnerability of theirs is in this package.
 */
export function noticesMissing(contents: Contents, projects: readonly CompiledIn[]): readonly string[] {
  const sections = sectionsOf(contents.get('THIRD-PARTY-NOTICES') ?? '');
  const names = projects.map(({ name }) => name);
  return [
    ...projects
      .filter(({ name, license }) => sections.get(name)?.includes(license.trim()) !== true)
      .map(({ name }) => `THIRD-PARTY-NOTICES: does not hold the license of ${name}`),
    ...projects
      .filter(({ name, version }) => sections.get(name)?.includes(`\nVersion: ${version}\n`) === false)
      .map(({ name, version }) => `THIRD-PARTY-NOTICES: does not name version ${version} of ${name}`),
    ...[...sections.keys()]
      .filter((title) => !names.includes(title))
      .map((title) => `THIRD-PARTY-NOTICES: names ${title}, which is not compiled in`),
  ];
}

/** The dependencies that code in `dist` does not ask for in at least one of the two formats. */
export function compiledIn(contents: Contents, dependencies: readonly string[]): readonly string[] {
  const asks = (dependency: string, ending: RegExp): boolean =>
    [...contents].some(
      ([path, text]) =>
        ending.test(path) &&
        namesAsked(text).some((name) => name === dependency || name.startsWith(`${dependency}/`)),
    );
  return dependencies.filter((name) => !(asks(name, /^dist\/.*\.js$/) && asks(name, /^dist\/.*\.cjs$/)));
}

/** What stands below the title of each project. */
function sectionsOf(notices: string): ReadonlyMap<string, string> {
  const [, ...sections] = notices.split(/^(?=.+\n-+\n\n.*\nhttps:)/m);
  return new Map(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]));
}

function namesAsked(text: string): readonly string[] {
  return [...text.matchAll(asked)].map(([, name]) => name ?? '');
}
