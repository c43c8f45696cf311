/** Of all texts that are nearly a link only the link is one. `OSTIARY_MUTATIONS=1000000` tries a million. */

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { AuthError } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword } from '../support/account-door.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { userTable } from '../support/user-table.ts';

vi.setConfig({ testTimeout: 3_600_000 }); // a million takes minutes, on processors that others use too

const count = Number(process.env['OSTIARY_MUTATIONS'] ?? 20_000);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const strange = [
  '=',
  '+',
  '/',
  '.',
  ' ',
  '\n',
  '\r\n',
  '\0',
  '%',
  '&',
  '"',
  '{',
  '\u00e9',
  '\u{1f600}',
  '\ud800',
  '\u200b',
];
const seed = 20_260_801;

type Random = () => number;
type Mutate = (token: string, random: Random, all: readonly string[]) => string;

const below = (random: Random, end: number): number => Math.floor(random() * end);
const pick = <T>(list: readonly T[] | string, random: Random): T => list[below(random, list.length)] as T;
const placeIn = (text: string, random: Random): number => below(random, text.length);
const withPart = (token: string, at: number, change: (part: string) => string): string =>
  token
    .split('.')
    .map((part, n) => (n === at ? change(part) : part))
    .join('.');

/** The body says something else, and is written as we write it. */
function rewritten(token: string, change: (claims: unknown[]) => unknown): string {
  return withPart(token, 1, (body) => {
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[];
    return Buffer.from(JSON.stringify(change(claims))).toString('base64url');
  });
}

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  2 ** 53,
  '',
  'x',
  [],
  {},
  ['n', '2'],
  ['s', '1'],
  ['b', '1'],
];

const mutations: Readonly<Record<string, Mutate>> = {
  'another letter': (token, random) => {
    const at = placeIn(token, random);
    return token.slice(0, at) + pick<string>(alphabet, random) + token.slice(at + 1);
  },
  'a strange letter': (token, random) => {
    const at = placeIn(token, random);
    return token.slice(0, at) + pick(strange, random) + token.slice(at + below(random, 2));
  },
  'something behind it': (token, random) =>
    token + pick([...strange, '.x', `.${token}`, '?', '#', '&token='], random),
  'a letter less': (token, random) => {
    const at = placeIn(token, random);
    return token.slice(0, at) + token.slice(at + 1 + below(random, 3));
  },
  'a part of it twice': (token, random) => {
    const at = placeIn(token, random);
    return token.slice(0, at) + token.slice(Math.max(0, at - below(random, 30)));
  },
  'its end cut off': (token, random) => token.slice(0, placeIn(token, random)),
  'its beginning cut off': (token, random) => token.slice(1 + placeIn(token, random)),
  'two letters exchanged': (token, random) => {
    const at = 1 + below(random, token.length - 1);
    return token.slice(0, at - 1) + token[at] + token[at - 1] + token.slice(at + 1);
  },
  'its last letters': (token, random) => {
    const cut = 1 + below(random, 8);
    const end = Array.from({ length: cut }, () => pick<string>(alphabet, random)).join('');
    return token.slice(0, -cut) + end;
  },
  'other cases': (token, random) => {
    const at = placeIn(token, random);
    const letter = token[at] ?? '';
    const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
    return token.slice(0, at) + other + token.slice(at + 1);
  },
  'parts of two links': (token, random, all) => {
    const at = below(random, 3);
    return withPart(token, at, () => pick(all, random).split('.')[at] ?? '');
  },
  'its parts in another order': (token, random) =>
    token
      .split('.')
      .map((part) => [random(), part] as const)
      .sort(([one], [other]) => one - other)
      .map(([, part]) => part)
      .join('.'),
  'another encoding of a part': (token, random) =>
    withPart(token, 1 + below(random, 2), (part) => {
      const bytes = Buffer.from(part, 'base64url');
      return pick(
        [bytes.toString('base64'), bytes.toString('hex'), `${part}==`, encodeURIComponent(`${part}\n`)],
        random,
      );
    }),
  'another claim': (token, random) =>
    rewritten(token, (claims) =>
      claims.map((claim, at) => (at === below(random, claims.length) ? pick(values, random) : claim)),
    ),
  'a claim more or less': (token, random) =>
    rewritten(token, (claims) =>
      random() < 0.5 ? [...claims, pick(values, random)] : claims.slice(0, below(random, claims.length)),
    ),
  'a longer life': (token, random) =>
    rewritten(token, (claims) =>
      claims.map((claim) => (typeof claim === 'number' ? claim + below(random, 1e6) : claim)),
    ),
  'other white space in its claims': (token, random) =>
    withPart(token, 1, (body) => {
      const text = Buffer.from(body, 'base64url').toString();
      const at = text.indexOf(',', below(random, text.length));
      return Buffer.from(`${text.slice(0, at)} ${text.slice(at)}`).toString('base64url');
    }),
  'a name of a secret': (token, random, all) =>
    withPart(token, 0, () =>
      pick([...all.map((each) => each.split('.')[0] ?? ''), '__proto__', 'constructor', '0', ''], random),
    ),
  garbage: (_token, random) =>
    Array.from({ length: below(random, 300) }, () => String.fromCharCode(below(random, 65_536))).join(''),
};

