/** Whoever moves an account to another address must read that address, and learns nothing of others. */

import { describe, expect, it } from 'vitest';
import type { EmailChangeInput, Notification } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, door, rightPassword } from '../support/door.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const old = 'alice@shop.example';
const next = 'new@shop.example';
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };

/** The link that this address was sent. */
async function linkTo(made: AccountDoor, newEmail: string, user: Row = aliceRow()): Promise<string> {
  await made.auth.emails.requestChange({ user, newEmail });
  await made.settled();
  return made.outbox.token('change-email');
}

async function move(made: AccountDoor, newEmail: string): Promise<void> {
  await made.auth.emails.confirmChange({ token: await linkTo(made, newEmail) });
}

describe('an address that is none, or several', () => {
  const addresses: readonly unknown[] = [
    ...[undefined, null, '', ' ', 7, true, {}, { $ne: null }, [], [next], [next, 'b@evil.example']],
    ...[`${next},b@evil.example`, `${next};b@evil.example`, `${next} b@evil.example`],
    ...[`${next}\nBcc: b@evil.example`, `${next}\r\nBcc: b@evil.example`, `${next}\0`, `${next}\u2028x`],
    ...['Alice <a@evil.example>', 'a@b@evil.example', 'a@shop.example＠evil.example', 'alice', '@', 'a@'],
    ...['a\u200b@shop.example', 'a@shop\u00ad.example', '\ud800@shop.example', '"a@b"@evil.example'],
    ...[`${'x'.repeat(65_536)}@shop.example`, `${'ﷺ'.repeat(640)}@shop.example`],
  ];

  it.each(addresses.map((value) => [String(JSON.stringify(value)).slice(0, 60), value]))(
    'like %s is refused before the store is asked, and nothing is sent',
    async (_shown, newEmail) => {
      const { auth, table, state, outbox, settled } = accountDoor();
      const input = { user: aliceRow(), newEmail } as EmailChangeInput<Row>;
      await expect(auth.emails.requestChange(input)).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        fields: { newEmail: expect.any(String) },
      });
      await settled();
      expect([table.calls, state.calls, outbox.sent]).toEqual([[], [], []]);
    },
  );
});

describe('an address that looks like another', () => {
  /** A database that takes letters for others, as some collations do. */
  const folded = (text: string): string => text.replace('ı', 'i').normalize('NFKD').replace(/\p{M}/gu, '');

  function looseTable(): UserTable {
    const table = userTable(aliceRow(), aliceRow({ key: 2, login: 'mike@shop.example' }));
    return {
      ...table,
      findByIdentifier: async (identifier) => table.rows.find(({ login }) => login === folded(identifier)),
    };
  }

  it.each(['mıke@shop.example', 'míke@shop.example', 'ｍike@shop.example', 'MI\u212ae@shop.example'])(
    'like %s, which the database takes for mike’s, makes a message to mike’s stored address only',
    async (newEmail) => {
      const made = accountDoor({ table: looseTable() });
      await made.auth.emails.requestChange({ user: aliceRow(), newEmail });
      await made.settled();
      expect(made.outbox.list()).toEqual(['already-registered mike@shop.example']);
      expect(JSON.stringify(made.outbox.sent)).not.toContain('token');
    },
  );

  it.each([
    ['ﬁona@shop.example', 'fiona@shop.example'],
    ['\u212aarl@shop.example', 'karl@shop.example'],
    ['İvan@shop.example', 'i̇van@shop.example'],
    ['Ｅva@Shop.EXAMPLE.', 'eva@shop.example'],
  ])('like %s is mailed, and moved to, as %s', async (newEmail, written) => {
    const made = accountDoor();
    const token = await linkTo(made, newEmail);
    expect(made.outbox.list()).toEqual([`change-email ${written}`]);
    const { user } = await made.auth.emails.confirmChange({ token });
    expect(user.mail).toBe(written);
  });
});

