/** A link opens one account, for one purpose, once; it tells nobody why it does not, and nothing that is stored is one. */

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mac } from '../../src/core/crypto.ts';
import type { LinkFailure, LinkPurpose } from '../../src/core/events.ts';
import { Secrets } from '../../src/core/secrets.ts';
import { readLink } from '../../src/core/tokens/link-token.ts';
import { AuthError, type StateStore } from '../../src/index.ts';
import { type AccountDoor, accountDoor, accountLinks, goodPassword } from '../support/account-door.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const identifier = 'alice@shop.example';
const moved = 'moved@shop.example';
const alice = (changes: Partial<Row> = {}): Row =>
  aliceRow({ hash: `salted:0:${rightPassword}`, verified: false, ...changes });

interface Flow {
  ask(made: AccountDoor, user: Row): Promise<void>;
  use(made: AccountDoor, token: string): Promise<unknown>;
}

/** How each link is asked for, and the page behind it. A new purpose does not compile until it is here. */
const flows: Readonly<Record<LinkPurpose, Flow>> = {
  'verify-email': {
    ask: ({ auth }, user) => auth.emails.requestVerification({ user }),
    use: async ({ auth }, token) => {
      const { status } = await auth.emails.verify({ token, password: rightPassword });
      if (status !== 'verified') throw new Error(status);
    },
  },
  'reset-password': {
    ask: ({ auth }, { login }) => auth.passwords.requestReset({ identifier: login }),
    use: ({ auth }, token) => auth.passwords.reset({ token, newPassword: goodPassword }),
  },
  'change-email': {
    ask: ({ auth }, user) => auth.emails.requestChange({ user, newEmail: moved }),
    use: ({ auth }, token) => auth.emails.confirmChange({ token }),
  },
};
const purposes = Object.keys(flows) as readonly LinkPurpose[];

/** So that nothing that is remembered for a token is there for a link. */
const tokens = { refresh: { idle: '1m', absolute: '1h' } } as const;

const doorOf = (table: UserTable = userTable(alice()), more: object = {}): AccountDoor =>
  accountDoor({ table, hasher: saltedHasher(), ...more });

async function linkOf(made: AccountDoor, purpose: LinkPurpose, user?: Row): Promise<string> {
  await flows[purpose].ask(made, user ?? { ...(made.table.rows[0] as Row) });
  await made.settled();
  return made.outbox.token(purpose);
}

/** What the page behind the link answers: `accepted`, or the error. */
const answerTo = (made: AccountDoor, purpose: LinkPurpose, token: string): Promise<unknown> =>
  flows[purpose].use(made, token).then(
    () => 'accepted',
    (error: unknown) => error,
  );

it('has a flow here for every purpose that there is', () => {
  const text = readFileSync(new URL('../../src/core/events.ts', import.meta.url), 'utf8');
  const [, union = ''] = /export type LinkPurpose = ([^;]+);/.exec(text) ?? [];
  const named = [...union.matchAll(/'([^']+)'/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(2);
  expect([...purposes].sort()).toEqual(named.sort());
});

