import { describe, expect, it, vi } from 'vitest';
import type { PasswordHashUpdate, TokenService, UserId } from '../../../src/index.ts';
import { accountDoor, accountLinks, goodPassword, otherPassword } from '../../support/account-door.ts';
import { type CountingHasher, countingHasher } from '../../support/counting-hasher.ts';
import { aliceRow, rightPassword } from '../../support/door.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const identifier = 'alice@shop.example';
const origin = { ip: '192.0.2.7', userAgent: 'Browser/1' };
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };
const newHash = `plain:1:${goodPassword}`;

type Given = Parameters<typeof accountDoor<CountingHasher>>[0];

/** A link that was mailed to the owner of the first row, and nothing else in any list. */
async function mailed(given: Given = {}) {
  const made = accountDoor(given);
  await made.auth.passwords.requestReset({ identifier: made.table.rows[0]?.login ?? '' });
  await made.settled();
  const token = made.outbox.token('reset-password');
  for (const list of [made.events, made.table.calls, made.state.calls, made.outbox.sent]) list.length = 0;
  const reset = (newPassword: unknown = goodPassword, text: unknown = token) =>
    made.auth.passwords.reset({ token: text, newPassword } as { token: string; newPassword: string }, origin);
  return { ...made, token, reset };
}

describe('a reset that is asked for', () => {
  it.each([
    ['by the address', identifier],
    ['by the address as people type it', ' Alice@Shop.Example. '],
  ])('%s is answered with nothing, and a link goes to the stored address', async (_how, typed) => {
    const { auth, outbox, events, settled } = accountDoor();
    expect(await auth.passwords.requestReset({ identifier: typed }, origin)).toBeUndefined();
    await settled();
    const token = outbox.token('reset-password');
    const url = `${accountLinks.resetPassword}?token=${token}`;
    expect(outbox.sent).toEqual([
      { kind: 'reset-password', to: identifier, user: aliceRow(), token, url, lifetimeSeconds: 1800 },
    ]);
    expect(events).toMatchObject([{ name: 'password.reset-requested', userId: 1, ...origin }]);
    expect(events[0]).not.toHaveProperty('identifierHash');
  });

  it('by the user name goes to the stored address', async () => {
    const table = userTable(aliceRow({ login: 'Alice', mail: 'Mail@Shop.Example' }));
    const { auth, outbox, settled } = accountDoor({ table });
    await auth.passwords.requestReset({ identifier: 'Alice' });
    await settled();
    expect(outbox.list()).toEqual(['reset-password Mail@Shop.Example']);
  });

  it('goes to the stored address also when a loose look-up found another account than was typed', async () => {
    const table = userTable(aliceRow({ login: 'mike@shop.example' }));
    const loose = { ...table, findByIdentifier: async () => ({ ...(table.rows[0] as Row) }) };
    const { auth, outbox, settled } = accountDoor({ table: loose });
    await auth.passwords.requestReset({ identifier: 'm\u0131ke@shop.example' });
    await settled();
    expect(outbox.list()).toEqual(['reset-password mike@shop.example']);
  });

  it('for an identifier that nobody has sends nothing, and is told as an HMAC of it', async () => {
    const { auth, outbox, events, settled } = accountDoor();
    for (const typed of ['nobody@shop.example', 'Nobody@Shop.Example', 'somebody@shop.example']) {
      await auth.passwords.requestReset({ identifier: typed }, origin);
    }
    await settled();
    expect(outbox.sent).toEqual([]);
    const hashes = events.map((event) => ('identifierHash' in event ? event.identifierHash : ''));
    expect(events).toMatchObject(Array(3).fill({ name: 'password.reset-requested', ...origin }));
    expect(hashes).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      hashes[0],
      expect.not.stringMatching(`${hashes[0]}`),
    ]);
    expect(JSON.stringify(events)).not.toMatch(/body|shop/i);
  });

  it.each<[string, Partial<Row>, readonly string[]]>([
    ['active', { state: 'active' }, [`reset-password ${identifier}`]],
    ['pending', { state: 'pending', verified: false }, [`reset-password ${identifier}`]],
    ['unverified', { verified: false }, [`reset-password ${identifier}`]],
    ['without a password', { hash: null }, [`reset-password ${identifier}`]],
    ['disabled', { state: 'disabled' }, []],
    ['of a status of tomorrow', { state: 'locked' as 'disabled' }, []],
    ['without an address', { mail: null }, []],
  ])('of an account that is %s', async (_what, row, list) => {
    const { auth, outbox, events, settled } = accountDoor({ table: userTable(aliceRow(row)) });
    await auth.passwords.requestReset({ identifier });
    await settled();
    expect(outbox.list()).toEqual(list);
    expect(events[0]).toMatchObject({ name: 'password.reset-requested', userId: 1 });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['spaces', '   '],
    ['a number', 7],
    ['an operator', { $ne: null }],
    ['a list of addresses', [identifier, 'eve@evil.example']],
    ['a list in a text', `${identifier},eve@evil.example`],
    ['a header', `${identifier}\nBcc: eve@evil.example`],
    ['an @ that is none before it is normalised', 'v@evil.example\uff20shop.example'],
    ['64 KB', 'a'.repeat(65_536)],
  ])('with %s is refused before any work', async (_what, typed) => {
    const made = accountDoor();
    const asked = made.auth.passwords.requestReset({ identifier: typed as string });
    await expect(asked).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
      fields: { identifier: expect.any(String) },
    });
    await made.settled();
    expect([...made.table.calls, ...made.state.calls, ...made.events, ...made.outbox.sent]).toEqual([]);
  });

  it.each([undefined, null, 'alice', 7])('with %j for an input is refused as one', async (input) => {
    const asked = accountDoor().auth.passwords.requestReset(input as unknown as { identifier: string });
    await expect(asked).rejects.toMatchObject({ fields: { identifier: 'is missing' } });
  });

  it('uses the host’s own rule of what an identifier is', async () => {
    const kinds: string[] = [];
    const table = userTable(aliceRow({ login: '4711' }));
    const watched: UserTable = {
      ...table,
      findByIdentifier: async (value, kind) => {
        kinds.push(kind);
        return table.findByIdentifier(value, kind);
      },
    };
    const { auth } = accountDoor({ table: watched, identifierKind: () => 'customer-number' });
    await auth.passwords.requestReset({ identifier: '4711' });
    expect(kinds).toEqual(['customer-number']);
  });

  it('needs the method of the store, and says so without types', async () => {
    const { updatePasswordHash: _missing, ...table } = userTable(aliceRow());
    const { auth } = accountDoor({ table: table as UserTable, links: {} });
    const option = 'users.updatePasswordHash';
    await expect(auth.passwords.requestReset({ identifier })).rejects.toMatchObject({ option });
  });

  it.each(['1m', '1d'] as const)('lives for %s where that was chosen', async (resetLifetime) => {
    const { auth, outbox, settled } = accountDoor({ links: { ...accountLinks, resetLifetime } });
    await auth.passwords.requestReset({ identifier });
    await settled();
    expect(outbox.sent[0]?.lifetimeSeconds).toBe(resetLifetime === '1m' ? 60 : 86_400);
  });
});

