import { describe, expect, it } from 'vitest';
import type { EmailChangeInput } from '../../../src/index.ts';
import { type AccountDoor, accountDoor } from '../../support/account-door.ts';
import { aliceRow, rightPassword } from '../../support/door.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const old = 'alice@shop.example';
const next = 'new@shop.example';
const change = { user: aliceRow(), newEmail: next };
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };

/** The link that the new address was sent. */
async function mailed({ auth, outbox, settled }: AccountDoor, input: EmailChangeInput<Row> = change) {
  await auth.emails.requestChange(input);
  await settled();
  return outbox.token('change-email');
}

/** A table whose `replaceEmail` answers this. */
function answering(answer: unknown): UserTable {
  return { ...userTable(aliceRow()), replaceEmail: async () => answer as 'changed' };
}

describe('emails.requestChange', () => {
  it('sends a link to the new address, and changes nothing', async () => {
    const { auth, table, outbox, settled } = accountDoor();
    expect(await auth.emails.requestChange(change)).toBeUndefined();
    await settled();
    expect(outbox.sent).toEqual([
      {
        ...{ kind: 'change-email', to: next, user: aliceRow(), lifetimeSeconds: 86_400 },
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/),
        url: expect.stringMatching(/^https:\/\/shop\.example\/account\/email\?token=[\w.-]+$/),
      },
    ]);
    expect(table.rows).toEqual([aliceRow()]);
  });

  it('tells whoever listens, without the address', async () => {
    const { auth, events, settled } = accountDoor();
    await auth.emails.requestChange(change, { ip: '192.0.2.1', userAgent: 'Firefox' });
    await settled();
    expect(events).toEqual([
      {
        ...{ name: 'email.change-requested', at: expect.any(Date), userId: 1 },
        ...{ ip: '192.0.2.1', userAgent: 'Firefox' },
      },
    ]);
  });

  it('asks for the password where it is named, and for nothing where it is not', async () => {
    const { auth, hasher } = accountDoor();
    await auth.emails.requestChange(change);
    expect(hasher.verified).toEqual([]);
    await auth.emails.requestChange({ ...change, currentPassword: rightPassword });
    expect(hasher.verified).toEqual([`plain:1:${rightPassword}`]);
  });

  // Whoever has stolen a session would leave the field out of the form.
  it.each([undefined, null, '', true, 0, [], [rightPassword], {}, { $ne: null }, 'x'.repeat(1025)])(
    'refuses the password %j before any work',
    async (currentPassword) => {
      const { auth, table, hasher } = accountDoor();
      const input = { ...change, currentPassword: currentPassword as string };
      await expect(auth.emails.requestChange(input)).rejects.toMatchObject({
        fields: { currentPassword: expect.any(String) },
      });
      expect([table.calls, hasher.verified]).toEqual([[], []]);
    },
  );

  it('writes the new address in the one form in which it is looked up', async () => {
    const made = accountDoor();
    const token = await mailed(made, { ...change, newEmail: ' Ｎew@SHOP.example. ' });
    expect(made.outbox.list()).toEqual([`change-email ${next}`]);
    await made.auth.emails.confirmChange({ token });
    expect(made.table.rows[0]?.mail).toBe(next);
  });

  it.each([old, 'ALICE@Shop.Example', ` ${old}. `, 'ａlice@shop.example'])(
    'refuses %j, which is the present address',
    async (newEmail) => {
      const { auth, outbox, events, settled } = accountDoor();
      await expect(auth.emails.requestChange({ ...change, newEmail })).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        fields: { newEmail: 'is the present address' },
      });
      await settled();
      expect([outbox.sent, events]).toEqual([[], []]);
    },
  );

  it('goes by the address that the account has now', async () => {
    const { auth, table } = accountDoor();
    table.rows[0] = aliceRow({ login: next });
    await expect(auth.emails.requestChange(change)).rejects.toMatchObject({
      fields: { newEmail: 'is the present address' },
    });
    await auth.emails.requestChange({ ...change, newEmail: old });
  });

  it('refuses a present address in whatever form the table has it', async () => {
    const { auth } = accountDoor({ table: userTable(aliceRow({ mail: 'Alice@Shop.example' })) });
    await expect(auth.emails.requestChange({ ...change, newEmail: old })).rejects.toMatchObject({
      fields: { newEmail: 'is the present address' },
    });
  });

  it('names the user that is not there, or not any more', async () => {
    const { auth } = accountDoor();
    const missing = { ...change, user: undefined as unknown as Row };
    await expect(auth.emails.requestChange(missing)).rejects.toMatchObject({
      fields: { user: 'is missing' },
    });
    await expect(auth.emails.requestChange({ ...change, user: aliceRow({ key: 2 }) })).rejects.toMatchObject({
      fields: { user: expect.any(String) },
    });
  });

  it('names the page that is missing, before anything else', async () => {
    const { auth, table } = accountDoor({ links: {} });
    await expect(auth.emails.requestChange(change)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      option: 'links.changeEmail',
    });
    expect(table.calls).toEqual([]);
  });
});