describe.each(purposes)('a dead link for %s', (purpose) => {
  type Death = readonly [how: string, LinkFailure, die: (made: AccountDoor, token: string) => unknown];
  const rowOf = ({ table }: AccountDoor): Row => table.rows[0] as Row;
  const deaths: readonly Death[] = [
    ['is expired', 'expired', ({ clock }) => clock.advance(86_400)],
    ['is used', 'used', () => undefined],
    [
      'is of an account with a new password',
      'superseded',
      (made) => Object.assign(rowOf(made), { hash: 'salted:9:x' }),
    ],
    [
      'is of an account with a new address',
      'superseded',
      (made) => Object.assign(rowOf(made), { mail: 'a@b.example' }),
    ],
    ['is of a disabled account', 'no-account', (made) => Object.assign(rowOf(made), { state: 'disabled' })],
    ['is of no account', 'no-account', ({ table }) => table.rows.splice(0)],
    [
      'is of another realm',
      'not-genuine',
      (made) => doorOf(made.table, { ...partsOf(made), realm: 'staff' }),
    ],
    [
      'is of a secret that is not listed',
      'not-genuine',
      (made) => doorOf(made.table, { ...partsOf(made), secret: secretB }),
    ],
    ['is of another purpose', 'not-genuine', (made) => linkOf(made, otherThan(purpose))],
    ['has another letter', 'not-genuine', (_made, token) => `${token.slice(0, -1)}!`],
    ['is garbage', 'not-genuine', () => 'garbage'],
    ['is long garbage', 'not-genuine', () => 'x'.repeat(10_000)],
  ];

  /** The answer, and the events of the process that gave it. */
  async function death(of: Death): Promise<{ error: unknown; events: AccountDoor['events'] }> {
    const made = doorOf();
    const token = await linkOf(made, purpose);
    const [, reason, die] = of;
    const died = await die(made, token);
    const at = died instanceof Object && 'auth' in died ? (died as AccountDoor) : made;
    at.events.length = 0;
    const shown = typeof died === 'string' ? died : token;
    if (reason !== 'used') return { error: await answerTo(at, purpose, shown), events: at.events };
    const both = await Promise.all([answerTo(at, purpose, shown), answerTo(at, purpose, shown)]);
    return { error: both.find((answer) => answer !== 'accepted'), events: at.events };
  }

  it.each(deaths)('that %s is told in events as %s', async (...of) => {
    const { error, events } = await death(of);
    expect(error).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
    const [, reason] = of;
    expect(events.filter(({ name }) => name === 'account.link-rejected')).toMatchObject([
      { purpose, reason },
    ]);
  });

  it('tells nobody else why', async () => {
    const looks = new Set<string>();
    for (const of of deaths) looks.add(looksOf((await death(of)).error));
    expect(looks.size).toBe(1);
    expect([...looks][0]).toContain('the link is not valid, or not any more');
  });
});

/** Everything that can be seen of an error, but for where it was thrown. */
function looksOf(error: unknown): string {
  expect(error).toBeInstanceOf(AuthError);
  const { name, message, code, cause } = error as AuthError;
  const keys = Reflect.ownKeys(error as object);
  const prototype = Object.getPrototypeOf(error) === AuthError.prototype;
  const [shown] = inspect(error, { showHidden: true, depth: 9 }).split(/\n\s+at /);
  const rest = inspect(error).replace(/\n\s+at .*/g, '');
  return inspect({ prototype, keys, name, message, code, cause, shown, rest, json: JSON.stringify(error) });
}

function partsOf({ state, clock, outbox }: Pick<AccountDoor, 'state' | 'clock' | 'outbox'>) {
  return { state, clock, outbox };
}

function otherThan(purpose: LinkPurpose): LinkPurpose {
  return purposes[(purposes.indexOf(purpose) + 1) % purposes.length] as LinkPurpose;
}

/** Somebody who has just registered, and everything they may hold. */
async function holder() {
  const made = doorOf(userTable());
  const registered = await made.auth.register({ email: identifier, password: rightPassword });
  if (registered.status !== 'check-inbox') throw new Error(registered.status);
  await made.settled();
  const row: Row = { ...(made.table.rows[0] as Row) };
  const links: Partial<Record<LinkPurpose, string>> = {};
  for (const purpose of purposes) links[purpose] = await linkOf(made, purpose, row);
  const stamp = await made.auth.sessions.start(row);
  const { accessToken } = await made.auth.tokens.issue(row);
  await made.auth.passwords.requestReset({ identifier: 'nobody' });
  const hashes = made.events.flatMap((event) => ('identifierHash' in event ? [event.identifierHash] : []));
  const { jti } = await made.auth.tokens.verify(accessToken);
  const others = {
    ...{ accessToken, deviceToken: registered.deviceToken, stamp: JSON.stringify(stamp) },
    ...{ jti, epoch: stamp.epoch, session: stamp.id, identifierHash: hashes[0] ?? '', hash: row.hash ?? '' },
    ...parts('accessToken', accessToken),
    ...parts('deviceToken', registered.deviceToken),
  };
  const inside = purposes.flatMap((purpose) => Object.entries(parts(purpose, links[purpose] ?? '')));
  return { made, stamp, shown: { ...links, ...Object.fromEntries(inside), ...others } };
}