describe('a reset', () => {
  it('stores the new password, and answers the row and nothing that could sign in', async () => {
    const { table, reset, auth } = await mailed();
    const result = await reset();
    expect(result).toEqual({ user: aliceRow({ hash: newHash, counter: 1 }) });
    expect(table.rows).toEqual([aliceRow({ hash: newHash, counter: 1 })]);
    expect(await auth.login({ identifier, password: goodPassword })).toMatchObject({ status: 'signed-in' });
    await expect(auth.login({ identifier, password: rightPassword })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
  });

  it('tells the owner at the stored address, and everybody who listens', async () => {
    const { reset, events, outbox, settled } = await mailed();
    await reset();
    await settled();
    expect(outbox.sent).toEqual([
      { kind: 'password-changed', to: identifier, user: aliceRow({ hash: newHash, counter: 1 }) },
    ]);
    expect(events).toMatchObject([
      { name: 'session.ended', userId: 1 },
      { name: 'token.revoked', userId: 1 },
      { name: 'password.changed', userId: 1, by: 'reset', ...origin },
    ]);
  });

  it.each<[string, string | null]>([
    ['the password that was there', `plain:1:${rightPassword}`],
    ['that there was none', null],
    ['a hash that nobody can read', '$2x$10$unusable'],
  ])('hands the store the new hash, and %s', async (_what, hash) => {
    const updates: [UserId, PasswordHashUpdate][] = [];
    const table = userTable(aliceRow({ hash }));
    const watched: UserTable = {
      ...table,
      updatePasswordHash: async (id, update) => {
        updates.push([id, update]);
        return table.updatePasswordHash(id, update);
      },
    };
    const { reset } = await mailed({ table: watched });
    await reset();
    expect(updates).toEqual([[1, { next: newHash, expected: hash, reason: 'reset' }]]);
    expect(table.rows[0]?.hash).toBe(newHash);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'is missing'],
    ['an empty text', '', 'is missing'],
    ['a number', 1_234_567_890_123_456, 'must be a text'],
    ['a list', [goodPassword], 'must be a text'],
    ['1,025 letters', 'x'.repeat(1025), 'is too long'],
    ['half a letter', `${goodPassword}\ud83d`, 'is not valid text'],
  ])('with %s for a password says so and keeps the link', async (_what, newPassword, problem) => {
    const { auth, reset, hasher, token, table } = await mailed();
    const refused = auth.passwords.reset({ token, newPassword } as { token: string; newPassword: string });
    await expect(refused).rejects.toMatchObject({ fields: { newPassword: problem } });
    expect([...hasher.hashed, ...table.calls]).toEqual([]);
    await reset();
  });

  it.each([
    ['short', 'short', 'too-short'],
    ['common', 'passwordpassword', 'too-common'],
    ['the own address', 'alice@shop.example', 'contains-identifier'],
  ])('with a password that is %s gives the reasons and keeps the link', async (_what, password, reason) => {
    const { reset, hasher, state, table } = await mailed();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(reset(password)).rejects.toMatchObject({
        code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
        reasons: expect.arrayContaining([reason]),
        fields: { newPassword: expect.any(String) },
      });
    }
    expect(hasher.hashed).toEqual([]);
    expect(state.calls).toEqual(Array(3).fill('get address'));
    expect(table.rows).toEqual([aliceRow()]);
    await reset();
  });

  it('with a link that is none costs no hash, and asks no service about the password', async () => {
    const breached = vi.fn(async () => false);
    const { reset, hasher, table } = await mailed({ passwords: { breached } });
    await expect(reset(goodPassword, 'a.b.c')).rejects.toMatchObject(invalid);
    await expect(reset('short', 'a.b.c')).rejects.toMatchObject(invalid);
    expect([hasher.hashed, table.calls, breached.mock.calls]).toEqual([[], [], []]);
  });

  it.each([undefined, null, ''])('with %j for a token says what is missing', async (token) => {
    const { auth } = accountDoor();
    const input = { token, newPassword: goodPassword } as unknown as { token: string; newPassword: string };
    await expect(auth.passwords.reset(input)).rejects.toMatchObject({ fields: { token: 'is missing' } });
  });

  it('waits in the queue of the hasher, and a full queue keeps the link', async () => {
    const hasher = countingHasher();
    const { reset, state } = await mailed({ hasher });
    const hash = vi.spyOn(hasher, 'hash').mockReturnValue(new Promise(() => undefined));
    const many = Array.from({ length: 35 }, () => reset());
    await expect(many.at(-1)).rejects.toMatchObject({ code: 'ERR_SERVER_BUSY' });
    expect(hash).toHaveBeenCalledTimes(2);
    expect(new Set(state.calls)).toEqual(new Set(['get address']));
  });

  it('asks the state store for two looks and four writes, and the table for one write', async () => {
    const { reset, state, table } = await mailed();
    await reset();
    expect(state.calls).toEqual([
      ...['get address', 'get address', 'putIfAbsent link'],
      ...['put revocation', 'put revocation', 'put address'],
    ]);
    expect(table.calls).toEqual([
      ...['findById', 'findById', 'updatePasswordHash', 'findById', 'bumpEpoch', 'findById'],
    ]);
  });
});

