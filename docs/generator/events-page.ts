/** The page on events: `src/core/events.ts`, and the types that its events speak of. */

import ts from 'typescript';
import {
  type Documented,
  type Member,
  membersIn,
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
import { code, memberList, page, prose, table, valueList } from './markdown.ts';

/** An event, with the fields it has besides those that all have. */
export interface EventEntry extends Documented {
  readonly fields: readonly Member[];
}

const path = 'src/core/events.ts';
/** What the events speak of and do not declare. */
const ports = ['src/core/ports/user-store.ts', 'src/core/ports/notifier.ts'];

const listening = `Listen to one kind with \`auth.on\`, which answers how to stop. Or listen on \`diagnostics_channel\`, to every \`createAuth\` of the process: the channel of \`login.failed\` is \`ostiary:login.failed\`.

\`\`\`ts
import { subscribe } from 'node:diagnostics_channel';
import { createAuth } from 'ostiary';
import { customers } from './your-app.js';

const auth = createAuth({ secret: process.env.AUTH_SECRET, issuer: 'https://shop.example', users: customers });
const stop = auth.on('login.failed', ({ reason, ip }) => console.warn('login failed', reason, ip));
subscribe('ostiary:token.revoked', (event) => console.info(event));
stop(); // hears no more
\`\`\`

An event is told after the fact. It is not awaited, and a listener that throws or rejects changes nothing: the process gets a warning with the code \`OSTIARY_LISTENER_FAILED\`. What an event holds is personal data where it names a user or an address: see [what is stored](../security/what-is-stored.md#in-events). Which of them deserve an alarm: [before production](../guides/before-production.md).`;

/** The Markdown of the page. */
export function eventsPage(sources: Sources): string {
  const file = parseSource(sources, path);
  const events = readEvents(sources);
  const declared = [file, ...ports.map((port) => parseSource(sources, port))].flatMap(typesOf);
  return page(
    'Events',
    [path],
    [
      'What happened, told to whoever listens. Events hold ids, never secrets.',
      listening,
      table(
        ['event', 'when'],
        events.map((event) => [code(event.name), prose(requireDoc(event))]),
      ),
      '## What every event has',
      memberList(readCommon(typeNamed(file, 'AuthEvent'), declared)),
      '## What each event has besides',
      ...events.flatMap(({ name, fields }) => [`### ${name}`, memberList(fields)]),
      '## The types of these fields',
      ...typesSpokenOf(events, declared).flatMap(typeSection),
    ],
  );
}

/** Every event of `AuthEventDetails`. */
export function readEvents(sources: Sources): readonly EventEntry[] {
  const file = parseSource(sources, path);
  return membersOf(typeNamed(file, 'AuthEventDetails')).map((event) => {
    requireDoc(event);
    if (!ts.isPropertySignature(event.node) || event.node.type === undefined) {
      throw new Error(`${event.name}: is no property with a type`);
    }
    const fields = fieldsOf(event.node.type, typesOf(file));
    return { name: event.name, doc: event.doc, tags: event.tags, fields };
  });
}

/** Own fields first; those of a named part, such as where a request came from, follow. */
function fieldsOf(type: ts.TypeNode, declared: readonly TypeDeclaration[]): readonly Member[] {
  if (ts.isTypeLiteralNode(type)) return membersIn(type.members);
  if (ts.isIntersectionTypeNode(type)) {
    return [...type.types].reverse().flatMap((part) => fieldsOf(part, declared));
  }
  if (ts.isIndexedAccessTypeNode(type)) return [];
  const named = declared.find(({ name }) => name === type.getText());
  if (named === undefined) throw new Error(`is a type that the page cannot take apart: ${type.getText()}`);
  return membersOf(named);
}

/** The fields in `AuthEvent<Name extends A> = { [Each in Name]: { … } & … }[Name]`, where `Each` is an `A`. */
function readCommon(
  { name, node }: TypeDeclaration,
  declared: readonly TypeDeclaration[],
): readonly Member[] {
  const [names] = node.typeParameters ?? [];
  const mapped = ts.isTypeAliasDeclaration(node) && ts.isIndexedAccessTypeNode(node.type) && node.type;
  if (!mapped || !ts.isMappedTypeNode(mapped.objectType) || names?.constraint === undefined) {
    throw new Error(`${name}: is not written as the page expects`);
  }
  const { type, typeParameter } = mapped.objectType;
  if (type === undefined) throw new Error(`${name}: says nothing of its fields`);
  const each = new RegExp(`\\b${typeParameter.name.text}\\b`, 'g');
  const one = names.constraint.getText();
  return fieldsOf(type, declared).map((field) => ({
    ...field,
    signature: field.signature.replace(each, one),
  }));
}

function typesSpokenOf(
  events: readonly EventEntry[],
  declared: readonly TypeDeclaration[],
): readonly TypeDeclaration[] {
  const types = new Set(events.flatMap(({ fields }) => fields.map(({ type }) => type)));
  return declared.filter(({ name }) => types.has(name));
}

function typeSection(declaration: TypeDeclaration): readonly string[] {
  const { name, node } = declaration;
  const type = ts.isTypeAliasDeclaration(node) ? node.type : undefined;
  if (type === undefined) throw new Error(`${name}: is no type that a field can be explained by`);
  const values = valuesOf(declaration);
  return [
    `### ${name}`,
    prose(requireDoc(declaration)),
    values.length > 0 ? valueList(values) : code(oneLine(type.getText()).replace(/^\| /, '')),
  ];
}
