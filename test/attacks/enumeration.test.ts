/** Nobody learns from a refused login whether an account exists, nor in which state it is (CWE-204, CWE-208). */

import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bcrypt } from '../../src/hashers/index.ts';
import type { AuthError, PasswordHasher } from '../../src/index.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { type Door, door } from '../support/door.ts';
import { type Row, userTable } from '../support/user-table.ts';
import { type WatchedHasher, watchedHasher } from '../support/watched-hasher.ts';

const password = 'canary-password-of-everybody';
const wrong = 'canary-password-of-nobody';

/** The hashes that one kind of hasher reads, and one that it does not. */
interface Hashes {
  readonly good: string;
  readonly cheaper: string;
}

function tableOf({ good, cheaper }: Hashes) {
  const hashes: Readonly<Record<string, Partial<Row>>> = {
    known: { hash: good },
    cheaper: { hash: cheaper },
    disabled: { hash: good, state: 'disabled' },
    pending: { hash: good, state: 'pending' },
    unheard: { hash: good, state: 'suspended' as 'disabled' },
    nohash: { hash: null },
    empty: { hash: '' },
    malformed: { hash: `${good.slice(0, -3)}` },
    foreign: { hash: '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$canary-hash' },
    wrongtype: { hash: 7 as unknown as string },
  };
  const rows = Object.entries(hashes).map(([name, row], index): Row => {
    return { key: index + 1, login: `${name}-canary@shop.example`, hash: null, ...row };
  });
  return { names: Object.keys(hashes), table: userTable(...rows) };
}

const identifierOf = (name: string) => `${name}-canary@shop.example`;

/** Everything a stranger could see, and everything that costs time. */
async function refusalOf(made: Door<WatchedHasher>, name: string, attempt: string) {
  for (const list of [made.table.calls, made.state.calls, made.hasher.verified, made.hasher.hashed])
    list.length = 0;
  const error = await made.auth.login({ identifier: identifierOf(name), password: attempt }).then(
    () => undefined,
    (refused: AuthError) => refused,
  );
  return {
    type: error?.constructor,
    shown: error === undefined ? undefined : { ...error, message: error.message, cause: error.cause },
    tableCalls: [...made.table.calls],
    stateCalls: [...made.state.calls],
    compared: made.hasher.verified.length,
    hashed: made.hasher.hashed.length,
  };
}

const kinds: readonly (readonly [string, () => PasswordHasher, Hashes])[] = [
  [
    'the counting hasher',
    () => countingHasher(2),
    { good: `plain:2:${password}`, cheaper: `plain:1:${password}` },
  ],
  [
    'bcrypt',
    () => bcrypt({ cost: 5, workers: 2 }),
    { good: hashSync(password, 5), cheaper: hashSync(password, 4) },
  ],
];

describe.each(kinds)('a login over %s', (_kind, makeHasher, hashes) => {
  const { names, table } = tableOf(hashes);
  let made: Door<WatchedHasher>;

  beforeAll(() => {
    made = door({ table, hasher: watchedHasher(makeHasher()) });
  });
  afterAll(() => made.auth.close());

  const expected = {
    shown: { name: 'AuthError', code: 'ERR_LOGIN_REJECTED', message: 'Incorrect username or password' },
    tableCalls: ['findByIdentifier'],
    stateCalls: ['get revocation'],
    compared: 1,
    hashed: 0,
  };

  it.each(['nobody', ...names])('refuses a wrong password of %s like every other', async (name) => {
    expect(await refusalOf(made, name, wrong)).toMatchObject(expected);
  });

  const long: readonly (readonly [string, string])[] = [
    ['73 bytes', 'x'.repeat(73)],
    ['4 KB', '\u{1f600}'.repeat(1024)],
    ['a NUL', 'canary\u0000password'],
    ['the right one and a NUL', `${password}\u0000`],
    ['one character', 'x'],
  ];
  it.each(long)('refuses a password of %s alike for everybody', async (_what, attempt) => {
    const nobody = await refusalOf(made, 'nobody', attempt);
    expect(nobody).toMatchObject(expected);
    for (const name of names) expect(await refusalOf(made, name, attempt)).toEqual(nobody);
  });

  it.each(['disabled', 'unheard', 'nohash', 'empty', 'malformed', 'foreign', 'wrongtype'])(
    'refuses the right password of %s like a wrong one of nobody',
    async (name) => {
      expect(await refusalOf(made, name, password)).toEqual(await refusalOf(made, 'nobody', wrong));
    },
  );

  it('tells the state of an account only to whoever knows its password', async () => {
    const login = (attempt: string) =>
      made.auth.login({ identifier: identifierOf('pending'), password: attempt });
    await expect(login(wrong)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(await login(password)).toEqual({ status: 'verification-required' });
  });

  it('signs the others in', async () => {
    for (const name of ['known', 'cheaper']) {
      const login = { identifier: identifierOf(name), password };
      expect(await made.auth.login(login)).toMatchObject({ status: 'signed-in' });
    }
  });

  it('has told no event an identifier, a password or a hash', () => {
    const told = JSON.stringify(made.events);
    expect(made.events.length).toBeGreaterThan(50);
    expect(told).not.toMatch(/canary|shop\.example|plain:|\$2b\$|argon2/i);
  });
});
