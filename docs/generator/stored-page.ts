/** The page on what is stored: the registry of the state store's keys, and the types of what is kept elsewhere. */

import ts from 'typescript';
import {
  type Documented,
  entriesOf,
  membersOf,
  objectNamed,
  parseSource,
  requireDoc,
  type Sources,
  typeNamed,
} from './declarations.ts';
import { code, explainedList, list, memberList, page, prose, sentence, table } from './markdown.ts';

/** A purpose of the state store, in the words of the registry. */
export interface Purpose extends Documented {
  readonly facts: ReadonlyMap<string, string>;
}

const registry = 'src/core/state-keys.ts';
const [stamp, tokens, links, users, events] = [
  'src/core/sessions/session-stamp.ts',
  'src/core/ports/token-service.ts',
  'src/core/tokens/link-token.ts',
  'src/core/ports/user-store.ts',
  'src/core/events.ts',
];
const asked = ['id', 'value', 'written', 'life', 'personalData'] as const;

/** The Markdown of the page. */
export function storedPage(sources: Sources): string {
  const purposes = readPurposes(sources);
  return page(
    'What is stored',
    [registry, stamp, tokens, links, users, events],
    [
      'Everything that ostiary keeps, hands out or tells: where, for how long, and whether it is personal data. No password, no token, no cookie and no secret is written anywhere.',
      '## In the state store',
      'The object you hand in as `state`. A key is the purpose, a colon, and a SHA-256 of what is named here; no secret is part of it. A store drops a record when its life is over.',
      table(
        ['purpose', 'what it is for', 'personal data'],
        purposes.map((one) => [code(one.name), prose(requireDoc(one)), fact(one, 'personalData')]),
      ),
      ...purposes.flatMap(purposeSection),
      memory,
      '## In your session store',
      session,
      explainedList(membersOf(typeNamed(parseSource(sources, stamp), 'SessionStamp'))),
      '## In an access token',
      token,
      explainedList(membersOf(typeNamed(parseSource(sources, tokens), 'AccessClaims'))),
      '## In a link that is mailed',
      link,
      memberList(membersOf(typeNamed(parseSource(sources, links), 'LinkClaims'))),
      device,
      '## In your user table',
      'Nothing is written there but by these methods, and only where your store has them. The table, its backups and their lives are yours.',
      explainedList(membersOf(typeNamed(parseSource(sources, users), 'UserCapabilities'))),
      '## In events',
      told,
      explainedList(membersOf(typeNamed(parseSource(sources, events), 'EventOrigin'))),
      inMemory,
      erasure,
    ],
  );
}

/** Every entry of the registry, with everything that is asked of it. */
export function readPurposes(sources: Sources): readonly Purpose[] {
  return entriesOf(objectNamed(parseSource(sources, registry), 'statePurposes')).map((entry) => {
    const { name, doc, tags, node } = entry;
    requireDoc(entry);
    if (!ts.isObjectLiteralExpression(node.initializer)) throw new Error(`${name}: is no plain object`);
    const facts = new Map(
      entriesOf(node.initializer).map((one) => {
        if (ts.isStringLiteralLike(one.node.initializer)) return [one.name, one.node.initializer.text];
        throw new Error(`${name}.${one.name}: is no plain text`);
      }),
    );
    const missing = asked.filter((key) => !facts.get(key));
    if (missing.length > 0) throw new Error(`${name}: says nothing of ${missing.join(', ')}`);
    return { name, doc, tags, facts };
  });
}

function purposeSection(one: Purpose): readonly string[] {
  return [
    `### ${one.name}`,
    list([
      `**Key**: ${code(`${one.name}:<SHA-256>`)} of ${fact(one, 'id')}.`,
      `**Value**: ${fact(one, 'value')}`,
      `**Written**: ${fact(one, 'written')}`,
      `**Life**: ${fact(one, 'life')}`,
    ]),
  ];
}

function fact({ facts }: Purpose, name: (typeof asked)[number]): string {
  const text = facts.get(name) ?? '';
  return name === 'id' ? text : sentence(text);
}

const memory =
  'With `memoryState()`, the default, all of this is in the memory of the process and gone when it ends. How many records it holds: [defaults](../reference/defaults.md#what-is-stored). What a restart means for sessions and tokens: [before production](../guides/before-production.md#several-processes).';

const session =
  'One object, the stamp, under `passport.user` (Passport) or `ostiary` (`sessionLogin`). It is personal data: it holds the user’s id, and when and how they logged in. It has no name, address, role or password in it. It lives as long as your session does; after its end it opens nothing. The session cookie, and what else is in the session, are yours.';

const token =
  'ostiary hands a token out and does not keep it. It is signed and not encrypted: whoever has it can read it. It is personal data: it holds the user’s id, when and how they logged in, and the roles of the row. It has no name, address or password in it. `idt` stands beside these claims when the id is a number or a bigint, and so does what you hand in as `claims`.';

const link =
  'ostiary makes a link, hands it to your notifier and does not keep it. It is signed and not encrypted: whoever has it can read it, and can use it once. It is personal data: it holds the user’s id, and one that changes an address holds the new address. It has no name and no password in it. Mail servers, and the log of whoever writes down URLs, may keep it for longer than it works.';

const device =
  'What `auth.register` answers as `deviceToken`, for a cookie of the browser that registered, names nobody: a random id and an HMAC. It says to the server which account this browser has registered, if it is shown together with that account’s link.';

const told =
  'An event is kept by nobody here: it is told to `auth.on` and to `diagnostics_channel`, and what a listener writes down is yours to delete. All [events](../reference/events.md) about a known user hold `userId`; a name that nobody has appears as an HMAC. The events of a login, and of what people do with their accounts, also say where it came from, which is personal data:';

const inMemory = `## In the memory of the process

- Tokens that were verified, with their claims, until they end or others push them out, so that none is verified twice.
- With \`maxStaleness\` above zero, what the state store said about the users of late.
- Logins and new passwords that wait for the hasher: the password, the identifier and the network of the address, until it is their turn.
- Messages that are under way: the row, the address and the link, until the notifier has answered; and what somebody registered with, until its message is made.
- The secret, and the keys that are derived from it.

Nothing of this is written to a disk or shared between processes. How much of it there can be: [defaults](../reference/defaults.md).`;

const erasure = `## When an account is deleted

\`auth.accounts.close\` ends every session and token and has your store delete the row. Where you delete it yourself, call \`auth.sessions.endAll(userId)\` before. A session, a token or a link of a row that is gone opens nothing where the row is read: every session, every link, and routes with \`loadUser\`. What is left is one \`revocation\` record, which says that this id was signed out, until its life is over; and an \`address\` record, where the address was changed of late.`;
