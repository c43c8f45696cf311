/** Arrows point down only, and never in a circle. */

import ts from 'typescript';
import { house, type Room, roomOf } from './house.ts';
import { importsOf, parse, type Rule, type SourceTree, scripts } from './source-tree.ts';

/** Every file has a room, and imports only from its own and from those its row names. */
export const arrowsPointDown: Rule = (tree) =>
  scripts(tree, 'src/').flatMap(([path, text]) => {
    const room = roomOf(path);
    if (room === undefined) return [`${path}: is in no room of the table`];
    return importsOf(path, text).flatMap(({ target }) => {
      const wrong = target === undefined ? undefined : wrongArrow(room, target, tree);
      return wrong === undefined ? [] : [`${path}: ${wrong}`];
    });
  });

function wrongArrow(from: Room, target: string, tree: SourceTree): string | undefined {
  const to = roomOf(target);
  if (to === undefined) return `imports ${target}, which is in no room`;
  if (to === from) return undefined;
  if (from.imports === 'entries') {
    return entryFiles(tree).includes(target) ? undefined : `imports ${target}, which is not public`;
  }
  if (to.holds.every((held) => from.imports.includes(held))) return undefined;
  const direction = to.floor === from.floor ? 'sideways' : to.floor > from.floor ? 'upward' : 'past its row';
  return `imports ${direction}: ${target}`;
}

/** The sources that the package exports, as `tsconfig.json` maps them. */
export function entryFiles(tree: SourceTree): readonly string[] {
  const { compilerOptions } = JSON.parse(tree.get('tsconfig.json') ?? '{"compilerOptions":{"paths":{}}}');
  return Object.values<string[]>(compilerOptions.paths).map(([file]) => (file ?? '').replace('./', ''));
}

/** Built-ins and packages are asked for only where the table says. Types of a package count: they reach the host. */
export const packagesAreAtHome: Rule = (tree) =>
  scripts(tree, 'src/').flatMap(([path, text]) =>
    importsOf(path, text)
      .filter(({ specifier, target }) => target === undefined && !mayBuy(path, specifier))
      .map(({ specifier }) => `${path}: imports ${specifier}`),
  );

function mayBuy(path: string, specifier: string): boolean {
  const buys = roomOf(path)?.buys ?? [];
  if (buys === 'built-ins') return specifier.startsWith('node:');
  return buys.some((bought) =>
    typeof bought === 'string'
      ? bought === specifier
      : bought.name === specifier && path === `src/${bought.only}`,
  );
}

/** Rooms that hold types only: no statement there leaves anything behind at run time. */
export const portsAreTypes: Rule = (tree) =>
  scripts(tree, 'src/')
    .filter(([path]) => roomOf(path)?.typesOnly)
    .flatMap(([path, text]) =>
      parse(path, text)
        .statements.filter((statement) => !isType(statement))
        .map((statement) => `${path}: has runtime code: ${statement.getText().slice(0, 60)}`),
    );

function isType(statement: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return true;
  if (ts.isImportDeclaration(statement)) return statement.importClause?.isTypeOnly ?? false;
  return ts.isExportDeclaration(statement) && statement.isTypeOnly;
}

/** What changes the types of a whole program stands alone in files that hosts ask for: nothing of ours brings it along. */
export const augmentationsAreAskedFor: Rule = (tree) =>
  scripts(tree, 'src/').flatMap(([path, text]) => [
    ...(isAugmentation(path) ? [] : globalsIn(path, text)),
    ...importsOf(path, text)
      .filter(({ target }) => target !== undefined && isAugmentation(target))
      .map(({ target }) => `${path}: brings ${target} along`),
  ]);

function isAugmentation(path: string): boolean {
  return path.endsWith('/augment.ts');
}

function globalsIn(path: string, text: string): readonly string[] {
  return parse(path, text)
    .statements.filter((statement) => ts.isModuleDeclaration(statement) && statement.name.text === 'global')
    .map(() => `${path}: changes the types of the whole program`);
}

/** No file imports itself through others. Types count: a circle of types is one module in two files. */
export const noCircles: Rule = (tree) => {
  const targets = new Map(
    scripts(tree, 'src/').map(([path, text]) => [path, importsOf(path, text).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push(`${path}: imports itself: ${[...trail.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) if (target !== undefined) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return circles;
};

/** The table itself: a row names rooms that exist, all of them below its own. */
export function wrongRows(rooms: readonly Room[] = house): readonly string[] {
  return rooms.flatMap((room) => {
    const imports = room.imports === 'entries' ? [] : room.imports;
    return imports
      .filter((held) => !rooms.some((other) => other.floor < room.floor && other.holds.includes(held)))
      .map((held) => `${room.row[0]}: may import ${held}, which is not below it`);
  });
}
