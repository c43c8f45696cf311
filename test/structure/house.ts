/** The house: its rooms from the ground up, and what each may import. `docs/architecture.md` prints this table. */

/** A built-in or a package, anywhere in the room or in one file only. */
type Bought = string | { readonly name: string; readonly only: string };

/** A row of the table. */
export interface Room {
  /** Paths below `src`; a folder ends with a slash. */
  readonly holds: readonly string[];
  readonly floor: number;
  /** Folders of other rooms, or the files that `package.json` exports. */
  readonly imports: readonly string[] | 'entries';
  readonly buys: readonly Bought[] | 'built-ins';
  /** The row as it is printed. */
  readonly row: readonly [name: string, imports: string, buys: string, entry: string];
  readonly typesOnly?: true;
}

const implementations = ['jwt/', 'hashers/', 'notifiers/', 'stores/memory/', 'stores/redis/', 'stores/sql/'];

export const house: readonly Room[] = [
  {
    holds: ['core/ports/'],
    floor: 0,
    imports: [],
    buys: [],
    row: ['`core/ports`', 'itself, types only; no runtime code', 'none', '`ostiary`'],
    typesOnly: true,
  },
  {
    holds: ['core/'],
    floor: 1,
    imports: ['core/ports/'],
    buys: [
      { name: 'node:crypto', only: 'core/crypto.ts' },
      { name: 'node:diagnostics_channel', only: 'core/events.ts' },
    ],
    row: [
      '`core/*`',
      '`core`',
      '`node:crypto` only in `core/crypto.ts`, `node:diagnostics_channel` only in `core/events.ts`',
      '`ostiary`',
    ],
  },
  {
    holds: ['jwt/'],
    floor: 2,
    imports: ['core/', 'core/ports/'],
    // Not its main module, which loads three times as much at every start.
    buys: ['jose/errors', 'jose/jws/compact/sign', 'jose/jws/compact/verify', 'node:crypto'],
    row: ['`jwt`', '`core`', '`jose`, `node:crypto`', '`ostiary/jwt`'],
  },
  {
    holds: ['hashers/'],
    floor: 2,
    imports: ['core/', 'core/ports/'],
    buys: ['bcryptjs', 'node:crypto', 'node:os', 'node:worker_threads'],
    row: [
      '`hashers`',
      '`core`',
      '`bcryptjs`, `node:crypto`, `node:os`, `node:worker_threads`',
      '`ostiary/hashers`',
    ],
  },
  {
    holds: ['notifiers/'],
    floor: 2,
    imports: ['core/', 'core/ports/'],
    buys: [],
    row: ['`notifiers`', '`core`', 'none', '`ostiary`'],
  },
  ...['memory', 'redis', 'sql'].map(
    (technology): Room => ({
      holds: [`stores/${technology}/`],
      floor: 2,
      imports: ['core/', 'core/ports/'],
      buys: [],
      row: [
        '`stores/memory`, `stores/redis`, `stores/sql`',
        '`core`',
        'none: clients are typed structurally',
        '`ostiary/stores/memory` …',
      ],
    }),
  ),
  {
    holds: ['create-auth.ts', 'index.ts'],
    floor: 3,
    imports: ['core/', 'core/ports/', ...implementations],
    buys: [],
    row: ['`create-auth.ts`, `index.ts`', 'all of the above', 'none', '`ostiary`'],
  },
  {
    holds: ['http/'],
    floor: 4,
    imports: ['core/', 'core/ports/'],
    buys: [],
    row: ['`http`', '`core`', 'none', 'none'],
  },
  {
    holds: ['express/'],
    floor: 5,
    imports: ['core/', 'core/ports/', 'http/'],
    buys: [],
    row: [
      '`express`',
      '`core`, `http`',
      'none at run time (`express`: optional peer, structural types)',
      '`ostiary/express`',
    ],
  },
  {
    holds: ['passport/'],
    floor: 5,
    imports: ['core/', 'core/ports/', 'http/'],
    buys: ['passport-strategy'],
    row: ['`passport`', '`core`, `http`', '`passport-strategy`', '`ostiary/passport`'],
  },
  {
    holds: ['testing/'],
    floor: 6,
    imports: ['core/', 'core/ports/', 'stores/memory/'],
    buys: ['node:assert', 'node:http'],
    row: ['`testing`', '`core`, `stores/memory`', '`node:assert`, `node:http`', '`ostiary/testing`'],
  },
  {
    holds: ['cli/'],
    floor: 6,
    imports: 'entries',
    buys: 'built-ins',
    row: ['`cli`', 'anything public', '`node:` only', 'bin `ostiary`'],
  },
];

/** The room of a path like `src/core/login/admission.ts`: the one with the longest match. */
export function roomOf(path: string): Room | undefined {
  return house
    .map((room) => ({ room, reach: Math.max(...room.holds.map((held) => reach(held, path))) }))
    .filter((found) => found.reach > 0)
    .sort((one, other) => other.reach - one.reach)[0]?.room;
}

function reach(held: string, path: string): number {
  const inside = held.endsWith('/') ? path.startsWith(`src/${held}`) : path === `src/${held}`;
  return inside ? held.length : 0;
}
