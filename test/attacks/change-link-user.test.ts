/** Whose account a link moves: the mailbox alone does not say it (CVE-2026-53516). */

import { describe, expect, it } from 'vitest';
import { accountDoor } from '../support/account-door.ts';
import { aliceRow } from '../support/door.ts';
import { recordingState } from '../support/recording-state.ts';
import { type UserTable, userTable } from '../support/user-table.ts';

const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };

describe('a link that moves an account, with the signed-in user', () => {
  async function sent() {
    const mallory = {
      key: 2,
      login: 'mallory@evil.example',
      hash: 'plain:1:a password of mallory',
      verified: true,
    };
    const made = accountDoor({ table: userTable(aliceRow(), mallory) });
    await made.auth.emails.requestChange({ user: mallory, newEmail: 'victim@corp.example' });
    await made.settled();
    return { ...made, mallory, token: made.outbox.token('change-email') };
  }

  it('moves it for its own user', async () => {
    const { auth, token, mallory } = await sent();
    const moved = await auth.emails.confirmChange({ token, user: mallory });
    expect(moved.user).toMatchObject({ key: 2, mail: 'victim@corp.example' });
  });

  it('moves nothing for another, who reads the mail, and works on for its own', async () => {
    const { auth, token, mallory, table, events } = await sent();
    await expect(auth.emails.confirmChange({ token, user: aliceRow() })).rejects.toMatchObject(invalid);
    expect(table.rows[1]).toEqual(mallory);
    expect(events.at(-1)).toMatchObject({ name: 'account.link-rejected', reason: 'of-another', userId: 2 });
    expect((await auth.emails.confirmChange({ token, user: mallory })).user.mail).toBe('victim@corp.example');
  });

  it.each([undefined, null])(
    'is refused for a user that is named and %s: nobody is signed in',
    async (nobody) => {
      const { auth, token, table, mallory } = await sent();
      await expect(auth.emails.confirmChange({ token, user: nobody as never })).rejects.toMatchObject({
        fields: { user: 'is missing' },
      });
      expect(table.rows[1]).toEqual(mallory);
    },
  );
});

describe('a link that moves an account whose address the host changes at this very moment', () => {
  it('is refused by the table, which has another address by then', async () => {
    const table = userTable(aliceRow());
    const state = recordingState();
    const { putIfAbsent } = state;
    // The last call before the write: the host's own statement comes in between.
    state.putIfAbsent = async (key, ...given) => {
      if (key.startsWith('address:')) for (const row of table.rows) row.mail = 'by-the-host@shop.example';
      return putIfAbsent(key, ...given);
    };
    const made = accountDoor({ table, state });
    await made.auth.emails.requestChange({ user: aliceRow(), newEmail: 'new@shop.example' });
    await made.settled();
    const token = made.outbox.token('change-email');
    await expect(made.auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    expect(table.rows[0]?.mail).toBe('by-the-host@shop.example');
  });
});

describe('a link that was made after everything had been ended', () => {
  it('lives its whole life, also when what was written of the end is forgotten meanwhile', async () => {
    const { auth, clock, outbox, settled } = accountDoor();
    await auth.sessions.endAll(1);
    clock.advance(48 * 3600 - 60);
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await settled();
    clock.advance(120);
    const reset = { token: outbox.token('reset-password'), newPassword: 'correct horse battery staple' };
    await expect(auth.passwords.reset(reset)).resolves.toMatchObject({ user: { key: 1 } });
  });

  it('and a link from before it is dead, also in a table without a counter', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const { auth, outbox, settled } = accountDoor({ table: table as UserTable });
    await auth.passwords.requestReset({ identifier: 'alice@shop.example' });
    await settled();
    await auth.sessions.endAll(1);
    const reset = { token: outbox.token('reset-password'), newPassword: 'correct horse battery staple' };
    await expect(auth.passwords.reset(reset)).rejects.toMatchObject(invalid);
  });
});