/** Whether the page behind the reset link opens for the text. A password that is refused does not use a link. */
async function opens({ auth }: AccountDoor, token: string): Promise<boolean> {
  const error: unknown = await auth.passwords
    .reset({ token, newPassword: 'short' })
    .catch((thrown: unknown) => thrown);
  if (AuthError.is(error, 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE')) return true;
  if (AuthError.is(error, 'ERR_ACCOUNT_LINK_INVALID')) return false;
  // Nothing at all is no link either: that is said as for any field.
  if (token === '' && AuthError.is(error, 'ERR_INPUT_INVALID')) return false;
  throw error;
}

describe('a mutated link', () => {
  const hasher = saltedHasher();
  const table = userTable(
    aliceRow({ hash: `salted:0:${rightPassword}` }),
    aliceRow({ key: 2, login: 'bob@shop.example', hash: `salted:0:${goodPassword}` }),
  );
  const made = accountDoor({ table, hasher, secret: [secretA, secretB] });
  const genuine: string[] = [];
  const others: string[] = [];

  beforeAll(async () => {
    const old = accountDoor({
      table,
      hasher,
      secret: secretB,
      state: made.state,
      clock: made.clock,
      outbox: made.outbox,
    });
    const [alice, bob] = table.rows.map((row) => ({ ...row }));
    for (const { auth } of [made, old]) {
      for (const row of [alice, bob]) {
        await auth.passwords.requestReset({ identifier: row?.login ?? '' });
        if (row !== undefined) await auth.emails.requestVerification({ user: row });
        await auth.close();
      }
    }
    genuine.push(
      ...made.outbox.sent.filter(({ kind }) => kind === 'reset-password').map(({ token = '' }) => token),
    );
    others.push(
      ...made.outbox.sent.filter(({ kind }) => kind !== 'reset-password').map(({ token = '' }) => token),
    );
  });

  it.each(Object.keys(mutations))('is another text, and none: %s', async (name) => {
    const random = seededRandom(seed);
    const all = [...genuine, ...others];
    let changed = 0;
    for (let n = 0; n < 100; n += 1) {
      const text = mutations[name]?.(pick(genuine, random), random, all) ?? '';
      changed += genuine.includes(text) ? 0 : 1;
      expect(await opens(made, text)).toBe(genuine.includes(text));
    }
    expect(changed).toBeGreaterThan(50);
  });

  it(`opens only when it is the genuine one, ${count} times`, async () => {
    const random = seededRandom(seed);
    const all = [...genuine, ...others];
    const kinds = Object.values(mutations);
    const wrong: string[] = [];
    let [unchanged, opened] = [0, 0];
    for (let n = 0; n < count; n += 1) {
      // Now and then nothing is changed: a door that is shut for everybody would pass, too.
      const token = pick(genuine, random);
      const text = n % 100 === 0 ? token : pick(kinds, random)(token, random, all);
      const isGenuine = genuine.includes(text);
      const isOpen = await opens(made, text);
      unchanged += isGenuine ? 1 : 0;
      opened += isOpen ? 1 : 0;
      if (isOpen !== isGenuine) wrong.push(text);
    }
    expect(wrong).toEqual([]);
    expect(unchanged).toBeGreaterThanOrEqual(count / 100);
    expect(table.rows.map(({ hash }) => hash)).toEqual([
      `salted:0:${rightPassword}`,
      `salted:0:${goodPassword}`,
    ]);
    expect(hasher.hashed).toEqual([]);
    console.log(`${count} texts, seed ${seed}: ${unchanged} of them genuine, ${opened} opened, 0 others`);
  });
});
