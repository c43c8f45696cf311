/** Registering tells nobody who has an account, makes one account of one address, and hands nobody somebody else’s. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RegistrationInput } from '../../src/index.ts';
import {
  type AccountDoor,
  accountDoor,
  accountLinks,
  goodPassword,
  otherPassword,
} from '../support/account-door.ts';
import type { Outbox } from '../support/outbox.ts';
import { outbox } from '../support/outbox.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const password = goodPassword;
const hash = 'salted:0:canary password of before';

/** One account of each kind; `free` has none. */
const kinds: Readonly<Record<string, Partial<Row>>> = {
  verified: { verified: true },
  unknown: {},
  disabled: { verified: true, state: 'disabled' },
  closed: { verified: false, state: 'disabled' },
  unverified: { verified: false },
  pending: { verified: false, state: 'pending' },
  passwordless: { verified: true, hash: null },
};
const addressOf = (kind: string): string => `canary-${kind}@shop.example`;

function tableOfAll(): UserTable {
  const rows = Object.entries(kinds).map(([kind, row], n): Row => {
    return { key: n + 1, login: addressOf(kind), hash, ...row };
  });
  return userTable(...rows);
}

const doorTo = (table: UserTable, more: { readonly outbox?: Outbox<Row> } = {}) =>
  accountDoor({ table, hasher: saltedHasher(), ...more });

/** A registration of this kind of address, and what it asked of everything when it was answered and when all was over. */
async function footprintOf(kind: string, input: Partial<RegistrationInput> = {}, box = outbox<Row>()) {
  const made = doorTo(tableOfAll(), { outbox: box });
  const calls = () => ({
    table: [...made.table.calls],
    state: [...made.state.calls],
    hashed: made.hasher.hashed.length,
    verified: made.hasher.verified.length,
  });
  const answer = await made.auth
    .register({ email: addressOf(kind), password, ...input })
    .catch((error) => error);
  const before = { ...calls(), events: made.events.length, sent: box.sent.length };
  await closed(made);
  return { shape: shapeOf(answer), before, after: calls(), sent: box.list(), events: made.events };
}

/** What is seen of an answer: every key, and every value but for its random letters. */
function shapeOf(answer: unknown): unknown {
  if (answer instanceof Error) return { ...answer, name: answer.name, message: answer.message };
  return JSON.parse(
    JSON.stringify(answer, (key, value) => (key === 'deviceToken' ? value.replace(/[\w-]/g, 'x') : value)),
  );
}

