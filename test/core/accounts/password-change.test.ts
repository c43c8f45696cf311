import { describe, expect, it } from 'vitest';
import type { PasswordChangeInput } from '../../../src/index.ts';
import { accountDoor, goodPassword } from '../../support/account-door.ts';
import { aliceRow, door, rightPassword, wrongPassword } from '../../support/door.ts';
import type { Row } from '../../support/user-table.ts';

const change = { user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword };
const login = (password: string) => ({ identifier: 'alice@shop.example', password });

describe('passwords.change', () => {
  it('stores the hash of the new password, and answers the row and a new authentication', async () => {
    const { auth, table, clock } = accountDoor();
    const changed = await auth.passwords.change(change);
    expect(table.rows).toEqual([aliceRow({ hash: `plain:1:${goodPassword}`, counter: 1 })]);
    expect(changed).toEqual({
      user: table.rows[0],
      authentication: { methods: ['pwd'], at: clock.now().getTime() / 1000, gen: expect.any(String) },
    });
  });

  it('lets the new password in from now on, and the old one no more', async () => {
    const { auth } = accountDoor();
    await auth.passwords.change(change);
    await expect(auth.login(login(rightPassword))).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(await auth.login(login(goodPassword))).toMatchObject({ status: 'signed-in' });
  });

  it('signs this browser in anew with what it answers', async () => {
    const { auth } = accountDoor();
    const { user, authentication } = await auth.passwords.change(change);
    const stamp = await auth.sessions.start(user, authentication);
    const { accessToken } = await auth.tokens.issue(user, { authentication });
    expect(await auth.sessions.resume(stamp)).toMatchObject({ user: { key: 1 }, authentication });
    expect(await auth.tokens.verify(accessToken)).toMatchObject({ sub: '1', gen: authentication.gen });
  });

  it('tells the user and whoever listens, and neither password is in it', async () => {
    const { auth, events, outbox, settled } = accountDoor();
    await auth.passwords.change(change, { ip: '192.0.2.1', userAgent: 'Firefox' });
    await settled();
    expect(events).toMatchObject([
      { name: 'session.ended', userId: 1 },
      { name: 'token.revoked', userId: 1 },
      { name: 'password.changed', userId: 1, by: 'change', ip: '192.0.2.1', userAgent: 'Firefox' },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/horse|right password/);
    expect(outbox.sent).toEqual([
      { kind: 'password-changed', to: 'alice@shop.example', user: expect.objectContaining({ key: 1 }) },
    ]);
  });

  it('needs neither links nor a notifier', async () => {
    const { auth } = door();
    await auth.passwords.change(change);
    expect(await auth.login(login(goodPassword))).toMatchObject({ status: 'signed-in' });
    await auth.close();
  });

  it('takes both passwords exactly as they were typed', async () => {
    const typed = ' ﬁne  old Passphrase of É ';
    const { auth, hasher } = accountDoor();
    await auth.passwords.change({ ...change, newPassword: typed });
    expect(hasher.hashed).toEqual([typed]);
    for (const altered of [typed.trim(), typed.toLowerCase(), typed.normalize('NFKC')]) {
      await expect(
        auth.passwords.change({ ...change, currentPassword: altered, newPassword: goodPassword }),
      ).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
    await auth.passwords.change({ ...change, currentPassword: typed, newPassword: goodPassword });
  });

  it('compares once, and hashes once', async () => {
    const { auth, table, state, hasher } = accountDoor();
    await auth.passwords.change(change);
    expect([hasher.verified, hasher.hashed]).toEqual([[`plain:1:${rightPassword}`], [goodPassword]]);
    expect(table.calls).toEqual(['findById', 'updatePasswordHash', 'findById', 'bumpEpoch', 'findById']);
    expect(state.calls).toEqual(['put revocation', 'put revocation', 'put address']);
  });
});

describe('a new password that is refused', () => {
  it.each([
    ['too short', 'fourteen chars', ['too-short']],
    ['known to all', '123456789123456789', ['too-common']],
    ['made of the user’s own address', 'alice@shop.example', ['contains-identifier', 'contains-word']],
    ['made of the issuer’s name', 'shop.example/shop', ['contains-word']],
  ])(
    'for being %s is said with its reasons, under the field, and changes nothing',
    async (_why, newPassword, reasons) => {
      const { auth, table, state, hasher, events, outbox, settled } = accountDoor();
      const session = await auth.sessions.start(aliceRow());
      state.calls.length = 0;
      const refused = auth.passwords.change({ ...change, newPassword });
      await expect(refused).rejects.toMatchObject({
        code: 'ERR_ACCOUNT_PASSWORD_UNACCEPTABLE',
        reasons,
        fields: { newPassword: expect.any(String) },
      });
      await settled();
      expect(table.rows).toEqual([aliceRow()]);
      expect([table.calls, state.calls, hasher.hashed, outbox.sent]).toEqual([['findById'], [], [], []]);
      expect(events.map(({ name }) => name)).toEqual(['session.started']);
      expect(await auth.sessions.resume(session)).not.toBeNull();
    },
  );

  it('is measured by the address that the account has now', async () => {
    const { auth, table } = accountDoor();
    table.rows[0] = aliceRow({ login: 'annabella.moved@other.example' });
    const refused = auth.passwords.change({ ...change, newPassword: 'annabella.moved@other' });
    await expect(refused).rejects.toMatchObject({ reasons: ['contains-identifier'] });
  });

  it('is not asked about before the current one was right', async () => {
    const asked: string[] = [];
    const breached = async (password: string) => asked.push(password) > 0;
    const { auth } = accountDoor({ passwords: { breached } });
    const wrong = { ...change, currentPassword: wrongPassword };
    for (const newPassword of ['short', goodPassword]) {
      await expect(auth.passwords.change({ ...wrong, newPassword })).rejects.toMatchObject({
        code: 'ERR_LOGIN_REJECTED',
      });
    }
    expect(asked).toEqual([]);
    await expect(auth.passwords.change(change)).rejects.toMatchObject({ reasons: ['breached'] });
  });
});

describe('the input of a change', () => {
  const strange: readonly unknown[] = [
    undefined,
    null,
    '',
    true,
    0,
    [],
    [rightPassword],
    {},
    { $ne: null },
    new String(rightPassword),
    Buffer.from(rightPassword),
    'x'.repeat(1025),
    '\ud800',
  ];

  it.each(['currentPassword', 'newPassword'] as const)(
    'is refused before any work for each %s that is no text',
    async (field) => {
      const { auth, table, state, hasher, events } = accountDoor();
      for (const value of strange) {
        const input = { ...change, [field]: value } as PasswordChangeInput<Row>;
        await expect(auth.passwords.change(input)).rejects.toMatchObject({
          code: 'ERR_INPUT_INVALID',
          fields: { [field]: expect.any(String) },
        });
      }
      expect([table.calls, state.calls, hasher.verified, events]).toEqual([[], [], [], []]);
    },
  );

  it.each([undefined, null, 'text', 7, [], {}])('is refused as a whole when it is %j', async (input) => {
    const { auth, table } = accountDoor();
    await expect(auth.passwords.change(input as never)).rejects.toMatchObject({
      fields: { currentPassword: 'is missing', newPassword: 'is missing' },
    });
    expect(table.calls).toEqual([]);
  });

  it.each([undefined, null])('names the user that is %j: the guard is missing', async (user) => {
    const { auth, hasher } = accountDoor();
    await expect(auth.passwords.change({ ...change, user: user as unknown as Row })).rejects.toMatchObject({
      fields: { user: 'is missing' },
    });
    expect(hasher.verified).toEqual([]);
  });
});
