/** The traces in `docs/architecture.md`, held against the sources. */

import ts from 'typescript';
import { parse, type SourceTree } from '../structure/source-tree.ts';

/** A row of a trace. */
interface Step {
  readonly number: number;
  readonly path: string;
  readonly name: string;
  readonly does: string;
}

/** A function, with the names of what it calls, in the order in which that is done. */
interface Declared {
  readonly name: string;
  readonly calls: readonly string[];
}

/** Steps that a framework or the application takes: no function of ours calls them. */
const fromOutside = /^(Passport calls|The application mounts)/;
/** Where the services are wired: what it calls is called by whoever has `auth`. */
const composition = 'src/core/auth.ts';

/** The traces of a page: each begins with step 1. */
export function tracesOf(page: string): readonly (readonly Step[])[] {
  const rows = page.matchAll(/^\| (\d+) \| `([^`]+)` \| `([^`]+)` \| ([^|]*) \|/gm);
  const steps = [...rows].map(([, number, file, name = '', does = '']) => {
    return { number: Number(number), path: `src/${file}`, name, does };
  });
  const starts = steps.flatMap(({ number }, index) => (number === 1 ? [index] : []));
  return starts.map((start, index) => steps.slice(start, starts[index + 1]));
}

/** What a trace says that the sources do not, as `step: what`. */
export function falseSteps(trace: readonly Step[], tree: SourceTree): readonly string[] {
  const files = [...trace.map(({ path }) => path), composition];
  const declared = new Map(files.map((path) => [path, functionsIn(path, tree.get(path))]));
  const callsIn = (path: string): readonly string[] =>
    declared.get(path)?.flatMap(({ calls }) => calls) ?? [];
  return trace.flatMap((step, index) => {
    const at = `${step.number} ${step.path} ${step.name}`;
    if (step.number !== index + 1) return [`${at}: is not counted`];
    if (!tree.has(step.path)) return [`${at}: there is no such file`];
    const found = declared.get(step.path)?.find(({ name }) => name === step.name);
    if (found === undefined) return [`${at}: there is no such function in it`];
    const before = [...trace.slice(0, index).map(({ path }) => path), composition];
    const isCalled = fromOutside.test(step.does) || before.some((path) => callsIn(path).includes(step.name));
    return [
      ...(isCalled ? [] : [`${at}: no step before it has a file that calls it`]),
      ...tooSoon(found, trace.slice(index + 1)).map(
        (name) => `${at}: calls ${name} sooner than the trace says`,
      ),
    ];
  });
}

/** Of the steps that a function takes itself, those that come before one that the trace has in front of them. */
function tooSoon({ calls }: Declared, later: readonly Step[]): readonly string[] {
  const names = [...new Set(later.map(({ name }) => name))].filter((name) => calls.includes(name));
  return names.slice(1).filter((name, index) => calls.indexOf(name) < calls.indexOf(names[index] ?? ''));
}

/** The functions and methods of a file. */
function functionsIn(path: string, text = ''): readonly Declared[] {
  const found: Declared[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name !== undefined) {
      found.push({ name: node.name.getText(), calls: callsBelow(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(path, text));
  return found;
}

/** Arguments are made before the call, and functions among them run during it. */
function callsBelow(node: ts.Node): readonly string[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  if (!ts.isCallExpression(node)) return children.flatMap(callsBelow);
  const callee = calleeOf(node);
  return [
    ...children.filter((child) => !ts.isFunctionLike(child)).flatMap(callsBelow),
    ...(callee === undefined ? [] : [callee]),
    ...children.filter((child) => ts.isFunctionLike(child)).flatMap(callsBelow),
  ];
}

function calleeOf({ expression }: ts.CallExpression): string | undefined {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : undefined;
}
