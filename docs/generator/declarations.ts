/** Declarations of the sources and what their doc comments say, read by the compiler and not by hand. */

import ts from 'typescript';

/** The text of each source by its path from the root: `src/core/events.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** Something that has a name and may have a doc comment. */
export interface Documented {
  readonly name: string;
  /** `undefined` when there is no comment, or one without a sentence. */
  readonly doc: string | undefined;
  /** The block tags of the comment, such as `unit`. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A property or a method of an interface. */
export interface Member extends Documented {
  /** As it is written, without `readonly` and on one line: `gen?: string | null`. */
  readonly signature: string;
  /** What the colon of the signature is followed by. */
  readonly type: string;
  readonly optional: boolean;
  readonly node: ts.TypeElement;
}

/** An exported interface or type. */
export interface TypeDeclaration extends Documented {
  readonly node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration;
}

/** The file, with parents and comments. */
export function parseSource(sources: Sources, path: string): ts.SourceFile {
  const text = sources.get(path);
  if (text === undefined) throw new Error(`${path}: is not among the sources`);
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** The exported interfaces and types of a file, in its order. */
export function typesOf(file: ts.SourceFile): readonly TypeDeclaration[] {
  return file.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    .filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true)
    .map((node) => ({ name: node.name.text, ...docOf(node), node }));
}

/** The type of this name. */
export function typeNamed(file: ts.SourceFile, name: string): TypeDeclaration {
  const found = typesOf(file).find((declaration) => declaration.name === name);
  if (found === undefined) throw new Error(`${file.fileName}: exports no type ${name}`);
  return found;
}

/** The members of an interface. */
export function membersOf({ name, node }: TypeDeclaration): readonly Member[] {
  if (ts.isInterfaceDeclaration(node)) return membersIn(node.members);
  throw new Error(`${name}: is no interface`);
}

/** The members between a pair of braces. An index signature stands for what has no name, and is left out. */
export function membersIn(members: ts.NodeArray<ts.TypeElement>): readonly Member[] {
  return members
    .filter((node) => !ts.isIndexSignatureDeclaration(node))
    .map((node) => {
      if (node.name === undefined) throw new Error(`has no name: ${node.getText()}`);
      const written = onOneLine(node.getText());
      const type = ts.isPropertySignature(node) ? oneLine(node.type?.getText() ?? 'unknown') : written;
      const optional = node.questionToken !== undefined;
      return { name: nameOf(node.name), ...docOf(node), signature: written, type, optional, node };
    });
}

/** One of the values that a type may have. */
export interface Value {
  /** As it is written: `'used'`. */
  readonly text: string;
  readonly doc: string;
}

/** The values of a union that explains them; none of another type. One value without a comment is a hole. */
export function valuesOf({ name, node }: TypeDeclaration): readonly Value[] {
  const union = ts.isTypeAliasDeclaration(node) ? node.type : undefined;
  const values = union !== undefined && ts.isUnionTypeNode(union) ? valuesIn(union) : [];
  const holes = values.filter(({ doc }) => doc === '');
  if (holes.length === values.length) return [];
  if (holes.length === 0) return values;
  throw new Error(`${name}: says nothing of ${holes.map(({ text }) => text).join()}`);
}

/** The object that a file exports as `const name = { … }`. */
export function objectNamed(file: ts.SourceFile, name: string): ts.ObjectLiteralExpression {
  for (const statement of file.statements.filter(ts.isVariableStatement)) {
    const [declaration] = statement.declarationList.declarations;
    if (declaration?.name.getText() !== name) continue;
    const { initializer } = declaration;
    const value =
      initializer !== undefined && ts.isAsExpression(initializer) ? initializer.expression : initializer;
    if (value !== undefined && ts.isObjectLiteralExpression(value)) return value;
  }
  throw new Error(`${file.fileName}: has no object ${name}`);
}

/** The entries of such an object. */
export function entriesOf(
  object: ts.ObjectLiteralExpression,
): readonly (Documented & { readonly node: ts.PropertyAssignment })[] {
  return object.properties.map((node) => {
    if (!ts.isPropertyAssignment(node)) throw new Error(`is no plain entry: ${node.getText()}`);
    return { name: nameOf(node.name), ...docOf(node), node };
  });
}

/** What the doc comment says. A page with a hole in it is worse than none. */
export function requireDoc({ name, doc }: Documented): string {
  if (doc === undefined) throw new Error(`${name}: has no doc comment, which its page is made of`);
  return doc;
}

/** The doc comment of a node: its sentences with the line ends as they are, and its tags. */
function docOf(node: ts.Node): Omit<Documented, 'name'> {
  // The header of the file is not the comment of what comes first in it.
  const comment = ts
    .getJSDocCommentsAndTags(node)
    .filter((each) => ts.isJSDoc(each) && each.pos > 0)
    .at(-1) as ts.JSDoc | undefined;
  const doc = plain(comment?.comment);
  const tags = (comment?.tags ?? []).map((tag) => [tag.tagName.text, plain(tag.comment)] as const);
  return { doc: doc === '' ? undefined : doc, tags: new Map(tags) };
}

/** `Two   lines` as one. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A signature without what only its lines and its types' readers need: `create(user: NewUser): Promise<…>`. */
function onOneLine(signature: string): string {
  return oneLine(signature)
    .replace(/^readonly /, '')
    .replace(/[;,]$/, '')
    .replace(/(?<=[(<])\s+(?:\| )?|,?\s+(?=[)>])/g, '');
}

function plain(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').replace(/\{@link (\w+)\}/g, '`$1`').trim();
}

/** Each with the comment in front of it, which the compiler hangs on no node. */
function valuesIn(union: ts.UnionTypeNode): readonly Value[] {
  const { text } = union.getSourceFile();
  return union.types.map((type, index) => {
    const from = index === 0 ? union.pos : (union.types[index - 1]?.end ?? 0);
    const [, comment = ''] =
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/[\s|]*$/.exec(text.slice(from, type.getStart())) ?? [];
    return { text: type.getText(), doc: oneLine(comment.replace(/^\s*\* ?/gm, ' ')) };
  });
}

function nameOf(name: ts.PropertyName): string {
  return ts.isStringLiteralLike(name) || ts.isIdentifier(name) ? name.text : name.getText();
}