/** Also when the mailer hangs: that is waited for no longer than a while. */
async function closed({ auth }: Pick<AccountDoor, 'auth'>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const closing = auth.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closing;
  vi.useRealTimers();
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a registration where addresses are verified', () => {
  const all = Object.keys(kinds);

  it.each(all)('of a %s address is answered like one of a free one, after the same work', async (kind) => {
    const [free, taken] = [await footprintOf('free'), await footprintOf(kind)];
    expect(taken.shape).toEqual(free.shape);
    expect(taken.before).toEqual(free.before);
    expect(free.before).toEqual({ table: ['create'], state: [], hashed: 1, verified: 0, events: 0, sent: 0 });
  });

  const settled = all.filter((kind) => !['unverified', 'pending'].includes(kind));
  it.each(settled)('of a %s address does the same afterwards, too', async (kind) => {
    const [free, taken] = [await footprintOf('free'), await footprintOf(kind)];
    expect(taken.after).toEqual(free.after);
    expect(free.after).toMatchObject({ table: ['create', 'findByIdentifier'], state: ['get address'] });
    expect([free.sent, taken.sent]).toEqual([
      [`verify-email ${addressOf('free')}`],
      [`already-registered ${addressOf(kind)}`],
    ]);
  });

  it('of an unverified address does more, though only when the answer is out', async () => {
    const free = await footprintOf('free');
    for (const kind of ['unverified', 'pending']) {
      const again = await footprintOf(kind);
      expect(again.before).toEqual(free.before);
      expect(again.after.table.slice(1)).toEqual([
        'findByIdentifier',
        'updatePasswordHash',
        'findByIdentifier',
      ]);
      expect(again.after.state).toEqual([
        'putIfAbsent claim',
        'put revocation',
        'put revocation',
        'get address',
      ]);
      expect([again.after.hashed, again.after.verified]).toEqual([1, 0]);
      expect(again.sent).toEqual([`verify-email ${addressOf(kind)}`]);
    }
  });

  it.each<[string, Partial<RegistrationInput>]>([
    ['with a user name that is free', { username: 'newcomer' }],
    ['with a user name that is taken', { username: addressOf('verified').replace('@', '-') }],
    ['with a profile', { profile: { name: 'Newcomer', roles: ['admin'] } }],
    ['with a password that is refused', { password: 'short' }],
    ['with a password that is its own address', { password: 'canary-canary-canary' }],
    ['with input that is refused', { username: 'a@b' }],
  ])('is the same for everybody %s', async (_what, input) => {
    const free = await footprintOf('free', input);
    for (const kind of all) {
      const taken = await footprintOf(kind, input);
      expect([taken.shape, taken.before]).toEqual([free.shape, free.before]);
    }
  });

  const mailers: readonly (readonly [string, () => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
    ['rejects with nothing', () => Promise.reject()],
    ['hangs', () => new Promise(() => undefined)],
    ['answers something odd', () => Symbol('canary')],
  ];
  it.each(mailers)('is the same for everybody while the mailer %s', async (_what, deliver) => {
    const broken = (): Outbox<Row> => ({ ...outbox<Row>(), deliver });
    const free = await footprintOf('free', {}, broken());
    for (const kind of all) {
      const taken = await footprintOf(kind, {}, broken());
      expect([taken.shape, taken.before]).toEqual([free.shape, free.before]);
      if (settled.includes(kind)) expect(taken.after).toEqual(free.after);
    }
  });

  it.each<[string, (table: UserTable) => UserTable]>([
    ['looks nobody up', (table) => ({ ...table, findByIdentifier: () => new Promise(() => undefined) })],
    ['writes no hash', (table) => ({ ...table, updatePasswordHash: () => new Promise(() => undefined) })],
  ])('is answered by a store that for now %s', async (_what, slow) => {
    for (const kind of ['free', ...all]) {
      const { auth } = doorTo(slow(tableOfAll()));
      const answer = auth.register({ email: addressOf(kind), password }).then(({ status }) => status);
      expect(await Promise.race([answer, turnsOfTheLoop(50)])).toBe('check-inbox');
    }
  });

  it('begins with no message before it is answered', async () => {
    const order: string[] = [];
    const box = { ...outbox<Row>(), deliver: () => order.push('message') };
    const made = doorTo(tableOfAll(), { outbox: box });
    await made.auth.register({ email: addressOf('verified'), password });
    order.push('answer');
    await made.settled();
    expect(order).toEqual(['answer', 'message']);
  });

  it('tells no event an address, a password, a hash or a token', async () => {
    const footprints = [];
    for (const kind of ['free', ...all]) footprints.push(await footprintOf(kind));
    const events = footprints.flatMap((footprint) => footprint.events);
    expect(events.length).toBeGreaterThan(7);
    expect(JSON.stringify(events)).not.toMatch(/canary|correct|salted|shop\.example/);
  });
});