describe('emails.confirmChange', () => {
  it('moves the account, counts the address as proven, and tells the old one', async () => {
    const made = accountDoor({ table: userTable(aliceRow({ verified: false })) });
    const token = await mailed(made);
    made.events.length = 0;
    const { user } = await made.auth.emails.confirmChange({ token }, { ip: '192.0.2.1' });
    await made.settled();
    expect(user).toEqual(made.table.rows[0]);
    expect(made.table.rows).toEqual([aliceRow({ login: next, mail: next, verified: true })]);
    expect(made.events).toMatchObject([{ name: 'email.changed', userId: 1, ip: '192.0.2.1' }]);
    expect(made.outbox.sent.slice(1)).toEqual([{ kind: 'email-changed', to: old, user }]);
  });

  it('proves the address where replaceEmail has not', async () => {
    const table = userTable(aliceRow({ state: 'pending', verified: false }));
    const plain: UserTable = {
      ...table,
      replaceEmail: async (id, { to }) => {
        for (const row of table.rows) if (row.key === id) row.login = to;
        return 'changed';
      },
    };
    const made = accountDoor({ table: plain });
    const { user } = await made.auth.emails.confirmChange({ token: await mailed(made) });
    expect(user).toEqual(aliceRow({ login: next, state: 'active', verified: true }));
  });

  it('hands over the address that it has seen, and the one of the link', async () => {
    const table = userTable(aliceRow());
    const changes: unknown[] = [];
    const watched: UserTable = {
      ...table,
      replaceEmail: async (...given) => {
        changes.push(given);
        return table.replaceEmail(...given);
      },
    };
    const made = accountDoor({ table: watched });
    await made.auth.emails.confirmChange({ token: await mailed(made) });
    expect(changes).toEqual([[1, { from: old, to: next }]]);
  });

  it('leaves sessions and tokens as they are, and the password', async () => {
    const made = accountDoor();
    const session = await made.auth.sessions.start(aliceRow());
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    await made.auth.emails.confirmChange({ token: await mailed(made) });
    expect(await made.auth.sessions.resume(session)).toMatchObject({ user: { login: next } });
    expect(await made.auth.tokens.verify(accessToken)).toMatchObject({ sub: '1' });
    const login = { identifier: next, password: rightPassword };
    expect(await made.auth.login(login)).toMatchObject({ status: 'signed-in' });
    await expect(made.auth.login({ ...login, identifier: old })).rejects.toMatchObject({
      code: 'ERR_LOGIN_REJECTED',
    });
  });

  it('gives an account without an address its first one, and tells nobody', async () => {
    const row = aliceRow({ login: 'alice', mail: null });
    const made = accountDoor({ table: userTable(row) });
    await made.auth.emails.confirmChange({ token: await mailed(made, { ...change, user: row }) });
    await made.settled();
    expect(made.table.rows[0]).toMatchObject({ login: 'alice', mail: next, verified: true });
    expect(made.outbox.list()).toEqual([`change-email ${next}`]);
    expect(made.events.map(({ name }) => name)).toEqual(['email.change-requested', 'email.changed']);
  });

  it('works for an account without a password', async () => {
    const made = accountDoor({ table: userTable(aliceRow({ hash: null })) });
    await made.auth.emails.confirmChange({ token: await mailed(made) });
    expect(made.table.rows[0]?.mail).toBe(next);
  });

  it('works when the row is gone by the time of the answer', async () => {
    const table = userTable(aliceRow());
    const leaving: UserTable = {
      ...table,
      replaceEmail: async (...given) => {
        const outcome = await table.replaceEmail(...given);
        table.rows.length = 0;
        return outcome;
      },
    };
    const made = accountDoor({ table: leaving });
    expect(await made.auth.emails.confirmChange({ token: await mailed(made) })).toEqual({ user: aliceRow() });
  });

  it('is over after a day, to the second', async () => {
    const made = accountDoor();
    const token = await mailed(made);
    made.clock.advance(86_399);
    const late = await mailed(made);
    made.clock.advance(1);
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    await made.auth.emails.confirmChange({ token: late });
  });
});

describe('what replaceEmail answers', () => {
  it('stale is a dead link', async () => {
    const made = accountDoor({ table: answering('stale') });
    const token = await mailed(made);
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    expect(made.events.at(-1)).toMatchObject({
      name: 'account.link-rejected',
      reason: 'superseded',
      userId: 1,
    });
  });

  it('taken is said, and under which field', async () => {
    const made = accountDoor({ table: answering('taken') });
    const token = await mailed(made);
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN',
      fields: { newEmail: 'is taken' },
    });
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
  });

  it.each([undefined, null, true, false, 1, 'ok', 'Changed', [], ['changed'], { rowCount: 1 }])(
    '%j is a mistake of the store, and no change',
    async (answer) => {
      const made = accountDoor({ table: answering(answer) });
      const token = await mailed(made);
      await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        option: 'users.replaceEmail',
      });
      await made.settled();
      expect(made.events.map(({ name }) => name)).toEqual(['email.change-requested']);
      expect(made.outbox.list()).toEqual([`change-email ${next}`]);
    },
  );
});

describe('an address that cannot be written to', () => {
  it.each(['a@shop.example,b@evil.example', 'a@shop.example\nBcc: b@evil.example', 'alice', ''])(
    'like %j, which is the old one, gets no message, and an event says so',
    async (mail) => {
      const row = aliceRow({ mail });
      const made = accountDoor({ table: userTable(row) });
      await made.auth.emails.confirmChange({ token: await mailed(made, { ...change, user: row }) });
      await made.settled();
      expect(made.table.rows[0]?.mail).toBe(next);
      expect(made.outbox.list()).toEqual([`change-email ${next}`]);
      expect(made.events.at(-1)).toMatchObject({
        ...{ name: 'notification.failed', kind: 'email-changed', obstacle: 'no-address', userId: 1 },
      });
    },
  );
});
