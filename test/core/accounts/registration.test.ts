import { describe, expect, it } from 'vitest';
import type { RegistrationInput, UserCapabilities } from '../../../src/index.ts';
import { accountDoor, goodPassword } from '../../support/account-door.ts';
import { countingHasher } from '../../support/counting-hasher.ts';
import { door } from '../../support/door.ts';
import { saltedHasher } from '../../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const email = 'bob@shop.example';
const password = goodPassword;
const origin = { ip: '192.0.2.7', userAgent: 'Browser/1' };

/** A door to an empty table, which verifies addresses. */
const verifying = (table: UserTable = userTable()) => accountDoor({ table, hasher: saltedHasher() });
/** The same without verification. */
const plain = (table: UserTable = userTable()) => door({ table });

describe('a registration where addresses are not verified', () => {
  it('makes one row of what was typed, in the form in which it is looked up', async () => {
    const { auth, table } = plain();
    await auth.register({ email: ' Bob@Shop.Example. ', username: ' Bobby ', password, profile: { age: 7 } });
    expect(table.rows).toEqual([
      {
        key: 1,
        login: 'Bobby',
        mail: email,
        hash: `plain:1:${password}`,
        verified: false,
        profile: { age: 7 },
      },
    ]);
    expect(table.calls).toEqual(['create']);
  });

  it('answers the row, and an authentication that starts a session', async () => {
    const { auth, clock } = plain();
    const result = await auth.register({ email, password });
    if (result.status !== 'registered') throw new Error(result.status);
    expect(result).toEqual({
      status: 'registered',
      user: expect.objectContaining({ key: 1, mail: email }),
      authentication: { methods: ['pwd'], at: Number(clock.now()) / 1000 },
    });
    const stamp = await auth.sessions.start(result.user, result.authentication);
    expect(await auth.sessions.resume(stamp)).toMatchObject({ user: { key: 1 } });
  });

  it('starts sessions also where the id belonged to somebody whose sessions were ended', async () => {
    const { auth } = plain();
    await auth.sessions.endAll(1);
    const result = await auth.register({ email, password });
    if (result.status !== 'registered') throw new Error(result.status);
    const stamp = await auth.sessions.start(result.user, result.authentication);
    expect(await auth.sessions.resume(stamp)).not.toBeNull();
  });

  it('tells of it, and sends nothing', async () => {
    const made = accountDoor({ table: userTable(), links: {} });
    await made.auth.register({ email, password }, origin);
    await made.settled();
    expect(made.events).toMatchObject([{ name: 'account.registered', userId: 1, again: false, ...origin }]);
    expect(made.outbox.sent).toEqual([]);
  });

  it.each([
    ['an address alone', { email }],
    ['a user name alone', { username: 'bob' }],
    ['both', { email, username: 'bob' }],
  ])('takes %s, and it signs in', async (_what, identifiers) => {
    const { auth } = plain();
    await auth.register({ ...identifiers, password });
    for (const identifier of Object.values(identifiers)) {
      expect(await auth.login({ identifier, password })).toMatchObject({ status: 'signed-in' });
    }
  });

  it.each(['email', 'username'] as const)('says that the %s is taken', async (taken) => {
    const { auth, table } = plain();
    await auth.register({ email, username: 'bob', password });
    const free = { email: 'free@shop.example', username: 'free' };
    const again = auth.register({ ...free, [taken]: { email, username: 'bob' }[taken], password });
    await expect(again).rejects.toMatchObject({
      name: 'TakenError',
      code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN',
      fields: { [taken]: expect.any(String) },
    });
    expect(table.rows).toHaveLength(1);
  });

  it('asks for an address or a user name', async () => {
    const { auth, table } = plain();
    await expect(auth.register({ password })).rejects.toMatchObject({ fields: { email: 'is missing' } });
    expect(table.calls).toEqual([]);
  });
});

