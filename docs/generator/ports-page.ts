/** The page on ports: the interfaces under `src/core/ports` that a host may implement. */

import { basename } from 'node:path';
import ts from 'typescript';
import {
  membersOf,
  oneLine,
  parseSource,
  requireDoc,
  type Sources,
  type TypeDeclaration,
  typeNamed,
  typesOf,
  valuesOf,
} from './declarations.ts';
import { code, memberList, page, prose, valueList } from './markdown.ts';

const [folder, composition] = ['src/core/ports/', 'src/create-auth.ts'];

interface PortFile {
  readonly header: string;
  /** The interface that has the name of the file and has methods. A file without one holds what ports speak of. */
  readonly port: TypeDeclaration | undefined;
  readonly others: readonly TypeDeclaration[];
}

/** The Markdown of the page. */
export function portsPage(sources: Sources): string {
  const files = [...sources.keys()]
    .filter((path) => path.startsWith(folder))
    .sort()
    .map((path) => readPortFile(sources, path));
  const ports = files.filter(({ port }) => port !== undefined);
  const spokenOf = files.filter(({ port }) => port === undefined).flatMap(({ others }) => others);
  return page(
    'Ports',
    [`${folder}*.ts`, composition],
    [
      'A port is an interface that a host may implement. Each is handed to `createAuth`; all but the user store have an implementation here. What stands under a port is its specification: ostiary relies on every sentence.',
      ...ports.flatMap((file) => portSection(file, sources)),
      '## What the ports speak of',
      ...spokenOf.flatMap(typeSection),
    ],
  );
}

/** The names of everything that the page must have. */
export function portNames(sources: Sources): readonly string[] {
  return [...sources.keys()]
    .filter((path) => path.startsWith(folder))
    .flatMap((path) => typesOf(parseSource(sources, path)))
    .map(({ name }) => name);
}

function readPortFile(sources: Sources, path: string): PortFile {
  const file = parseSource(sources, path);
  const types = typesOf(file);
  const stem = basename(path, '.ts');
  const port = types.find((type) => kebab(type.name) === stem && hasMethods(type));
  const [header] = ts.getLeadingCommentRanges(file.text, 0) ?? [];
  if (header === undefined) throw new Error(`${path}: has no header`);
  return {
    header: oneLine(file.text.slice(header.pos + 3, header.end - 2)),
    port,
    others: types.filter((type) => type !== port),
  };
}

function portSection({ header, port, others }: PortFile, sources: Sources): readonly string[] {
  if (port === undefined) return [];
  return [
    `## ${port.name}`,
    `${header} ${handedIn(port.name, sources)}`,
    prose(requireDoc(port)),
    'It has:',
    memberList(membersOf(port)),
    ...others.flatMap(typeSection),
  ];
}

function typeSection(declaration: TypeDeclaration): readonly string[] {
  return [`### ${declaration.name}`, prose(requireDoc(declaration)), contentOf(declaration)];
}

function contentOf(declaration: TypeDeclaration): string {
  const { node } = declaration;
  if (ts.isInterfaceDeclaration(node)) return memberList(membersOf(declaration));
  const values = valuesOf(declaration);
  return values.length > 0 ? valueList(values) : code(node.type.getText());
}

/** The option of `createAuth` that takes it, and what that option says. */
function handedIn(port: string, sources: Sources): string {
  const options = membersOf(typeNamed(parseSource(sources, composition), 'AuthOptions'));
  const option = options.find(({ type }) => new RegExp(`\\b${port}\\b`).test(type));
  if (option === undefined) throw new Error(`${port}: no option of createAuth takes it`);
  return `Handed in as ${code(`createAuth({ ${option.name} })`)}. ${requireDoc(option)}`;
}

function hasMethods(type: TypeDeclaration): boolean {
  return (
    ts.isInterfaceDeclaration(type.node) && membersOf(type).some(({ node }) => ts.isMethodSignature(node))
  );
}

/** `UserStore` as `user-store`. */
function kebab(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