describe('one address', () => {
  const forms = [
    'jos\u00e9@shop.example',
    'JOS\u00c9@SHOP.EXAMPLE',
    ' jose\u0301@Shop.example ',
    'Jose\u0301@shop.example.',
    'jos\u00e9@shop.example...',
    '\uff4aos\u00e9\uff20shop\uff0eexample',
  ];

  it.each([
    ['where addresses are verified', accountLinks],
    ['where they are not', {}],
  ])('in all its forms is one account, %s', async (_what, links) => {
    const made = accountDoor({ table: userTable(), hasher: saltedHasher(), links });
    for (const email of forms) await made.auth.register({ email, password }).catch(() => undefined);
    await made.settled();
    expect(made.table.rows).toMatchObject([{ key: 1, mail: forms[0] }]);
    for (const identifier of forms) {
      const { status } = await made.auth.login({ identifier, password });
      expect(status).toBe('verifyEmail' in links ? 'verification-required' : 'signed-in');
    }
  });

  it.each([
    ['a zero-width space', 'jo\u200bse@shop.example'],
    ['a soft hyphen', 'jo\u00adse@shop.example'],
    ['a right-to-left mark', '\u202ejose@shop.example'],
    ['a NUL', 'jose\u0000@shop.example'],
    ['a lone surrogate', 'jose\ud800@shop.example'],
    ['a list', ['a@x.example', 'b@y.example']],
    ['a list as text', 'a@x.example,b@y.example'],
    ['a list with semicolons', 'a@x.example;b@y.example'],
    ['a header', 'a@x.example\r\nBcc: b@y.example'],
    ['a header behind a lone line feed', 'a@x.example\nBcc:b'],
    ['a line separator', 'a@x.example\u2028Bcc:b'],
    ['a name with it', 'A <a@x.example>'],
    ['a second @', 'v@x@evil'],
    ['a second @ that is full-width (GHSA-7rqj-j65f-68wh)', 'v@x\uff20evil'],
    ['a quoted part', '"a@x.example"@evil.example'],
    ['64 KB', `${'x'.repeat(65_536)}@x.example`],
    ['64 KB of @', '@'.repeat(65_536)],
    ['64 KB of dots', `a@${'.'.repeat(65_536)}`],
    ['64 KB of ligatures', `${'\ufdfa'.repeat(65_536)}@x.example`],
  ])('that holds %s costs no work, makes no account and sends nothing', async (_what, email) => {
    const made = doorTo(userTable());
    const input = { email, password } as RegistrationInput;
    await expect(made.auth.register(input)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
      fields: { email: expect.any(String) },
    });
    await made.settled();
    expect([...made.table.calls, ...made.state.calls, ...made.hasher.hashed, ...made.outbox.sent]).toEqual(
      [],
    );
  });
});

describe('a message', () => {
  /** A database whose comparison takes letters for others, as many collations do (CVE-2019-19844). */
  function loose(rows: readonly Row[]): UserTable {
    const table = userTable(...rows);
    const folded = (text: string | null | undefined) =>
      text?.replaceAll('\u0131', 'i').replaceAll('\u00df', 'ss');
    const find = (email: string) => table.rows.find((row) => folded(row.mail) === folded(email));
    return {
      ...table,
      findByIdentifier: async (email) => find(email) ?? null,
      create: async (user) => (find(user.email ?? '') ? { ok: false, taken: 'email' } : table.create(user)),
    };
  }

  const mike = { key: 1, login: 'mike', mail: 'mike@shop.example', hash };

  it.each([
    ['a verified account', true, 'already-registered'],
    ['an unverified account', false, 'already-registered'],
  ])('goes to the stored address of %s, whoever comes near it', async (_what, verified, kind) => {
    for (const email of ['m\u0131ke@shop.example', '\uff2dIKE@shop.example', 'mi\u212ae@shop.example']) {
      const made = doorTo(loose([{ ...mike, verified }]));
      await made.auth.register({ email, password });
      await made.settled();
      const isSame = email.normalize('NFKC').toLowerCase() === mike.mail;
      expect(made.outbox.list()).toEqual([
        `${isSame && !verified ? 'verify-email' : kind} mike@shop.example`,
      ]);
    }
  });

  it('brings nothing of what whoever registered a look-alike of the address typed to its owner', async () => {
    const made = doorTo(loose([{ ...mike, verified: false }]));
    await made.auth.register({
      email: 'm\u0131ke@shop.example',
      password,
      profile: { street: 'of the victim' },
    });
    await made.settled();
    expect(made.table.rows).toEqual([{ ...mike, verified: false }]);
  });

  it.each(['a@x.example,b@evil.example', 'a@x.example\r\nBcc: b@evil.example'])(
    'goes to nobody when the stored address is %j',
    async (mail) => {
      const table = userTable({ key: 1, login: 'a', mail, hash, verified: true });
      const row = table.rows[0] as Row;
      const made = doorTo({
        ...table,
        create: async () => ({ ok: false, taken: 'email' }),
        findByIdentifier: async () => row,
      });
      await made.auth.register({ email: 'a@x.example', password });
      await made.settled();
      expect(made.outbox.sent).toEqual([]);
      expect(made.events.map((event) => 'obstacle' in event && event.obstacle)).toContain('no-address');
    },
  );

  it('goes to the address that is stored now, and not to one in a row of before', async () => {
    const stored = { key: 1, login: 'bob', mail: 'now@shop.example', hash, verified: false };
    const made = doorTo(userTable(stored));
    await made.auth.emails.requestVerification({ user: { ...stored, mail: 'before@shop.example' } });
    await made.settled();
    expect(made.outbox.list()).toEqual(['verify-email now@shop.example']);
  });
});

