/** What every file keeps to, by itself. */

import { posix } from 'node:path';
import ts from 'typescript';
import { parse, type Rule, scripts, walk } from './source-tree.ts';

/** Lines. A test mirrors one source file and has more to say about it. */
const longest = (path: string): number =>
  path.startsWith('test/') || path === 'src/core/defaults.ts' ? 500 : 300;

/** A file that cannot be read at one sitting holds two things. */
export const filesAreShort: Rule = (tree) =>
  scripts(tree, '').flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > longest(path) ? [`${path}: has ${lines} lines, more than ${longest(path)}`] : [];
  });

/** Names that say nothing, and so attract everything. */
const nameless = /^(utils?|helpers?|common|misc|base|abstract|managers?|types|shared|lib)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|d|config))?\.[a-z]+$/;

export const namesSayWhatIsInside: Rule = (tree) =>
  scripts(tree, '').flatMap(([path]) => {
    const name = posix.basename(path);
    const folders = path.startsWith('src/') ? posix.dirname(path).split('/') : [];
    const empty = [name.replace(/\..*$/, ''), ...folders].find((part) => nameless.test(part));
    if (empty !== undefined) return [`${path}: '${empty}' does not say what is inside`];
    return kebab.test(name) ? [] : [`${path}: is not kebab-case`];
  });

/** An entry lists what is public, by name: no logic, no `export *`. */
export const entriesOnlyList: Rule = (tree) =>
  scripts(tree, 'src/')
    .filter(([path]) => posix.basename(path) === 'index.ts')
    .flatMap(([path, text]) =>
      parse(path, text)
        .statements.filter((statement) => !isNamedReexport(statement))
        .map((statement) => `${path}: does more than list names: ${statement.getText().slice(0, 60)}`),
    );

function isNamedReexport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return false;
  return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause);
}

/** The only places where `Date` is a value: as the clock that is there when the host hands in none. */
const defaultClocks = [
  'src/create-auth.ts',
  'src/jwt/verify-options.ts',
  'src/express/require-auth-options.ts',
  'src/stores/memory/state-store.ts',
];

/** Time, chance and settings come in from outside. Only the command line reads its surroundings. */
export const nothingIsAmbient: Rule = (tree) =>
  scripts(tree, 'src/')
    .filter(([path]) => !path.startsWith('src/cli/'))
    .flatMap(([path, text]) =>
      [...walk(parse(path, text))]
        .filter((node): node is ts.Identifier => ts.isIdentifier(node) && isValue(node))
        .filter((node) => isAmbient(node, path))
        .map((node) => `${path}: reads its surroundings: ${node.parent.getText().slice(0, 60)}`),
    );

function isAmbient(name: ts.Identifier, path: string): boolean {
  const member = memberOf(name);
  switch (name.text) {
    case 'process':
      return member !== 'emitWarning';
    case 'Math':
      return member === undefined || member === 'random';
    case 'Date':
      return (
        readsTheTime(name, member) && !(member === undefined && isBare(name) && defaultClocks.includes(path))
      );
    default:
      return name.text === 'globalThis' || name.text === 'global' || name.text === 'performance';
  }
}

/** Of a value, not of a type, and not the name of a property or of an import. */
function isValue(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isModuleDeclaration(parent)) return false;
  if (ts.isTypeNode(parent) && !ts.isExpressionWithTypeArguments(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === name;
  if (ts.isQualifiedName(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent))
    return false;
  return !(ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent));
}

/** `random` of `Math.random` and of `Math['random']`; `undefined` when the object itself is passed on or taken apart. */
function memberOf(name: ts.Identifier): string | undefined {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text;
  if (!ts.isElementAccessExpression(parent) || parent.expression !== name) return undefined;
  return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : undefined;
}

function readsTheTime(name: ts.Identifier, member: string | undefined): boolean {
  const { parent } = name;
  if (member !== undefined) return !['parse', 'UTC', 'prototype'].includes(member);
  if (ts.isNewExpression(parent) && parent.expression === name) return (parent.arguments?.length ?? 0) === 0;
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);
}

/** Passed on as it is, neither called nor constructed nor taken apart. */
function isBare(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isVariableDeclaration(parent)) return ts.isIdentifier(parent.name);
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression !== name;
  return !ts.isElementAccessExpression(parent);
}