describe('what a reset ends', () => {
  it('also of the service that the host has handed in', async () => {
    const ended: UserId[] = [];
    const none = () => Promise.reject(new Error('is not asked'));
    const tokenService: TokenService<Row> = {
      ...{ issue: none, refresh: none, verify: none, revoke: none, jwks: none },
      revokeAll: async (userId) => void ended.push(userId),
    };
    const { reset } = await mailed({ tokenService });
    await expect(reset('short')).rejects.toMatchObject({ code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE' });
    expect(ended).toEqual([]);
    await reset();
    expect(ended).toEqual([1, 1]);
  });
});

describe('the address of an account that is reset', () => {
  const unverified = [
    ['by its column', { verified: false }],
    ['by its status', { state: 'pending' }],
    ['by both', { verified: false, state: 'pending' }],
  ] as const satisfies readonly (readonly [string, Partial<Row>])[];

  it.each(unverified)('is proven by it, where it was not, %s', async (_how, row) => {
    const { reset, table, events, auth } = await mailed({ table: userTable(aliceRow(row)) });
    const { user } = await reset();
    expect(user).toMatchObject({ verified: true, hash: newHash });
    expect(user).toEqual(table.rows[0]);
    expect(events.slice(-2)).toMatchObject([
      { name: 'password.changed', by: 'reset' },
      { name: 'email.verified', userId: 1, ...origin },
    ]);
    expect(await auth.login({ identifier, password: goodPassword })).toMatchObject({ status: 'signed-in' });
  });

  it.each<[string, Partial<Row>]>([
    ['known to be proven', { verified: true }],
    ['of a table that does not know', {}],
    ['proven, though the account is pending', { verified: true, state: 'pending' }],
  ])('is left alone, where it is %s', async (_what, row) => {
    const { reset, table, state, events } = await mailed({ table: userTable(aliceRow(row)) });
    await reset();
    expect(table.calls).not.toContain('markEmailVerified');
    expect(state.calls).not.toContain('putIfAbsent claim');
    expect(events.map(({ name }) => name)).not.toContain('email.verified');
  });

  it('is marked by its stored form, after the write, and claimed before it', async () => {
    const asked: unknown[] = [];
    const table = userTable(aliceRow({ mail: 'Alice@Shop.Example', verified: false }));
    const watched: UserTable = {
      ...table,
      markEmailVerified: async (...given) => {
        asked.push([...given, table.rows[0]?.hash]);
        return table.markEmailVerified(...given);
      },
    };
    const { reset, state } = await mailed({ table: watched });
    await reset();
    expect(asked).toEqual([[1, 'Alice@Shop.Example', newHash]]);
    expect(state.calls).toEqual([
      ...['get address', 'get address', 'putIfAbsent link', 'putIfAbsent claim'],
      ...['put revocation', 'put revocation', 'put address'],
    ]);
  });

  it('is not said to be proven when the store has marked no row', async () => {
    const table = { ...userTable(aliceRow({ verified: false })), markEmailVerified: async () => false };
    const { reset, events } = await mailed({ table });
    expect(await reset()).toMatchObject({ user: { hash: newHash, verified: false } });
    expect(events.map(({ name }) => name)).not.toContain('email.verified');
  });

  it.each([[undefined], [1], [{ rowCount: 1 }]])(
    'is not said to be proven when the store answers %j, and what it must answer is',
    async (answer) => {
      const markEmailVerified = (async () => answer) as unknown as UserTable['markEmailVerified'];
      const table = { ...userTable(aliceRow({ verified: false })), markEmailVerified };
      const { reset, events } = await mailed({ table });
      await expect(reset()).rejects.toMatchObject({ option: 'users.markEmailVerified' });
      expect(events.map(({ name }) => name)).not.toContain('email.verified');
    },
  );

  it('is nobody’s to prove where the store cannot, and the password is reset', async () => {
    const { markEmailVerified: _missing, ...plain } = userTable(aliceRow({ verified: false }));
    const links = { resetPassword: accountLinks.resetPassword };
    const { reset } = await mailed({ table: plain as UserTable, links });
    expect(await reset()).toMatchObject({ user: { hash: newHash, verified: false } });
  });
});

describe('a store that', () => {
  it('has written to no row has not reset the password, and the link is over', async () => {
    const table = { ...userTable(aliceRow()), updatePasswordHash: async () => false };
    const { reset, events, outbox, settled } = await mailed({ table });
    await expect(reset()).rejects.toMatchObject(invalid);
    await expect(reset()).rejects.toMatchObject(invalid);
    await settled();
    expect(events).toMatchObject(
      ['superseded', 'used'].map((reason) => ({ name: 'account.link-rejected', reason, userId: 1 })),
    );
    expect(outbox.sent).toEqual([]);
  });

  it.each([undefined, null, 1, 'ok', { rowCount: 1 }, [1]])(
    'answers %j to the write has said nothing, and gives the link back',
    async (answer) => {
      const table = userTable(aliceRow());
      const updatePasswordHash = vi.fn(table.updatePasswordHash);
      updatePasswordHash.mockResolvedValueOnce(answer as unknown as boolean);
      const { reset, events } = await mailed({ table: { ...table, updatePasswordHash } });
      await expect(reset()).rejects.toMatchObject({ option: 'users.updatePasswordHash' });
      expect(events).toEqual([]);
      await reset();
    },
  );

  it('fails gives the link back, and its fault comes through as it is', async () => {
    const table = userTable(aliceRow());
    const fault = new Error('deadlock');
    const updatePasswordHash = vi.fn(table.updatePasswordHash).mockRejectedValueOnce(fault);
    const { reset } = await mailed({ table: { ...table, updatePasswordHash } });
    await expect(reset()).rejects.toBe(fault);
    expect(table.rows[0]?.hash).toBe(`plain:1:${rightPassword}`);
    await reset();
    expect(table.rows[0]?.hash).toBe(newHash);
  });

  it('cuts the hash gets the old one back, and the link works when the column is wider', async () => {
    const table = userTable(aliceRow());
    let characters = 33;
    const narrow: UserTable = {
      ...table,
      updatePasswordHash: (id, update) =>
        table.updatePasswordHash(id, { ...update, next: update.next.slice(0, characters) }),
    };
    const { reset } = await mailed({ table: narrow });
    await expect(reset()).rejects.toMatchObject({ option: 'users.updatePasswordHash' });
    expect(table.rows).toEqual([aliceRow()]);
    characters = 255;
    await reset();
    expect(table.rows[0]?.hash).toBe(newHash);
  });

  it('has lost the account by the time of the write refuses the link', async () => {
    const table = userTable(aliceRow());
    const updatePasswordHash: UserTable['updatePasswordHash'] = async (...given) => {
      table.rows.length = 0;
      return table.updatePasswordHash(...given);
    };
    const { reset } = await mailed({ table: { ...table, updatePasswordHash } });
    await expect(reset(otherPassword)).rejects.toMatchObject(invalid);
  });
});
