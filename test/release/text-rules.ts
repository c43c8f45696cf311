/** What must stand in no file that is sent, and whose license must: each answers with what is wrong. */

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

/** A project whose code is in `dist`: a line of that code, and the text of its license. */
export interface CompiledIn {
  readonly name: string;
  readonly license: string;
}

/**
 * A dependency that a format never asks for at run time, and an embedded one, are compiled in: their licenses want to
 * be sent along. So they all are, to the letter.
 */
export function noticesMissing(contents: Contents, projects: readonly CompiledIn[]): readonly string[] {
  const notices = contents.get('THIRD-PARTY-NOTICES') ?? '';
  const titles = [...notices.matchAll(/^(.+)\n-+\n\n.*\nhttps:/gm)].map(([, title]) => title);
  const names = projects.map(({ name }) => name);
  return [
    ...projects
      .filter(({ name, license }) => !(titles.includes(name) && notices.includes(license.trim())))
      .map(({ name }) => `THIRD-PARTY-NOTICES: does not hold the license of ${name}`),
    ...titles
      .filter((title) => !names.includes(title ?? ''))
      .map((title) => `THIRD-PARTY-NOTICES: names ${title}, which is not compiled in`),
  ];
}

/** The dependencies that code in `dist` does not ask for in at least one of the two formats. */
export function compiledIn(contents: Contents, dependencies: readonly string[]): readonly string[] {
  const asks = (name: string, ending: RegExp): boolean =>
    [...contents].some(
      ([path, text]) =>
        ending.test(path) && new RegExp(`(?:\\bfrom |\\bimport |\\brequire\\()["']${name}["']`).test(text),
    );
  return dependencies.filter((name) => !(asks(name, /^dist\/.*\.js$/) && asks(name, /^dist\/.*\.cjs$/)));
}