/** The parts of a token, each by itself, and what is in them. */
function parts(name: string, token: string): Readonly<Record<string, string>> {
  const pieces = token.split('.');
  const decoded = pieces.map((piece) => Buffer.from(piece, 'base64url').toString());
  const pairs = pieces.slice(1).map((piece, n) => `${pieces[n]}.${piece}`);
  return Object.fromEntries([...pieces, ...decoded, ...pairs].map((part, n) => [`${name} ${n}`, part]));
}

/** Every place where somebody shows something. A link is not let in at any but its own. */
const doors: Readonly<Record<string, (made: AccountDoor, shown: string) => Promise<boolean>>> = {
  ...Object.fromEntries(
    purposes.map((purpose) => [
      purpose,
      async (made: AccountDoor, shown: string) => (await answerTo(made, purpose, shown)) === 'accepted',
    ]),
  ),
  'verify-email without the password': ({ auth }, token) =>
    auth.emails.verify({ token }).then(
      () => true,
      () => false,
    ),
  'tokens.verify': async ({ auth }, shown) => (await verdictOn(auth, shown)) === 'accepted',
  'sessions.resume': async ({ auth }, shown) => (await auth.sessions.resume(shown)) !== null,
  login: ({ auth }, password) =>
    auth.login({ identifier, password }).then(
      () => true,
      () => false,
    ),
};

describe('what was made for one purpose', () => {
  it('means nothing at the door of another', async () => {
    const { made, shown } = await holder();
    const opened: string[] = [];
    let pairs = 0;
    for (const [door, opens] of Object.entries(doors)) {
      for (const [what, text] of Object.entries(shown)) {
        if (door === what || door.startsWith(`${what} `)) continue;
        pairs += 1;
        if (await opens(made, text)) opened.push(`${what} at ${door}`);
      }
    }
    expect(opened).toEqual(['accessToken at tokens.verify']);
    expect(pairs).toBeGreaterThan(250);
    for (const purpose of purposes) {
      const fresh = await holder();
      const token = fresh.shown[purpose] ?? '';
      expect(await answerTo(fresh.made, purpose, token), purpose).toBe('accepted');
    }
    console.log(`${pairs} pairs of a door and what was made for another, 0 let in`);
  });

  it('is not what the registering browser keeps', async () => {
    const { made, shown } = await holder();
    const token = shown['verify-email'] ?? '';
    for (const [what, deviceToken] of Object.entries(shown)) {
      if (what === 'deviceToken') continue;
      const answer = await made.auth.emails.verify({ token }, { deviceToken });
      expect(answer, what).toEqual({ status: 'password-required' });
    }
    const own = await made.auth.emails.verify({ token }, { deviceToken: shown.deviceToken });
    expect(own).toMatchObject({ status: 'verified' });
  });

  it('with every right claim, and the key of another purpose or realm, is no link', async () => {
    const labels = ['device', 'epoch', 'identifier', 'access-token', 'link', 'link/', 'kid'];
    const names = [...labels, ...purposes.map((purpose) => `link/${purpose}`)];
    for (const purpose of purposes) {
      const { made, shown } = await holder();
      const [secretId, body = ''] = (shown[purpose] ?? '').split('.');
      const realms = [new Secrets(secretA, ''), new Secrets(secretA, 'staff')];
      const keys = realms.flatMap((secrets) => names.map((name) => secrets.current(name).key));
      const own = `${secretId}.${body}.${mac(new Secrets(secretA, '').current(`link/${purpose}`).key, body)}`;
      const forged = [...keys, Buffer.from(secretA)].map((key) => `${secretId}.${body}.${mac(key, body)}`);
      expect(forged.filter((token) => token === own)).toHaveLength(1);
      for (const token of forged.filter((each) => each !== own)) {
        expect(await answerTo(made, purpose, token)).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
      }
      expect(await answerTo(made, purpose, own)).toBe('accepted');
    }
  });
});