describe('a registration where addresses are verified', () => {
  it('answers nothing but check-inbox and what the browser keeps', async () => {
    const { auth } = verifying();
    expect(await auth.register({ email, password })).toEqual({
      status: 'check-inbox',
      deviceToken: expect.stringMatching(/^[\w-]{22}\.[\w-]{8}\.[\w-]{43}$/),
    });
  });

  it('asks for an address', async () => {
    const { auth, table } = verifying();
    await expect(auth.register({ username: 'bob', password })).rejects.toMatchObject({
      fields: { email: 'is missing' },
    });
    expect(table.calls).toEqual([]);
  });

  it.each([
    ['a column that says so', { verified: false }],
    ['a status that says so', { state: 'pending' as const }],
  ])('lets nobody in before the address is proven, by %s', async (_what, unproven) => {
    const table = creating(({ verified: _not, ...row }) => ({ ...row, ...unproven }));
    const { auth, outbox, settled } = verifying(table);
    const { deviceToken } = await registered(auth.register({ email, password }));
    await settled();
    const login = () => auth.login({ identifier: email, password });
    expect(await login()).toEqual({ status: 'verification-required' });
    await auth.emails.verify({ token: outbox.token('verify-email') }, { deviceToken });
    expect(await login()).toMatchObject({ status: 'signed-in' });
  });
});