describe('whoever asks for an address that somebody has', () => {
  const owners: Readonly<Record<string, Partial<Row> | null>> = {
    nobody: null,
    'a verified account': { verified: true },
    'an account that knows nothing of proofs': {},
    'an unverified account': { verified: false },
    'a pending account': { state: 'pending', verified: false },
    'a disabled account': { state: 'disabled' },
    'an account without a password': { hash: null },
  };

  /** Everything that the caller could see, and everything that costs time. */
  async function seen(owner: Partial<Row> | null, deliver?: (message: Notification<Row>) => unknown) {
    const bobs = owner === null ? [] : [aliceRow({ key: 2, login: next, ...owner })];
    const table = userTable(aliceRow(), ...bobs);
    const made = accountDoor({ table });
    if (deliver !== undefined) made.outbox.deliver = async (message) => void deliver(message);
    const input = { user: aliceRow(), newEmail: next, currentPassword: rightPassword };
    const answer = await made.auth.emails.requestChange(input);
    const { hasher, state, events } = made;
    const calls = () => [[...table.calls], [...state.calls], hasher.verified.length, hasher.hashed.length];
    const before = { answer, calls: calls(), events: [...events] };
    await made.settled();
    return { before, after: calls(), sent: made.outbox.list() };
  }

  it.each(Object.entries(owners).slice(1))('cannot tell %s from nobody', async (_who, owner) => {
    const [free, taken] = [await seen(null), await seen(owner)];
    expect(taken.before).toEqual(free.before);
    expect(taken.after).toEqual(free.after);
    expect(free.sent).toEqual([`change-email ${next}`]);
    expect(taken.sent).toEqual([`already-registered ${next}`]);
  });

  it.each(Object.entries(owners))('cannot tell %s by a mailer that fails', async (_who, owner) => {
    const failing = () => {
      throw new Error('the mailer is down');
    };
    expect((await seen(owner, failing)).before).toEqual((await seen(null)).before);
  });

  it('is answered before the mailer is asked, which may hang', async () => {
    const asked: string[] = [];
    const never = new Promise<void>(() => undefined);
    for (const owner of Object.values(owners)) {
      const bobs = owner === null ? [] : [aliceRow({ key: 2, login: next, ...owner })];
      const made = door({
        table: userTable(aliceRow(), ...bobs),
        links: { changeEmail: 'https://shop.example/account/email' },
        notifier: {
          deliver: ({ kind }) => {
            asked.push(kind);
            return never;
          },
        },
      });
      await made.auth.emails.requestChange({ user: aliceRow(), newEmail: next });
      expect(asked).toEqual([]);
      for (let tick = 0; tick < 5; tick += 1) await new Promise(setImmediate);
      expect(asked).toHaveLength(1);
      asked.length = 0;
    }
  });

  it('makes no message when the owner’s stored address is a list', async () => {
    const mail = `${next},b@evil.example`;
    const bob = aliceRow({ key: 2, login: 'bob', mail });
    const table = userTable(aliceRow(), bob);
    const made = accountDoor({ table: { ...table, findByIdentifier: async () => ({ ...bob }) } });
    await made.auth.emails.requestChange({ user: aliceRow(), newEmail: next });
    await made.settled();
    expect(made.outbox.sent).toEqual([]);
    expect(made.events.at(-1)).toMatchObject({ name: 'notification.failed', obstacle: 'no-address' });
  });
});

describe('of two links to two addresses', () => {
  it.each([
    ['the attacker’s', 0],
    ['the victim’s', 1],
  ])('%s moves the account to its own address, and ends the other', async (_whose, used) => {
    const made = accountDoor();
    const addresses = ['mallory@evil.example', next];
    const tokens = [await linkTo(made, addresses[0] ?? ''), await linkTo(made, addresses[1] ?? '')];
    const { user } = await made.auth.emails.confirmChange({ token: tokens[used] ?? '' });
    expect([user.mail, user.verified]).toEqual([addresses[used], true]);
    await expect(made.auth.emails.confirmChange({ token: tokens[1 - used] ?? '' })).rejects.toMatchObject(
      invalid,
    );
    expect(made.table.rows[0]?.mail).toBe(addresses[used]);
  });

  it('neither can be made into the other', async () => {
    const made = accountDoor();
    const tokens = [await linkTo(made, 'mallory@evil.example'), await linkTo(made, next)];
    const [[id, body, mac], [, otherBody, otherMac]] = tokens.map((token) => token.split('.')) as [
      string[],
      string[],
    ];
    for (const mixed of [`${id}.${body}.${otherMac}`, `${id}.${otherBody}.${mac}`]) {
      await expect(made.auth.emails.confirmChange({ token: mixed })).rejects.toMatchObject(invalid);
    }
    expect(made.table.rows).toEqual([aliceRow()]);
  });
});