describe.each(purposes)('a link for %s', (purpose) => {
  const bob = (): Row => alice({ key: 2, login: 'bob@shop.example', hash: 'salted:0:password of bob' });

  it.each<[string, (first: Row, second: Row) => void]>([
    ['whose address somebody else has now', (first, second) => swap(first, second, 'mail')],
    ['whose id somebody else has now', (first, second) => swap(first, second, 'key')],
    ['whose password somebody else has now', (first, second) => swap(first, second, 'hash')],
  ])('%s opens neither account', async (_what, happens) => {
    const made = doorOf(userTable(alice({ mail: identifier }), { ...bob(), mail: 'bob@shop.example' }));
    const token = await linkOf(made, purpose);
    const [first, second] = made.table.rows as [Row, Row];
    happens(first, second);
    const before = structuredClone(made.table.rows);
    expect(await answerTo(made, purpose, token)).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
    expect(made.table.rows).toEqual(before);
  });

  const lives: readonly (readonly [string, 'lives' | 'is dead', (made: AccountDoor) => Promise<unknown>])[] =
    [
      ['another link is asked for', 'lives', (made) => linkOf(made, purpose)],
      ['somebody signs in', 'lives', (made) => signIn(made)],
      ['a login stores the password in another way', 'lives', (made) => rehash(made)],
      ['that happens twice', 'lives', (made) => rehash(made).then(() => rehash(made))],
      ['the password is changed', 'is dead', (made) => change(made, rightPassword, goodPassword)],
      [
        'the password is changed and changed back',
        'is dead',
        async (made) => {
          await change(made, rightPassword, goodPassword);
          await change(made, goodPassword, rightPassword);
        },
      ],
      [
        'the password is changed after a rehash',
        'is dead',
        (made) => rehash(made).then(() => change(made, rightPassword, goodPassword)),
      ],
      ['another link resets the password', 'is dead', (made) => useAnother(made, 'reset-password')],
      ['the address is changed', 'is dead', (made) => useAnother(made, 'change-email')],
      [
        'the address is changed and changed back',
        'is dead',
        async (made) => {
          await useAnother(made, 'change-email');
          const user = { ...(made.table.rows[0] as Row) };
          await made.auth.emails.requestChange({ user, newEmail: identifier });
          await made.settled();
          await made.auth.emails.confirmChange({ token: made.outbox.token('change-email') });
          expect(made.table.toAuthUser(made.table.rows[0] as Row).email).toBe(identifier);
        },
      ],
      ['everybody is signed out', 'is dead', ({ auth }) => auth.sessions.endAll(1)],
      [
        'the account is disabled and enabled',
        'is dead',
        async ({ auth, table }) => {
          const user = { ...(table.rows[0] as Row) };
          await auth.accounts.setStatus({ user, status: 'disabled' });
          await auth.accounts.setStatus({ user, status: 'active' });
        },
      ],
    ];

  it.each(lives)('that was mailed before %s %s', async (_what, fate, happens) => {
    // Without a counter, which would end links too.
    const { bumpEpoch: _missing, ...table } = userTable(alice());
    const made = doorOf(table as UserTable);
    const token = await linkOf(made, purpose);
    await happens(made);
    const answer = await answerTo(made, purpose, token);
    expect(answer === 'accepted').toBe(fate === 'lives');
    if (fate === 'is dead')
      expect(made.events.at(-1)).toMatchObject({ name: 'account.link-rejected', reason: 'superseded' });
  });
});

it('a link outlives every session and token, and a rehash on its first day, up to its end', async () => {
  const links = { ...accountLinks, verifyLifetime: '7d' } as const;
  const made = doorOf(userTable(alice()), { links, tokens, sessions: { idle: '1m', absolute: '1h' } });
  const token = await linkOf(made, 'verify-email');
  await rehash(made);
  made.clock.advance(7 * 86_400 - 1);
  expect(await answerTo(made, 'verify-email', token)).toBe('accepted');
});

