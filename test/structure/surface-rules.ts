/** What a host reads and copies agrees with the sources: codes, entries, examples, the printed table. */

import { posix } from 'node:path';
import ts from 'typescript';
import { house } from './house.ts';
import { entryFiles } from './import-rules.ts';
import { importsOf, parse, type Rule, type SourceTree, scripts, walk } from './source-tree.ts';

const errors = 'src/core/errors.ts';
const statuses = 'src/http/status.ts';
const reference = 'docs/reference/errors.md';
const architecture = 'docs/architecture.md';

/** Every code has a status and a row in the reference, with the same number; nothing else has one. */
export const codesAreDocumented: Rule = (tree) => {
  const absent = [errors, statuses, reference].filter((path) => !tree.has(path));
  if (absent.length > 0) return absent.map((path) => `${path}: is missing`);
  const codes = codesIn(tree.get(errors) ?? '');
  const status = statusesIn(tree.get(statuses) ?? '');
  const rows = rowsIn(tree.get(reference) ?? '');
  if (codes.length === 0) return [`${errors}: has no codes`];
  return [
    ...differences(statuses, codes, [...status.keys()]),
    ...differences(reference, codes, [...rows.keys()]),
    ...codes
      .filter((code) => status.has(code) && rows.has(code) && rows.get(code) !== status.get(code))
      .map(
        (code) =>
          `${reference}: says ${rows.get(code)} for ${code}, which is answered with ${status.get(code)}`,
      ),
  ];
};

/** The members of the union `AuthErrorCode`. */
function codesIn(text: string): readonly string[] {
  const [union] = [...walk(parse(errors, text))]
    .filter(ts.isTypeAliasDeclaration)
    .filter(({ name }) => name.text === 'AuthErrorCode');
  if (union === undefined) return [];
  return [...walk(union.type)].filter(ts.isStringLiteral).map((literal) => literal.text);
}

/** The properties of the table `ERR_X: { status: 401 }`, each with the first number in it. */
function statusesIn(text: string): ReadonlyMap<string, string> {
  const rows = [...walk(parse(statuses, text))]
    .filter(ts.isPropertyAssignment)
    .map(({ name, initializer }) => [name.getText().replace(/'/g, ''), firstNumber(initializer)] as const);
  return new Map(rows.filter(([name]) => name.startsWith('ERR_')));
}

function firstNumber(node: ts.Node): string {
  return [...walk(node)].find(ts.isNumericLiteral)?.text ?? 'no number';
}

/** The rows that begin with a code and a status. */
function rowsIn(markdown: string): ReadonlyMap<string, string> {
  const rows = markdown.matchAll(/^\| *`(ERR_[A-Z_]+)` *\| *(\d{3}|[^|]*)/gm);
  return new Map([...rows].map(([, code, status]) => [code ?? '', (status ?? '').trim()]));
}

function differences(path: string, codes: readonly string[], rows: readonly string[]): readonly string[] {
  return [
    ...codes.filter((code) => !rows.includes(code)).map((code) => `${path}: has no row for ${code}`),
    ...rows
      .filter((row) => !codes.includes(row))
      .map((row) => `${path}: has a row for ${row}, which is no code`),
  ];
}

/** An example is a folder to copy: it asks for public entries, built-ins, the host's packages and its own files. */
export const examplesUseThePublicEntries: Rule = (tree) => {
  const own = Object.keys(manifest(tree).exports ?? {}).map((entry) => posix.join('ostiary', entry));
  const folders = scripts(tree, 'examples/').filter(([path]) => path.split('/').length > 2);
  const alone = [...tree.keys()].filter((path) => /^examples\/[^/]+\/package\.json$/.test(path));
  return [
    ...alone.map((path) => `${path}: makes the folder a package, which cannot import 'ostiary'`),
    ...folders.flatMap(([path, text]) =>
      importsOf(path, text)
        .filter(({ specifier, target }) => {
          if (target !== undefined) return !target.startsWith(`${path.split('/').slice(0, 2).join('/')}/`);
          return isOurs(specifier) ? !own.includes(specifier) : /^[/?#]/.test(specifier);
        })
        .map(({ specifier }) => `${path}: imports ${specifier}`),
    ),
  ];
};

function isOurs(specifier: string): boolean {
  return specifier === 'ostiary' || specifier.startsWith('ostiary/');
}

/** The lists of entries are one list: `exports`, `typesVersions`, the compiler's paths and the documentation's. */
export const entriesAgree: Rule = (tree) => {
  const { exports = {}, typesVersions = {} } = manifest(tree);
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
  const names = entries.map((entry) => posix.join('ostiary', entry));
  const { compilerOptions } = JSON.parse(tree.get('tsconfig.json') ?? '{}');
  const { entryPoints } = JSON.parse(tree.get('typedoc.json') ?? '{}');
  return [
    ...unlike('tsconfig.json: paths', Object.keys(compilerOptions?.paths ?? {}), names),
    ...unlike(
      'package.json: typesVersions',
      Object.keys(typesVersions['*'] ?? {}),
      entries.filter((entry) => entry !== '.').map((entry) => entry.slice(2)),
    ),
    ...unlike('typedoc.json: entryPoints', entryPoints ?? [], entryFiles(tree)),
  ];
};

interface Manifest {
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function manifest(tree: SourceTree): Manifest {
  return JSON.parse(tree.get('package.json') ?? '{}');
}

function unlike(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  const [one, other] = [found, expected].map((list) => list.toSorted().join(', '));
  return one === other ? [] : [`${what} has ${one}, the package exports ${other}`];
}

/** The page prints the rows of the table, at least of the rooms that exist. */
export const tableIsPrinted: Rule = (tree) => {
  const page = tree.get(architecture);
  if (page === undefined) return [`${architecture}: is missing`];
  const printed = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(tidy);
  const rows = house.map((room) => ({ room, line: tidy(`| ${room.row.join(' | ')} |`) }));
  const exists = (held: string): boolean => [...tree.keys()].some((path) => path.startsWith(`src/${held}`));
  return [
    ...rows
      .filter(({ room, line }) => room.holds.some(exists) && !printed.includes(line))
      .map(({ line }) => `${architecture}: does not print this row: ${line}`),
    ...printed
      .filter((line) => rows.some(({ room }) => line.startsWith(`| ${room.row[0]} |`)))
      .filter((line) => !rows.some((row) => row.line === line))
      .map((line) => `${architecture}: prints a row that is not in the table: ${line}`),
  ];
};

function tidy(line: string): string {
  return line.replace(/\s+/g, ' ').trim();
}
