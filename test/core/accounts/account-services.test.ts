import { describe, expect, it } from 'vitest';
import type { Auth, Capability } from '../../../src/index.ts';
import { accountDoor, goodPassword } from '../../support/account-door.ts';
import { aliceRow, door, rightPassword } from '../../support/door.ts';
import { outbox } from '../../support/outbox.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

type Need = readonly [
  call: string,
  method: Capability,
  act: (auth: Auth<Row, Capability>) => Promise<unknown>,
];

const user = aliceRow();
const token = 'a.b.c';

/** Every call that needs a method of the user store beyond the three, and that method. */
const needs: readonly Need[] = [
  ['register', 'create', (auth) => auth.register({ email: 'bob@shop.example', password: goodPassword })],
  [
    'passwords.change',
    'updatePasswordHash',
    (auth) => auth.passwords.change({ user, currentPassword: rightPassword, newPassword: goodPassword }),
  ],
  [
    'passwords.requestReset',
    'updatePasswordHash',
    (auth) => auth.passwords.requestReset({ identifier: 'alice@shop.example' }),
  ],
  [
    'passwords.reset',
    'updatePasswordHash',
    (auth) => auth.passwords.reset({ token, newPassword: goodPassword }),
  ],
  ['emails.requestVerification', 'markEmailVerified', (auth) => auth.emails.requestVerification({ user })],
  ['emails.verify', 'markEmailVerified', (auth) => auth.emails.verify({ token })],
  [
    'emails.requestChange',
    'replaceEmail',
    (auth) => auth.emails.requestChange({ user, newEmail: 'new@shop.example' }),
  ],
  ['emails.confirmChange', 'replaceEmail', (auth) => auth.emails.confirmChange({ token })],
  ['accounts.setStatus', 'setStatus', (auth) => auth.accounts.setStatus({ user, status: 'disabled' })],
  ['accounts.close', 'delete', (auth) => auth.accounts.close({ user, currentPassword: rightPassword })],
];

/** A table without one method, its rows and calls in sight. */
function without(method: Capability): UserTable {
  const { [method]: _missing, ...table } = userTable(aliceRow());
  return table as unknown as UserTable;
}

/** Nothing but a `ConfigError` that names the method, though the input is as it should be. */
async function namesTheMethod([, method, act]: Need): Promise<void> {
  const table = without(method);
  const box = outbox<Row>();
  const { auth, state, hasher, events } = door({ table, notifier: box });
  await expect(act(auth)).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    option: `users.${method}`,
    message: expect.stringContaining('add this method to your user store'),
  });
  await auth.close();
  expect([table.calls, state.calls, hasher.verified, hasher.hashed]).toEqual([[], [], [], []]);
  expect([events, box.sent, table.rows]).toEqual([[], [], [aliceRow()]]);
}

async function looksBeforeTheInput([call, method]: Need): Promise<void> {
  const { auth } = door({ table: without(method) });
  const [service = '', name] = call.split('.');
  const owner: object = name === undefined ? auth : (Reflect.get(auth, service) as object);
  const bare = Reflect.get(owner, name ?? service) as (input?: unknown) => Promise<unknown>;
  for (const input of [undefined, null, {}, 'text']) {
    await expect(bare(input)).rejects.toMatchObject({ option: `users.${method}` });
  }
}

describe('a call whose method the user store lacks, without a compiler', () => {
  it.each(needs)('%s names users.%s, and nothing else has happened', (...need) => namesTheMethod(need));
  it.each(needs)('%s is refused before its input is looked at', (...need) => looksBeforeTheInput(need));

  it.each(needs)('%s can be called where the other methods are missing', async (call, method, act) => {
    const { rows, calls, findById, findByIdentifier, toAuthUser, ...capabilities } = userTable(aliceRow());
    const table = { rows, calls, findById, findByIdentifier, toAuthUser, [method]: capabilities[method] };
    const page = { updatePasswordHash: 'resetPassword', replaceEmail: 'changeEmail' } as const;
    const option = method === 'markEmailVerified' ? 'verifyEmail' : Reflect.get(page, method);
    const links = option === undefined ? {} : { [option as string]: 'https://shop.example/page' };
    const { auth } = accountDoor({ table: table as unknown as UserTable, links });
    const refused = await act(auth).then(
      () => undefined,
      (error: { readonly code: string }) => error.code,
    );
    // The links of this list are none.
    expect(refused).toBe(/verify$|reset$|confirm/.test(call) ? 'ERR_ACCOUNT_LINK_INVALID' : undefined);
    await auth.close();
  });
});

describe('the services', () => {
  it('can be taken apart: no method needs its object', async () => {
    const { auth } = accountDoor();
    const { change } = auth.passwords;
    const { close } = auth.accounts;
    const { register } = auth;
    await register({ email: 'bob@shop.example', password: goodPassword });
    await change({ user, currentPassword: rightPassword, newPassword: goodPassword });
    await close({ user, currentPassword: goodPassword });
    await auth.close();
  });

  it('cannot be changed by whoever has them', () => {
    const { auth } = accountDoor();
    for (const part of [auth, auth.passwords, auth.emails, auth.accounts]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('are there with these names and no others', () => {
    const { auth } = accountDoor();
    expect([auth.passwords, auth.emails, auth.accounts].map((part) => Object.keys(part))).toEqual([
      ['change', 'requestReset', 'reset'],
      ['requestVerification', 'verify', 'requestChange', 'confirmChange'],
      ['setStatus', 'close'],
    ]);
  });
});
