import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VerificationRequestInput } from '../../../src/core/accounts/email-verification.ts';
import { accountDoor, accountLinks, goodPassword, otherPassword } from '../../support/account-door.ts';
import { saltedHasher } from '../../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const email = 'bob@shop.example';
const origin = { ip: '192.0.2.7', userAgent: 'Browser/1' };
const rejected = { code: 'ERR_LOGIN_REJECTED' };
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };

const bob = (changes: Partial<Row> = {}): Row => ({
  key: 7,
  login: 'bob',
  mail: email,
  hash: `salted:0:${goodPassword}`,
  verified: false,
  ...changes,
});

const doorOf = (table: UserTable) => accountDoor({ table, hasher: saltedHasher() });

/** An account that was registered just now, with its link and what its browser keeps. */
async function registered(table: UserTable = userTable()) {
  const made = doorOf(table);
  const result = await made.auth.register({ email, password: goodPassword });
  await made.settled();
  if (result.status !== 'check-inbox') throw new Error(result.status);
  made.events.length = 0;
  made.table.calls.length = 0;
  made.state.calls.length = 0;
  return { ...made, deviceToken: result.deviceToken, token: made.outbox.token('verify-email') };
}

describe('a link that is opened in the browser that registered', () => {
  it('proves the address, tells of it and signs nobody in', async () => {
    const { auth, token, deviceToken, table, events } = await registered();
    const result = await auth.emails.verify({ token }, { deviceToken, ...origin });
    expect(result).toEqual({ status: 'verified', user: table.rows[0] });
    expect(table.rows[0]?.verified).toBe(true);
    expect(events).toMatchObject([{ name: 'email.verified', userId: 1, ...origin }]);
  });

  it('makes a pending account active, which can sign in from then on', async () => {
    const made = doorOf(userTable());
    const { deviceToken } = (await made.auth.register({ email, password: goodPassword })) as {
      deviceToken: string;
    };
    await made.settled();
    for (const row of made.table.rows) row.state = 'pending';
    const token = made.outbox.token('verify-email');
    expect(await made.auth.emails.verify({ token }, { deviceToken })).toMatchObject({
      status: 'verified',
      user: { state: 'active', verified: true },
    });
    expect(await made.auth.login({ identifier: email, password: goodPassword })).toMatchObject({
      status: 'signed-in',
    });
  });

  it('needs no password, and compares none', async () => {
    const { auth, token, deviceToken, hasher } = await registered();
    await auth.emails.verify({ token, password: 'not the password of it' }, { deviceToken });
    expect(hasher.verified).toEqual([]);
  });
});

describe('a link that is opened in another browser', () => {
  it.each<[string, unknown]>([
    ['no context', undefined],
    ['null for a context', null],
    ['nothing of ours', { ip: origin.ip }],
    ['an empty text', { deviceToken: '' }],
    ['something else', { deviceToken: 'x'.repeat(75) }],
  ])('asks for the password and changes nothing, with %s', async (_what, context) => {
    const { auth, token, table, state, hasher, events } = await registered();
    expect(await auth.emails.verify({ token }, context as object)).toEqual({ status: 'password-required' });
    expect(table.rows[0]?.verified).toBe(false);
    expect(table.calls).toEqual(['findById']);
    expect(state.calls).toEqual(['get address']);
    expect([...hasher.verified, ...events]).toEqual([]);
  });

  it('works on after that, with the password', async () => {
    const { auth, token, table } = await registered();
    for (let visit = 0; visit < 3; visit += 1) await auth.emails.verify({ token });
    const result = await auth.emails.verify({ token, password: goodPassword }, origin);
    expect(result).toEqual({ status: 'verified', user: { ...table.rows[0], verified: true } });
  });

  it('works on after a wrong password, which is told as an event', async () => {
    const { auth, token, table, events } = await registered();
    const wrong = auth.emails.verify({ token, password: 'not the password of it' }, origin);
    await expect(wrong).rejects.toMatchObject(rejected);
    expect(table.rows[0]?.verified).toBe(false);
    expect(events).toMatchObject([{ name: 'password.rejected', use: 'verify-email', userId: 1, ...origin }]);
    expect(await auth.emails.verify({ token, password: goodPassword })).toMatchObject({ status: 'verified' });
  });

  it.each([undefined, null, ''])('takes %j for no password', async (password) => {
    const { auth, token, hasher } = await registered();
    const input = { token, password } as { token: string };
    expect(await auth.emails.verify(input)).toEqual({ status: 'password-required' });
    expect(hasher.verified).toEqual([]);
  });

  it('proves nothing with a password that was stored after the link was read', async () => {
    const table = userTable();
    let looks = 0;
    const { auth, token } = await registered({
      ...table,
      findById: async (id) => {
        looks += 1;
        if (looks === 2) Object.assign(table.rows[0] as Row, { hash: `salted:9:${otherPassword}` });
        return table.findById(id);
      },
    });
    const result = await auth.emails.verify({ token, password: otherPassword });
    expect(result).toEqual({ status: 'password-required' });
    expect(table.rows[0]?.verified).toBe(false);
  });

  it('waits in the queue of the hasher, as every comparison does', async () => {
    const { auth, token, hasher } = await registered();
    vi.spyOn(hasher, 'verify').mockReturnValue(new Promise(() => undefined));
    const many = Array.from({ length: 64 + 33 }, () => auth.emails.verify({ token, password: goodPassword }));
    await expect(many.at(-1)).rejects.toMatchObject({ code: 'ERR_SERVER_BUSY' });
  });

  it('compares no password for a link that is none', async () => {
    const { auth, hasher } = await registered();
    await expect(auth.emails.verify({ token: 'x.y.z', password: goodPassword })).rejects.toMatchObject(
      invalid,
    );
    expect(hasher.verified).toEqual([]);
  });
});

