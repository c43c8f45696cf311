import { describe, expect, it } from 'vitest';
import type { PasswordUse } from '../../../src/core/events.ts';
import { type AccountDoor, accountDoor, goodPassword } from '../../support/account-door.ts';
import { countingHasher } from '../../support/counting-hasher.ts';
import { aliceRow, rightPassword, wrongPassword } from '../../support/door.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const rejected = { code: 'ERR_LOGIN_REJECTED' };
const context = { ip: '192.0.2.1', userAgent: 'Firefox', deviceToken: 'none' };

type Act = (made: AccountDoor, password: string, user?: Row) => Promise<unknown>;

/** Everything that asks for the current password of somebody who is signed in. */
const acts: Readonly<Record<Exclude<PasswordUse, 'verify-email'>, Act>> = {
  'change-password': ({ auth }, currentPassword, user = aliceRow()) =>
    auth.passwords.change({ user, currentPassword, newPassword: goodPassword }, context),
  'change-email': ({ auth }, currentPassword, user = aliceRow()) =>
    auth.emails.requestChange({ user, currentPassword, newEmail: 'new@shop.example' }, context),
  'close-account': ({ auth }, currentPassword, user = aliceRow()) =>
    auth.accounts.close({ user, currentPassword }, context),
};

describe.each(Object.entries(acts))('the current password for %s', (use, act) => {
  const accounts: readonly (readonly [string, Row[], string, string | null])[] = [
    ['a wrong password', [aliceRow()], wrongPassword, `plain:1:${rightPassword}`],
    ['an account that is gone', [], rightPassword, null],
    ['a disabled account', [aliceRow({ state: 'disabled' })], rightPassword, `plain:1:${rightPassword}`],
    [
      'an account of a status that nobody knows',
      [aliceRow({ state: 'suspended' as 'disabled' })],
      rightPassword,
      `plain:1:${rightPassword}`,
    ],
    ['an account without a password', [aliceRow({ hash: null })], rightPassword, null],
    ['an account whose hash is no text', [aliceRow({ hash: 7 as unknown as string })], rightPassword, null],
    ['a hash that nobody reads', [aliceRow({ hash: '$2x$10$abc' })], rightPassword, '$2x$10$abc'],
  ];

  it.each(accounts)('is refused for %s, by one comparison, and nothing has happened', async (...scene) => {
    const [, rows, password, compared] = scene;
    const table = userTable(...rows);
    const made = accountDoor({ table });
    await expect(act(made, password)).rejects.toMatchObject(rejected);
    await made.settled();
    expect(made.hasher.verified).toEqual([compared]);
    expect(table.calls).toEqual(['findById']);
    expect([made.state.calls, made.hasher.hashed, made.outbox.sent]).toEqual([[], [], []]);
    expect(made.events).toMatchObject([
      { name: 'password.rejected', userId: 1, use, ip: '192.0.2.1', userAgent: 'Firefox' },
    ]);
    expect(JSON.stringify(made.events)).not.toMatch(/password of/);
  });

  it('says the same for each of these', async () => {
    const messages = new Set<string>();
    for (const [, rows, password] of accounts) {
      const made = accountDoor({ table: userTable(...rows) });
      await act(made, password).catch((error: unknown) => messages.add(String(error)));
    }
    expect(messages.size).toBe(1);
  });

  it('is compared with the row of now, not with the one that was handed in', async () => {
    const stale = aliceRow({ hash: `plain:1:${wrongPassword}` });
    const made = accountDoor();
    await expect(act(made, wrongPassword, stale)).rejects.toMatchObject(rejected);
    expect(made.hasher.verified).toEqual([`plain:1:${rightPassword}`]);
    await act(made, rightPassword, stale);
  });

  it('opens no account that was disabled since the row was read', async () => {
    const made = accountDoor({ table: userTable(aliceRow({ state: 'disabled' })) });
    await expect(act(made, rightPassword, aliceRow({ state: 'active' }))).rejects.toMatchObject(rejected);
  });

  it('is not that of a look-alike for which the store takes the id', async () => {
    const table = userTable(aliceRow({ key: 7 }));
    const loose: UserTable = { ...table, findById: async () => ({ ...aliceRow({ key: 7 }) }) };
    const made = accountDoor({ table: loose });
    await expect(act(made, rightPassword, aliceRow({ key: '7abc' }))).rejects.toMatchObject(rejected);
    expect(made.hasher.verified).toEqual([null]);
  });

  it.each([undefined, null, 1, 'yes', {}, []])('is not right by a verdict of %j', async (verdict) => {
    const hasher = { ...countingHasher(), verify: async () => verdict as unknown as boolean };
    await expect(act(accountDoor({ hasher }), rightPassword)).rejects.toMatchObject(rejected);
  });

  it('counts while the address waits for a proof, too', async () => {
    const made = accountDoor({ table: userTable(aliceRow({ state: 'pending', verified: false })) });
    await act(made, rightPassword);
  });

  it('waits for its turn like a login', async () => {
    let running = 0;
    let most = 0;
    const plain = countingHasher(1, 2);
    const verify = async (password: string, hash: string | null): Promise<boolean> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return plain.verify(password, hash);
    };
    const made = accountDoor({ hasher: { ...plain, verify } });
    const acted = Array.from({ length: 40 }, () => act(made, wrongPassword).catch((error) => error.code));
    const codes = await Promise.all(acted);
    expect(most).toBe(2);
    expect(codes.filter((code) => code === 'ERR_SERVER_BUSY')).toHaveLength(6);
    expect(codes.filter((code) => code === 'ERR_LOGIN_REJECTED')).toHaveLength(34);
  });

  it('is not asked for of a row that is not there', async () => {
    const made = accountDoor();
    await expect(act(made, rightPassword, null as unknown as Row)).rejects.toMatchObject({
      fields: { user: 'is missing' },
    });
    expect(made.hasher.verified).toEqual([]);
  });
});