describe('a form that says more than it is asked', () => {
  const more = {
    roles: ['admin'],
    role: 'admin',
    status: 'active',
    state: 'active',
    id: 1,
    key: 1,
    isAdmin: true,
    emailVerified: true,
    verified: true,
    epoch: 7,
    passwordHash: 'plain:1:x',
    hash: 'plain:1:x',
  };
  const decided = Object.fromEntries(
    ['roles', 'status', 'id', 'emailVerified', 'epoch', 'passwordHash', 'password', 'email', 'username'].map(
      (name) => [name, 'admin'],
    ),
  );
  const polluting =
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"prototype":{}}';

  it.each([
    ['where addresses are verified', accountLinks],
    ['where they are not', {}],
  ])('makes nobody more than everybody else, %s', async (_what, links) => {
    const given: unknown[] = [];
    const table = userTable();
    const made = accountDoor({
      links,
      table: {
        ...table,
        create: async (user) => {
          given.push(user);
          return table.create(user);
        },
      },
    });
    const profile = { ...JSON.parse(polluting), ...decided, name: 'Eve' };
    const body = { ...more, ...JSON.parse(polluting), email: 'eve@shop.example', password, profile };
    await made.auth.register(body);
    await made.settled();
    expect(given).toEqual([
      { email: 'eve@shop.example', passwordHash: `plain:1:${password}`, profile: { name: 'Eve' } },
    ]);
    expect(Reflect.ownKeys((given[0] as { profile: object }).profile)).toEqual(['name']);
    expect(made.table.rows).toMatchObject([{ verified: false, profile: { name: 'Eve' } }]);
    expect(made.table.rows[0]).not.toHaveProperty('roles');
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});

describe('an account that somebody else prepared for an address (CVE-2026-53516)', () => {
  const email = 'owner@shop.example';
  const [attackers, owners] = [goodPassword, otherPassword];

  /** Everything that the attacker has of it, and more: a link that was never mailed to the attacker. */
  async function prepared() {
    const made = doorTo(userTable());
    const deviceToken = deviceTokenOf(await made.auth.register({ email, password: attackers }));
    await made.settled();
    const row = { ...(made.table.rows[0] as Row) };
    const session = await made.auth.sessions.start(row);
    const { accessToken } = await made.auth.tokens.issue(row);
    return {
      ...made,
      attacker: { deviceToken, session, accessToken, link: made.outbox.token('verify-email') },
    };
  }

  async function expectPowerless({ auth, attacker }: Awaited<ReturnType<typeof prepared>>): Promise<void> {
    const { deviceToken, session, accessToken, link: token } = attacker;
    await expect(auth.login({ identifier: email, password: attackers })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
    expect(await auth.sessions.resume(session)).toBeNull();
    await expect(auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
    await expect(auth.emails.verify({ token }, { deviceToken })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_LINK_INVALID',
    });
    await expect(auth.emails.verify({ token, password: attackers })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_LINK_INVALID',
    });
  }

  it('is not activated by its owner, who opens the link of it in another browser', async () => {
    const { auth, attacker, table } = await prepared();
    expect(await auth.emails.verify({ token: attacker.link })).toEqual({ status: 'password-required' });
    await expect(auth.emails.verify({ token: attacker.link, password: owners })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
    expect(table.rows[0]?.verified).toBe(false);
    expect(await auth.login({ identifier: email, password: attackers })).toEqual({
      status: 'verification-required',
    });
  });

  it('is the owner’s who registers again, and the attacker has nothing any more', async () => {
    const made = await prepared();
    const deviceToken = deviceTokenOf(await made.auth.register({ email, password: owners }));
    await made.settled();
    await expectPowerless(made);
    const token = made.outbox.token('verify-email');
    const attacker = await made.auth.emails.verify({ token }, { deviceToken: made.attacker.deviceToken });
    expect(attacker).toEqual({ status: 'password-required' });
    expect(await made.auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
    await expectPowerless(made);
    expect(await made.auth.login({ identifier: email, password: owners })).toMatchObject({
      status: 'signed-in',
    });
  });

  it('is the owner’s who resets its password, and the attacker has nothing any more', async () => {
    const made = await prepared();
    await made.auth.passwords.requestReset({ identifier: email });
    await made.settled();
    await made.auth.passwords.reset({ token: made.outbox.token('reset-password'), newPassword: owners });
    await expectPowerless(made);
    expect(made.table.rows[0]?.verified).toBe(true);
    expect(await made.auth.login({ identifier: email, password: owners })).toMatchObject({
      status: 'signed-in',
    });
    // Also if it became unverified again.
    Object.assign(made.table.rows[0] as Row, { verified: false });
    await made.auth.emails.requestVerification({ email });
    await made.settled();
    const token = made.outbox.token('verify-email');
    expect(await made.auth.emails.verify({ token }, made.attacker)).toEqual({ status: 'password-required' });
  });

  it('is not the attacker’s who registers it once more, and gives the owner no link that works for the attacker', async () => {
    const made = await prepared();
    const owner = deviceTokenOf(await made.auth.register({ email, password: owners }));
    await made.settled();
    const deviceToken = deviceTokenOf(await made.auth.register({ email, password: attackers }));
    await made.settled();
    const token = made.outbox.token('verify-email');
    expect(made.outbox.sent.map(({ to }) => to)).toEqual([email, email, email]);
    expect(await made.auth.emails.verify({ token }, { deviceToken: owner })).toEqual({
      status: 'password-required',
    });
    expect(made.table.rows[0]?.verified).toBe(false);
    // Only the mailbox has this link. Together with it, a browser is the owner’s.
    expect(await made.auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
  });

  it('cannot be prepared any more when the owner has proven the address', async () => {
    const made = doorTo(userTable());
    const deviceToken = deviceTokenOf(await made.auth.register({ email, password: owners }));
    await made.settled();
    await made.auth.emails.verify({ token: made.outbox.token('verify-email') }, { deviceToken });
    const row = { ...(made.table.rows[0] as Row) };
    await made.auth.register({ email, password: attackers, profile: { name: 'Eve' } });
    await made.settled();
    expect(made.table.rows).toEqual([row]);
    expect(made.outbox.list().at(-1)).toBe(`already-registered ${email}`);
  });

  it('is refused as a mistake of the set-up where new accounts count as verified', async () => {
    const table = userTable();
    const made = doorTo({
      ...table,
      create: async (user) => {
        const answer = await table.create(user);
        for (const row of table.rows) delete row.verified;
        return answer.ok ? { ok: true, user: { ...(table.rows[0] as Row) } } : answer;
      },
    });
    await expect(made.auth.register({ email, password: attackers })).rejects.toMatchObject({
      option: 'users.create',
    });
  });
});

function deviceTokenOf(answer: Awaited<ReturnType<AccountDoor['auth']['register']>>): string {
  if (answer.status !== 'check-inbox') throw new Error(answer.status);
  return answer.deviceToken;
}

async function turnsOfTheLoop(count: number): Promise<string> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
  return 'still waiting';
}