describe('users.markEmailVerified', () => {
  it('is handed the stored address, whatever its case', async () => {
    const asked: unknown[] = [];
    const table = userTable(bob({ mail: 'Bob@Shop.Example' }));
    const made = doorOf({
      ...table,
      findByIdentifier: async () => ({ ...(table.rows[0] as Row) }),
      markEmailVerified: async (...given) => {
        asked.push(given);
        return table.markEmailVerified(...given);
      },
    });
    await made.auth.emails.requestVerification({ email });
    await made.settled();
    const token = made.outbox.token('verify-email');
    await made.auth.emails.verify({ token, password: goodPassword });
    expect(asked).toEqual([[7, 'Bob@Shop.Example']]);
    expect(made.outbox.list()).toEqual(['verify-email Bob@Shop.Example']);
  });

  it('that answers false has not verified: the link is refused', async () => {
    const markEmailVerified: UserTable['markEmailVerified'] = async () => false;
    const { auth, token, deviceToken, events } = await registered({ ...userTable(), markEmailVerified });
    await expect(auth.emails.verify({ token }, { deviceToken })).rejects.toMatchObject(invalid);
    expect(events).toMatchObject([
      { name: 'account.link-rejected', purpose: 'verify-email', reason: 'superseded', userId: 1 },
    ]);
  });

  it.each([[undefined], [1], [{ rowCount: 1 }], ['true']])(
    'that answers %j is a mistake in the set-up, and costs nobody the link',
    async (answer) => {
      const table = userTable();
      const mark = vi.fn(table.markEmailVerified).mockResolvedValueOnce(answer as unknown as boolean);
      const { auth, token, deviceToken, events } = await registered({ ...table, markEmailVerified: mark });
      await expect(auth.emails.verify({ token }, { deviceToken })).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        option: 'users.markEmailVerified',
      });
      expect(events).toEqual([]);
      expect(await auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
    },
  );

  it('that throws gives the link back, and its fault comes through as it is', async () => {
    const table = userTable();
    const fault = new Error('deadlock');
    const mark = vi.fn(table.markEmailVerified).mockRejectedValueOnce(fault);
    const { auth, token, deviceToken } = await registered({ ...table, markEmailVerified: mark });
    await expect(auth.emails.verify({ token }, { deviceToken })).rejects.toBe(fault);
    expect(await auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
  });

  it('is missing: that is said by its name when the types are bypassed', async () => {
    const { markEmailVerified: _missing, ...table } = userTable(bob());
    const { auth } = accountDoor({ table: table as UserTable, links: {} });
    const option = 'users.markEmailVerified';
    await expect(auth.emails.verify({ token: 'x' })).rejects.toMatchObject({ option });
    await expect(auth.emails.requestVerification({ email })).rejects.toMatchObject({ option });
  });

  it('may be followed by the end of the account: what was opened is answered', async () => {
    const table = userTable();
    const { auth, token, deviceToken } = await registered({
      ...table,
      markEmailVerified: async (...given) => {
        const answer = await table.markEmailVerified(...given);
        table.rows.length = 0;
        return answer;
      },
    });
    const result = await auth.emails.verify({ token }, { deviceToken });
    expect(result).toMatchObject({ status: 'verified', user: { mail: email } });
  });
});

