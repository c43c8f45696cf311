/** The files that the rules look at: those of this checkout, or a made-up tree that breaks a rule. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Text by path from the root of the checkout, with slashes. */
export type SourceTree = ReadonlyMap<string, string>;

/** A rule answers what breaks it, each as `path: what`. */
export type Rule = (tree: SourceTree) => readonly string[];

/** Something that a file asks for: an import, a re-export, `import()`, `require()`, an import type. */
export interface Import {
  readonly specifier: string;
  /** The path that a relative specifier means. */
  readonly target: string | undefined;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The files of this checkout below these folders, and these files. Absent ones are absent. */
export function readTree(...paths: readonly string[]): SourceTree {
  return new Map(paths.flatMap(filesIn).map((path) => [path, readFileSync(root + path, 'utf8')]));
}

function filesIn(path: string): readonly string[] {
  if (!existsSync(root + path)) return [];
  if (statSync(root + path).isFile()) return [path];
  return readdirSync(root + path)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => filesIn(`${path}/${name}`));
}

/** The scripts of a tree below a folder. */
export function scripts(
  tree: SourceTree,
  folder: string,
): readonly (readonly [path: string, text: string])[] {
  return [...tree].filter(([path]) => path.startsWith(folder) && /\.(ts|mts|cts|js|mjs|cjs)$/.test(path));
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** This node and every one below it, without the comments. */
export function* walk(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) if (!ts.isJSDoc(child)) yield* walk(child);
}

export function importsOf(path: string, text: string): readonly Import[] {
  return [...walk(parse(path, text))].flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier === undefined ? [] : [{ specifier, target: targetOf(path, specifier) }];
  });
}

/** A specifier that is computed cannot be judged: it counts as the package `?`. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? undefined : textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node)) {
    return textOf(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument);
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const imports =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require') ||
    (ts.isPropertyAccessExpression(callee) && callee.name.text === 'getBuiltinModule');
  return imports ? textOf(node.arguments[0]) : undefined;
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '?';
}

function targetOf(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ''));
}