function swap(first: Row, second: Row, column: 'mail' | 'key' | 'hash'): void {
  const value = first[column];
  Object.assign(first, { [column]: second[column] });
  Object.assign(second, { [column]: value });
}

async function signIn(made: AccountDoor): Promise<void> {
  await made.auth.login({ identifier, password: rightPassword });
}

/** A login where hashes are dearer now, and where nobody asks whether an address is proven. */
async function rehash({ table, ...made }: AccountDoor): Promise<void> {
  const [row] = table.rows as [Row];
  const next = `salted:${Number(row.hash?.split(':')[1]) + 1}:${rightPassword}`;
  const hasher = { ...saltedHasher(), hash: async () => next, needsRehash: () => true };
  const links = { resetPassword: accountLinks.resetPassword, verifyLifetime: '7d' };
  const { auth } = doorOf(table, { ...partsOf(made), hasher, links, tokens });
  expect(await auth.login({ identifier, password: rightPassword })).toMatchObject({ status: 'signed-in' });
  expect(row.hash).toBe(next);
}

async function change(made: AccountDoor, currentPassword: string, newPassword: string): Promise<void> {
  const user = { ...(made.table.rows[0] as Row) };
  await made.auth.passwords.change({ user, currentPassword, newPassword });
}

async function useAnother(made: AccountDoor, purpose: LinkPurpose): Promise<void> {
  const token = await linkOf(made, purpose);
  expect(await answerTo(made, purpose, token)).toBe('accepted');
}

describe('what is stored and what is mailed', () => {
  /** A state store, and everything that was ever written to it. */
  function dumped(): { state: ReturnType<typeof recordingState>; written: string[] } {
    const written: string[] = [];
    const store = recordingState();
    const noting = (verb: 'put' | 'putIfAbsent' | 'compareAndSet') => [
      verb,
      async (...given: never[]) => {
        written.push(...given.map(String));
        return Reflect.apply(store[verb], store, given) as unknown;
      },
    ];
    const verbs = [noting('put'), noting('putIfAbsent'), noting('compareAndSet')];
    return { state: { ...store, ...(Object.fromEntries(verbs) as unknown as StateStore) }, written };
  }

  it('holds no link, no part of one, and nothing that is one', async () => {
    const { state, written } = dumped();
    const table = userTable(alice());
    const made = doorOf(table, { state });
    const tokens: string[] = [];
    for (const purpose of purposes) {
      const token = await linkOf(made, purpose);
      tokens.push(token);
      expect(await answerTo(made, purpose, token)).toBe('accepted');
      for (const row of table.rows) row.hash = `salted:0:${rightPassword}`;
    }
    expect(written.length).toBeGreaterThan(20);
    const secretsOf = tokens.flatMap((token, n) => {
      const claims = readLink(new Secrets(secretA, ''), purposes[n] as LinkPurpose, token);
      return [
        token,
        ...token.split('.').slice(1),
        claims?.id ?? '',
        claims?.bound ?? '',
        claims?.epoch ?? '',
      ];
    });
    for (const secret of secretsOf) {
      expect(secret).not.toBe('');
      expect(written.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(written.join()).not.toMatch(/alice|moved|salted|right password|correct horse/);
    for (const purpose of purposes) {
      for (const text of written.filter((each) => each !== '')) {
        expect(await answerTo(made, purpose, text)).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
      }
    }
  });

  it('tells of an address nothing but, to itself, the new one', async () => {
    const { made, shown } = await holder();
    for (const purpose of purposes) {
      const text = Object.entries(shown)
        .filter(([name]) => name.startsWith(purpose))
        .flatMap(([, part]) => [part, Buffer.from(part, 'base64url').toString('latin1')])
        .join();
      expect(text.includes(moved)).toBe(purpose === 'change-email');
      expect(text).not.toMatch(/alice|salted|right password/);
    }
    expect(made.outbox.sent.find(({ kind }) => kind === 'change-email')?.to).toBe(moved);
  });
});