describe('a store that says verified and is not', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
  afterEach(() => warned.mockClear());

  it.each<[string, (row: Row) => void, number]>([
    ['sets no column', () => undefined, 1],
    ['leaves the status pending', (row) => Object.assign(row, { verified: true, state: 'pending' }), 1],
    ['sets the column', (row) => Object.assign(row, { verified: true }), 0],
    ['has no such column', (row) => void delete row.verified, 0],
  ])('is warned of when it %s', async (_what, mark, times) => {
    const table = userTable();
    const { auth, token, deviceToken } = await registered({
      ...table,
      markEmailVerified: async () => {
        for (const row of table.rows) mark(row);
        return true;
      },
    });
    await auth.emails.verify({ token }, { deviceToken });
    expect(warned.mock.calls.map(([, options]) => options)).toEqual(
      Array.from({ length: times }, () => ({ code: 'OSTIARY_NOT_VERIFIED' })),
    );
  });
});

describe('a link that is asked for', () => {
  it.each<[string, (row: Row) => VerificationRequestInput<Row>]>([
    ['by the user who is signed in', (user) => ({ user })],
    ['by the address', () => ({ email: ' Bob@Shop.Example. ' })],
  ])('%s goes to the stored address, and works', async (_how, input) => {
    const made = doorOf(userTable(bob()));
    expect(await made.auth.emails.requestVerification(input(bob()))).toBeUndefined();
    await made.settled();
    expect(made.outbox.sent).toMatchObject([
      { kind: 'verify-email', to: email, user: bob(), lifetimeSeconds: 86_400 },
    ]);
    expect(made.events).toMatchObject([{ name: 'email.verification-requested', userId: 7 }]);
    const token = made.outbox.token('verify-email');
    const verified = await made.auth.emails.verify({ token, password: goodPassword });
    expect(verified).toMatchObject({ status: 'verified' });
  });

  it.each<[string, Row, number]>([
    ['unverified', bob(), 1],
    ['pending', bob({ state: 'pending' }), 1],
    ['of a table that does not know', { key: 7, login: 'bob', mail: email, hash: 'x' }, 1],
    ['verified', bob({ verified: true }), 0],
    ['disabled', bob({ state: 'disabled' }), 0],
    ['of an unknown status', bob({ state: 'locked' as 'disabled' }), 0],
  ])('for an account that is %s is sent or not, and that is not said', async (_what, row, times) => {
    for (const input of [{ user: row }, { email }]) {
      const made = doorOf(userTable(row));
      expect(await made.auth.emails.requestVerification(input)).toBeUndefined();
      await made.settled();
      expect(made.outbox.sent).toHaveLength(times);
      expect(made.events).toHaveLength(times);
    }
  });

  it('for an account without an address is an event', async () => {
    const made = doorOf(userTable(bob({ mail: null })));
    await made.auth.emails.requestVerification({ user: bob({ mail: null }) });
    await made.settled();
    expect(made.events).toMatchObject([
      { name: 'email.verification-requested' },
      { name: 'notification.failed', obstacle: 'no-address', userId: 7 },
    ]);
  });

  it('leaves the links from before it alive', async () => {
    const { auth, token, deviceToken, settled, outbox } = await registered();
    await auth.emails.requestVerification({ email });
    await settled();
    expect(outbox.token('verify-email')).not.toBe(token);
    expect(await auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
  });

  it('does nothing a second time when it is used after another one', async () => {
    const { auth, token, deviceToken, settled, outbox, events } = await registered();
    await auth.emails.requestVerification({ email });
    await settled();
    for (const each of [token, outbox.token('verify-email')]) {
      expect(await auth.emails.verify({ token: each }, { deviceToken })).toMatchObject({
        status: 'verified',
      });
    }
    expect(events.filter(({ name }) => name === 'account.link-rejected')).toEqual([]);
  });

  it('without a page to lead to is a mistake of the set-up', async () => {
    const { verifyEmail: _none, ...links } = accountLinks;
    const { auth, outbox } = accountDoor({ table: userTable(bob()), links });
    for (const input of [{ user: bob() }, { email }, { email: 'nobody@shop.example' }]) {
      await expect(auth.emails.requestVerification(input)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        option: 'links.verifyEmail',
      });
    }
    expect(outbox.sent).toEqual([]);
  });

  it.each([[undefined], [null], [{}], [{ user: null }], [{ email: '' }]])(
    'for nobody, as %j, is refused',
    async (input) => {
      const { auth } = doorOf(userTable(bob()));
      await expect(
        auth.emails.requestVerification(input as unknown as { email: string }),
      ).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    },
  );
});