describe('a link to another address', () => {
  it('works once, of 32 uses at the same moment', async () => {
    const made = accountDoor();
    const token = await linkTo(made, next);
    const used = Array.from({ length: 32 }, () => made.auth.emails.confirmChange({ token }));
    const outcomes = await Promise.allSettled(used);
    await made.settled();
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(invalid);
    }
    expect(made.outbox.list()).toEqual([`change-email ${next}`, `email-changed ${old}`]);
  });

  it('is dead after the account was moved there and back', async () => {
    const table = userTable(aliceRow({ verified: false }));
    const made = accountDoor({ table });
    await made.auth.passwords.requestReset({ identifier: old });
    await made.auth.emails.requestVerification({ email: old });
    const elsewhere = await linkTo(made, 'mallory@evil.example');
    const [reset, verify] = [made.outbox.token('reset-password'), made.outbox.token('verify-email')];
    await move(made, next);
    const fromThere = await linkTo(made, 'mallory@evil.example');
    await move(made, old);
    expect(table.rows[0]?.mail).toBe(old);
    for (const token of [elsewhere, fromThere]) {
      await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    }
    await expect(
      made.auth.passwords.reset({ token: reset, newPassword: goodPassword }),
    ).rejects.toMatchObject(invalid);
    await expect(made.auth.emails.verify({ token: verify, password: rightPassword })).rejects.toMatchObject(
      invalid,
    );
    expect(table.rows[0]).toMatchObject({ mail: old, hash: `plain:1:${rightPassword}` });
  });

  const ends: Readonly<Record<string, (made: AccountDoor) => Promise<unknown>>> = {
    'a change of the password': ({ auth }) =>
      auth.passwords.change({
        user: aliceRow(),
        currentPassword: rightPassword,
        newPassword: goodPassword,
      }),
    'a change there and back': async ({ auth }) => {
      const user = aliceRow();
      await auth.passwords.change({ user, currentPassword: rightPassword, newPassword: goodPassword });
      await auth.passwords.change({ user, currentPassword: goodPassword, newPassword: rightPassword });
    },
    'a reset': async ({ auth, outbox, settled }) => {
      await auth.passwords.requestReset({ identifier: old });
      await settled();
      await auth.passwords.reset({ token: outbox.token('reset-password'), newPassword: otherPassword });
    },
    'a password that the host has changed by itself': async ({ table }) => {
      for (const row of table.rows) row.hash = `salted:99:${goodPassword}`;
    },
    'an address that the host has changed by itself': async ({ table }) => {
      for (const row of table.rows) row.login = 'other@shop.example';
    },
    'the end of the account': ({ auth }) =>
      auth.accounts.close({ user: aliceRow(), currentPassword: rightPassword }),
    'a disabled account': ({ auth }) => auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
  };

  async function isDeadAfter(end: (made: AccountDoor) => Promise<unknown>): Promise<void> {
    const { bumpEpoch: _missing, ...plain } = userTable(aliceRow({ hash: `salted:0:${rightPassword}` }));
    const made = accountDoor({ table: plain as UserTable, hasher: saltedHasher() });
    const token = await linkTo(made, 'mallory@evil.example');
    await end(made);
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    expect(made.table.rows.map(({ mail }) => mail)).not.toContain('mallory@evil.example');
  }

  it.each(Object.entries(ends))('is dead after %s', (_what, end) => isDeadAfter(end));

  // With a stolen session a thief has the link sent to an address of his own: enabling the account must not revive it.
  it('is dead after an account was disabled, and enabled again', () =>
    isDeadAfter(async ({ auth }) => {
      await auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
      await auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
    }));

  it('lives on after a rehash at login, which changes no password', async () => {
    const made = accountDoor({ hasher: countingHasher(2) });
    const token = await linkTo(made, next);
    await made.auth.login({ identifier: old, password: rightPassword });
    expect(made.table.rows[0]?.hash).toBe(`plain:2:${rightPassword}`);
    expect((await made.auth.emails.confirmChange({ token })).user.mail).toBe(next);
  });

  it('that waited too long finds the address taken, and changes nothing', async () => {
    const made = accountDoor();
    const token = await linkTo(made, next);
    await made.auth.register({ email: next, password: goodPassword });
    await made.settled();
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN',
      fields: { newEmail: 'is taken' },
    });
    expect(made.table.rows.map(({ login }) => login)).toEqual([old, next]);
    expect(made.outbox.list()).not.toContain(`email-changed ${old}`);
  });
});