describe('a new password', () => {
  it.each([
    ['spaces before and after it', `  ${goodPassword}  `, goodPassword],
    ['a tab and a line break at its end', `${goodPassword}\t\n`, goodPassword],
    ['a NUL in it', `${goodPassword}\u0000x`, `${goodPassword}\u0000y`],
    ['capital letters', `${goodPassword} XY`, `${goodPassword} xy`],
    ['a letter in its decomposed form', `${goodPassword} e\u0301`, `${goodPassword} \u00e9`],
  ])('is hashed as it was typed: %s', async (_what, typed, other) => {
    const { auth, hasher, table } = plain();
    await auth.register({ email, password: typed });
    expect(hasher.hashed).toEqual([typed]);
    expect(table.rows[0]?.hash).toBe(`plain:1:${typed}`);
    await expect(auth.login({ identifier: email, password: other })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
  });

  it.each([
    ['too-short', 'short', {}],
    ['too-common', 'passwordpassword', {}],
    ['contains-identifier', 'bob@shop.example', {}],
    ['contains-identifier', 'Bartholomew-1234', { username: 'Bartholomew' }],
  ])('that is %s costs neither a hash nor a row', async (reason, refused, more) => {
    for (const { auth, table, hasher, state } of [plain(), verifying()]) {
      await expect(auth.register({ email, password: refused, ...more })).rejects.toMatchObject({
        name: 'PasswordError',
        code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
        reasons: expect.arrayContaining([reason]),
        fields: { password: expect.any(String) },
      });
      expect([...hasher.hashed, ...state.calls, ...table.rows]).toEqual([]);
    }
  });

  it('waits in the queue of the hasher, and nothing is stored when that is full', async () => {
    const hasher = countingHasher(1, 1);
    const { auth, table } = door({
      table: userTable(),
      hasher: { ...hasher, hash: () => new Promise(() => undefined) },
    });
    const registrations = Array.from({ length: 34 }, (_none, n) =>
      auth.register({ email: `${n}@shop.example`, password }),
    );
    await expect(registrations.at(-1)).rejects.toMatchObject({ code: 'ERR_SERVER_BUSY' });
    expect(table.calls).toEqual([]);
  });
});

describe('a user name, where addresses are verified,', () => {
  const taken = { login: 'bob', mail: 'other@shop.example', hash: 'x', verified: true, key: 9 };
  const refusal = { code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN', fields: { username: 'is taken' } };

  it.each([
    ['free', 'free@shop.example', []],
    ['taken by a verified account', email, [{ key: 1, login: email, hash: 'y', verified: true }]],
    ['taken by an unverified account', email, [{ key: 1, login: email, hash: 'y', verified: false }]],
    ['the address of the account with that name', 'other@shop.example', []],
  ])('that is taken is said, also when the address is %s', async (_what, address, rows) => {
    const { auth, table, hasher } = verifying(userTable(taken, ...rows));
    await expect(auth.register({ email: address, username: 'bob', password })).rejects.toMatchObject(refusal);
    expect(table.calls).toEqual(['findByIdentifier', 'findByIdentifier']);
    expect(hasher.hashed).toEqual([]);
  });

  it('goes on for whoever sends the same form twice, since no mail came', async () => {
    const { auth, table, outbox, settled } = verifying();
    const form = { email, username: 'bob', password };
    await auth.register(form);
    const { deviceToken } = await registered(auth.register(form));
    await settled();
    expect(table.rows).toHaveLength(1);
    expect(outbox.list()).toEqual([`verify-email ${email}`, `verify-email ${email}`]);
    const token = outbox.token('verify-email');
    expect(await auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
    await expect(auth.register(form)).rejects.toMatchObject(refusal);
  });

  it.each(['email', 'username'] as const)(
    'is judged the same where the store looks at the index of the %s first',
    async (first) => {
      const rows = [
        taken,
        { key: 1, login: 'alice', mail: email, hash: 'y', verified: true },
        { key: 2, login: 'carol', mail: 'carol@shop.example', hash: 'z', verified: false },
      ];
      const answers = async (input: RegistrationInput) => {
        const { auth } = verifying(sayingFirst(first, userTable(...rows)));
        return auth.register(input).then(
          ({ status }) => status,
          ({ fields }) => fields,
        );
      };
      const free = 'free@shop.example';
      expect([
        await answers({ email, username: 'bob', password }),
        await answers({ email: free, username: 'bob', password }),
        await answers({ email, username: 'free', password }),
        await answers({ email: free, username: 'free', password }),
        await answers({ email: 'carol@shop.example', username: 'carol', password }),
      ]).toEqual([refusal.fields, refusal.fields, 'check-inbox', 'check-inbox', 'check-inbox']);
    },
  );

  it('that somebody else takes between the look-up and the insert is said', async () => {
    const table = userTable();
    const { auth } = verifying({
      ...table,
      create: async (user) => {
        table.rows.push({ ...taken });
        return table.create(user);
      },
    });
    await expect(auth.register({ email, username: 'bob', password })).rejects.toMatchObject(refusal);
  });

  // The answer is check-inbox: no account was made, and no mail will come.
  it('that the index alone takes for taken, because of its case, is said', async () => {
    const table = userTable({ ...taken, login: 'bob' });
    const { auth } = verifying({ ...table, create: async () => ({ ok: false, taken: 'username' }) });
    await expect(auth.register({ email, username: 'Bob', password })).rejects.toMatchObject(refusal);
  });

  it('of the same form, sent twice at the same moment, makes one account with one password', async () => {
    const { auth, table, outbox, settled } = verifying(sayingFirst('username', userTable()));
    const form = { email, username: 'bob', password };
    const results = await Promise.all([auth.register(form), auth.register(form)]);
    await settled();
    expect(results.map(({ status }) => status)).toEqual(['check-inbox', 'check-inbox']);
    expect(table.rows).toHaveLength(1);
    const verified = await Promise.allSettled(
      results.map(async (result) => {
        const context = 'deviceToken' in result ? { deviceToken: result.deviceToken } : {};
        return auth.emails.verify({ token: outbox.token('verify-email') }, context);
      }),
    );
    const statuses = verified.map((one) => (one.status === 'fulfilled' ? one.value.status : 'refused'));
    expect(statuses.sort()).toEqual(['password-required', 'verified']);
  });
});

describe('what users.create answers', () => {
  const row = { key: 1, login: email, hash: `plain:1:${password}`, verified: false };
  const nonsense: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['a number', 1],
    ['a text', 'ok'],
    ['the bare row', row],
    ['a list of rows', [row]],
    ['an empty object', {}],
    ['ok without a row', { ok: true }],
    ['ok with null for a row', { ok: true, user: null }],
    ['a row that is not ok', { user: row }],
    ['something like true', { ok: 1, user: row }],
    ['taken, and not what', { ok: false }],
    ['something unknown that is taken', { ok: false, taken: 'phone' }],
    ['both at once as a list', { ok: false, taken: ['email', 'username'] }],
    ['what is taken, and not that it is not ok', { taken: 'email' }],
    ['a hash that was cut', { ok: true, user: { ...row, hash: row.hash.slice(0, -1) } }],
    ['a hash with spaces that fill the column', { ok: true, user: { ...row, hash: `${row.hash}   ` } }],
    ['no hash', { ok: true, user: { ...row, hash: null } }],
    ['the row of somebody else', { ok: true, user: { ...row, hash: 'plain:1:another' } }],
  ];

  it.each(nonsense)('is a mistake in the set-up when it is %s', async (_what, answer) => {
    const create = (async () => answer) as unknown as UserTable['create'];
    for (const { auth, events, settled } of [
      accountDoor({ table: { ...userTable(), create } }),
      accountDoor({ table: { ...userTable(), create }, links: {} }),
    ]) {
      await expect(auth.register({ email, password })).rejects.toMatchObject({
        name: 'ConfigError',
        code: 'ERR_CONFIG_INVALID',
        option: 'users.create',
      });
      await settled();
      expect(events).toEqual([]);
    }
  });

  it('names no hash and no address in that message', async () => {
    const { auth } = plain({
      ...userTable(),
      create: async () => ({ ok: true, user: { ...row, hash: 'plain:1:cut' } }),
    });
    const { message } = await auth.register({ email, password }).catch((error) => error);
    expect(message).not.toMatch(/plain|correct|bob@/);
    expect(message).toContain(`${row.hash.length} characters`);
  });

  it('is a mistake of toAuthUser when the row has no id', async () => {
    const { auth } = plain({
      ...userTable(),
      create: async () => ({ ok: true, user: { ...row, key: undefined as unknown as number } }),
    });
    await expect(auth.register({ email, password })).rejects.toMatchObject({ option: 'users.toAuthUser' });
  });

  it('is a fault that comes through as it is when it throws', async () => {
    const fault = new Error('disk full');
    const create = () => Promise.reject(fault);
    for (const { auth, events, settled } of [
      accountDoor({ table: { ...userTable(), create } }),
      accountDoor({ table: { ...userTable(), create }, links: {} }),
    ]) {
      await expect(auth.register({ email, password })).rejects.toBe(fault);
      await settled();
      expect(events).toEqual([]);
    }
  });
});

it('names the method that the user store lacks when the types are bypassed', async () => {
  const { create: _missing, ...table } = userTable();
  const { auth, hasher } = plain(table as UserTable);
  await expect(auth.register({ email, password })).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    option: 'users.create',
  });
  expect(hasher.hashed).toEqual([]);
});

async function registered(
  answer: ReturnType<ReturnType<typeof verifying>['auth']['register']>,
): Promise<{ readonly deviceToken: string }> {
  const result = await answer;
  if (result.status !== 'check-inbox') throw new Error(result.status);
  return result;
}

/** A table that stores new rows in a form of its own. */
function creating(changed: (row: Row) => Row): UserTable {
  const table = userTable();
  return {
    ...table,
    create: async (user) => {
      const answer = await table.create(user);
      if (!answer.ok) return answer;
      const row = changed(answer.user);
      table.rows.splice(-1, 1, row);
      return { ok: true, user: { ...row } };
    },
  };
}

/** A store that, of two identifiers that are taken, names this one. */
function sayingFirst(first: 'email' | 'username', table: UserTable): UserTable {
  const create: UserCapabilities<Row>['create'] = async (user) => {
    const named = { email: user.email, username: user.username }[first] ?? '';
    if (await table.findByIdentifier(named, first)) return { ok: false, taken: first };
    return table.create(user);
  };
  return { ...table, create };
}
