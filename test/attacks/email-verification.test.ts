/** A link proves an address once, for the account it was made for, and to nobody who only has the link. */

import { describe, expect, it } from 'vitest';
import type { RequestContext, VerifyInput } from '../../src/index.ts';
import {
  type AccountDoor,
  accountDoor,
  accountLinks,
  goodPassword,
  otherPassword,
} from '../support/account-door.ts';
import { verifyingAnyAddress } from '../support/broken-user-stores.ts';
import type { CountingHasher } from '../support/counting-hasher.ts';
import { anotherDoor, type DoorParts } from '../support/door.ts';
import { secretA, secretB } from '../support/fixed-secret.ts';
import { type HeldState, heldState } from '../support/held-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const email = 'bob@shop.example';
const password = goodPassword;
const invalid = { name: 'AuthError', code: 'ERR_ACCOUNT_LINK_INVALID', message: expect.any(String) };
const day = 86_400;

type Parts = Omit<DoorParts<CountingHasher>, 'notifier'>;

/** An account that was registered just now, with its link and what its browser keeps. */
async function registered(parts: Parts = {}, address = email) {
  const made = accountDoor({ table: userTable(), hasher: saltedHasher(), ...parts });
  const kept = await register(made, password, address);
  made.events.length = 0;
  return { ...made, ...kept };
}

/** A registration with all that follows it. */
async function register({ auth, outbox, settled }: AccountDoor, chosen: string, address = email) {
  const answer = await auth.register({ email: address, password: chosen });
  await settled();
  if (answer.status !== 'check-inbox') throw new Error(answer.status);
  return { deviceToken: answer.deviceToken, token: outbox.token('verify-email') };
}

type Registered = Awaited<ReturnType<typeof registered>>;

async function expectRefused(
  { auth, events, table }: Pick<AccountDoor, 'auth' | 'events' | 'table'>,
  [input, context]: readonly [VerifyInput, RequestContext?],
  reason: string,
): Promise<void> {
  events.length = 0;
  const before = structuredClone(table.rows);
  await expect(auth.emails.verify(input, context)).rejects.toMatchObject(invalid);
  expect(events).toMatchObject([{ name: 'account.link-rejected', purpose: 'verify-email', reason }]);
  expect(table.rows).toEqual(before);
}

/** Also one that would be good: neither the browser nor the password helps a dead link. */
async function expectDead(made: Registered, token: string, reason: string): Promise<void> {
  const { deviceToken } = made;
  for (const call of [
    [{ token }],
    [{ token }, { deviceToken }],
    [{ token, password }],
    [{ token, password: otherPassword }, { deviceToken }],
  ] as const) {
    await expectRefused(made, [...call], reason);
  }
  expect(made.hasher.verified).toEqual([]);
}

describe('a link alone', () => {
  it('verifies nothing, however often it is opened, and whatever else is said', async () => {
    const { auth, token, table, hasher } = await registered();
    const visits: readonly RequestContext[] = [{}, { ip: '192.0.2.7' }, { deviceToken: token }];
    for (const context of visits) {
      expect(await auth.emails.verify({ token }, context)).toEqual({ status: 'password-required' });
    }
    const hostile = { token, verified: true, deviceToken: 'x', status: 'verified' } as VerifyInput;
    expect(await auth.emails.verify(hostile)).toEqual({ status: 'password-required' });
    expect(table.rows[0]?.verified).toBe(false);
    expect(hasher.verified).toEqual([]);
  });

  it('counts with no other browser than the one that registered this account', async () => {
    const made = await registered();
    const others = {
      'of another account': (await register(made, otherPassword, 'eve@shop.example')).deviceToken,
      'of this address, when it was taken': await takenToken(made),
      'of another realm': (await registered({ realm: 'staff' })).deviceToken,
      'of another secret': (await registered({ secret: secretB })).deviceToken,
      'of one with the same password': (await register(made, password, 'mallory@shop.example')).deviceToken,
      'that is the link': made.token,
      'that is its start': made.deviceToken.slice(0, 32),
      'with another id': made.deviceToken.replace(/^[^.]*/, 'A'.repeat(22)),
    };
    for (const [what, deviceToken] of Object.entries(others)) {
      const result = await made.auth.emails.verify({ token: made.token }, { deviceToken });
      expect(result, what).toEqual({ status: 'password-required' });
    }
    const { token, deviceToken } = made;
    expect(await made.auth.emails.verify({ token }, { deviceToken })).toMatchObject({ status: 'verified' });
  });

  it('does not count with a list of what browsers keep, nor with an object', async () => {
    const { auth, token, deviceToken } = await registered();
    for (const odd of [
      [deviceToken],
      { deviceToken },
      Object(deviceToken),
      Buffer.from(deviceToken),
      7,
      true,
    ]) {
      const result = await auth.emails.verify({ token }, { deviceToken: odd as string });
      expect(result).toEqual({ status: 'password-required' });
    }
  });
});

describe('a link that is no link of this account’s address', () => {
  it('is refused alike, whatever it is', async () => {
    const made = await registered();
    const { auth, outbox, settled, token, table } = made;
    const row = table.rows[0] as Row;
    await auth.passwords.requestReset({ identifier: email });
    await settled();
    await auth.emails.requestChange({ user: row, newEmail: 'new@shop.example', currentPassword: password });
    await settled();
    const stamp = await auth.sessions.start(row);
    const [head = '', body = '', mac = ''] = token.split('.');
    const strangers = {
      'of a reset': outbox.token('reset-password'),
      'of a change of address': outbox.token('change-email'),
      'that is an access token': (await auth.tokens.issue(row)).accessToken,
      'that is what the browser keeps': made.deviceToken,
      'that is a session': JSON.stringify(stamp),
      'of another realm': (await registered({ realm: 'staff' })).token,
      'of another secret': (await registered({ secret: secretB })).token,
      'with another body': `${head}.${Buffer.from('[]').toString('base64url')}.${mac}`,
      'with another MAC': `${head}.${body}.${'A'.repeat(43)}`,
      'without a MAC': `${head}.${body}.`,
      'with a line break': `${token}\n`,
      'with padding': `${token}=`,
      'with its last bits changed': token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'),
      twice: `${token}.${token}`,
      'of a megabyte': token.padEnd(1_000_000, 'A'),
      'that is nothing': '..',
    };
    made.hasher.verified.length = 0;
    for (const stranger of Object.values(strangers)) await expectDead(made, stranger, 'not-genuine');
  });

  it('is opened by the verification of nothing else', async () => {
    const { auth, token } = await registered();
    await expect(auth.passwords.reset({ token, newPassword: otherPassword })).rejects.toMatchObject(invalid);
    await expect(auth.emails.confirmChange({ token })).rejects.toMatchObject(invalid);
    await expect(auth.tokens.verify(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
  });

  it('opens no account with an id that only looks the same', async () => {
    const one = await registered();
    const table = userTable({ ...(one.table.rows[0] as Row), key: '1' });
    const made = accountDoor({ table, hasher: one.hasher });
    const call = [{ token: one.token }, { deviceToken: one.deviceToken }] as const;
    await expectRefused(made, [...call], 'no-account');
    const loose = { ...table, findById: async () => ({ ...(table.rows[0] as Row) }) };
    await expectRefused(accountDoor({ table: loose, hasher: one.hasher }), [...call], 'no-account');
  });
});

describe('the end of a link', () => {
  it('comes when its time is over, to the second', async () => {
    const made = await registered();
    made.clock.advance(day - 1);
    expect(await made.auth.emails.verify({ token: made.token })).toEqual({ status: 'password-required' });
    made.clock.advance(1);
    await expectDead(made, made.token, 'expired');
    made.clock.advance(100 * day);
    await expectDead(made, made.token, 'expired');
  });

  it('comes when the host says', async () => {
    const made = await registered({ links: { ...accountLinks, verifyLifetime: '1h' } });
    expect(made.outbox.sent.at(-1)?.lifetimeSeconds).toBe(3600);
    made.clock.advance(3600);
    await expectDead(made, made.token, 'expired');
  });

  it('comes with its use, also when the account becomes unverified again', async () => {
    const made = await registered();
    const { auth, token, deviceToken, table } = made;
    await auth.emails.verify({ token }, { deviceToken });
    Object.assign(table.rows[0] as Row, { verified: false });
    for (const more of [0, day - 1]) {
      made.clock.advance(more);
      await expectRefused(made, [{ token }, { deviceToken }], 'used');
      await expectRefused(made, [{ token, password }], 'used');
    }
  });

  it('is remembered longer than it lives, so that a clock that goes back revives nothing', async () => {
    const made = await registered();
    const { auth, token, deviceToken } = made;
    await auth.emails.verify({ token }, { deviceToken });
    made.clock.advance(day + day / 2);
    // The store lets go of what is over when it is asked for something.
    await register(made, otherPassword, 'eve@shop.example');
    made.clock.advance(-day);
    await expectRefused(made, [{ token }, { deviceToken }], 'used');
  });

  it('of 32 that use it at once is seen by all but one', async () => {
    const { auth, token, deviceToken, table, events } = await registered();
    const uses = Array.from({ length: 32 }, (_none, n) =>
      n % 2 === 0 ? auth.emails.verify({ token }, { deviceToken }) : auth.emails.verify({ token, password }),
    );
    const outcomes = await Promise.allSettled(uses);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toMatchObject([
      { value: { status: 'verified' } },
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject(
      Array.from({ length: 31 }, () => ({ reason: { code: 'ERR_ACCOUNT_LINK_INVALID' } })),
    );
    expect(table.calls.filter((call) => call === 'markEmailVerified')).toHaveLength(1);
    expect(events.filter(({ name }) => name === 'email.verified')).toHaveLength(1);
  });

  it('comes when the address is registered again, with every secret', async () => {
    const made = await registered();
    await register(made, otherPassword);
    await expectDead(made, made.token, 'superseded');
  });

  it('comes when the password is reset', async () => {
    const made = await registered();
    const { auth, outbox, settled } = made;
    await auth.passwords.requestReset({ identifier: email });
    await settled();
    await auth.passwords.reset({ token: outbox.token('reset-password'), newPassword: otherPassword });
    await settled();
    await expectDead(made, made.token, 'superseded');
  });

  it('comes when the address changes, also when it changes back', async () => {
    const made = await registered();
    for (const newEmail of ['new@shop.example', email]) {
      const user = { ...(made.table.rows[0] as Row) };
      await made.auth.emails.requestChange({ user, newEmail });
      await made.settled();
      await made.auth.emails.confirmChange({ token: made.outbox.token('change-email') });
      await expectDead(made, made.token, 'superseded');
    }
    expect(made.table.rows[0]?.mail).toBe(email);
  });

  it.each<[string, (row: Row) => unknown, string]>([
    ['the password changes', (row) => Object.assign(row, { hash: `salted:9:${password}` }), 'superseded'],
    ['the address changes', (row) => Object.assign(row, { mail: 'new@shop.example' }), 'superseded'],
    ['the counter of the table changes', (row) => Object.assign(row, { counter: 1 }), 'superseded'],
    ['the account is disabled', (row) => Object.assign(row, { state: 'disabled' }), 'no-account'],
    ['the account is of an unknown status', (row) => Object.assign(row, { state: 'locked' }), 'no-account'],
    ['the account becomes another one', (row) => Object.assign(row, { key: 9 }), 'no-account'],
  ])('comes when %s behind our back', async (_what, change, reason) => {
    const made = await registered();
    change(made.table.rows[0] as Row);
    await expectDead(made, made.token, reason);
  });

  it('comes with the account', async () => {
    const made = await registered();
    made.table.rows.length = 0;
    await expectDead(made, made.token, 'no-account');
  });
});

describe('an address that changes while it is proven', () => {
  /** The host moves the account between the look at it and the write. */
  async function play(broken: (table: UserTable) => UserTable) {
    const state: HeldState = heldState();
    const table = userTable();
    const { auth, token, deviceToken } = await registered({ table: broken(table), state });
    const held = state.hold('putIfAbsent');
    const outcome = auth.emails.verify({ token }, { deviceToken }).then(
      ({ status }) => status,
      ({ code }) => code,
    );
    await held.arrived;
    Object.assign(table.rows[0] as Row, { mail: 'eve@shop.example' });
    held.release();
    return { outcome: await outcome, verified: table.rows[0]?.verified };
  }

  it('is not proven', async () => {
    expect(await play((table) => table)).toEqual({ outcome: 'ERR_ACCOUNT_LINK_INVALID', verified: false });
  });

  it('would be, over a store that does not look at it', async () => {
    expect(await play(verifyingAnyAddress)).toEqual({ outcome: 'verified', verified: true });
  });
});

describe('a secret that is replaced', () => {
  const withSecrets = (made: Registered, secret: string | readonly string[]) =>
    accountDoor({ table: made.table, state: made.state, hasher: made.hasher, clock: made.clock, secret });

  it('leaves links and browsers alive while it is listed', async () => {
    const one = await registered({ secret: secretA });
    const { token, deviceToken } = one;
    const rotated = withSecrets(one, [secretB, secretA]);
    expect(await rotated.auth.emails.verify({ token }, { deviceToken })).toMatchObject({
      status: 'verified',
    });
    await expectRefused(rotated, [{ token }, { deviceToken }], 'used');
  });

  it('keeps what was used used, in either order', async () => {
    const one = await registered({ secret: secretA });
    const { token, deviceToken } = one;
    await one.auth.emails.verify({ token }, { deviceToken });
    for (const secrets of [
      [secretB, secretA],
      [secretA, secretB],
    ]) {
      await expectRefused(withSecrets(one, secrets), [{ token }, { deviceToken }], 'used');
    }
  });

  it('ends them when it is not', async () => {
    const one = await registered({ secret: secretA });
    const { token, deviceToken } = one;
    await expectRefused(withSecrets(one, secretB), [{ token }, { deviceToken }], 'not-genuine');
  });
});

it('a restart forgets nothing of a link', async () => {
  const one = await registered();
  const { token, deviceToken } = one;
  await one.auth.emails.verify({ token }, { deviceToken });
  const parts = { links: accountLinks, notifier: one.outbox, hasher: one.hasher };
  await expectRefused(anotherDoor(one, parts), [{ token }, { deviceToken }], 'used');
});

describe('a link that is asked for by an address', () => {
  const rows: Readonly<Record<string, Partial<Row>>> = {
    unverified: { verified: false },
    pending: { state: 'pending' },
    verified: { verified: true },
    unknown: {},
    disabled: { verified: false, state: 'disabled' },
  };
  const addressOf = (kind: string): string => `canary-${kind}@shop.example`;

  async function ask(kind: string) {
    const table = userTable(
      ...Object.entries(rows).map(([each, row], n): Row => {
        return { key: n + 1, login: addressOf(each), hash: `salted:0:${password}`, ...row };
      }),
    );
    const { auth, outbox, settled, hasher, state, events } = accountDoor({ table, hasher: saltedHasher() });
    const answer = await auth.emails.requestVerification({ email: addressOf(kind) });
    const seen = { answer, table: [...table.calls], state: [...state.calls], sent: outbox.sent.length };
    await settled();
    const work = { table: table.calls, state: state.calls, hashes: [...hasher.hashed, ...hasher.verified] };
    return { seen, work, sent: outbox.list(), events: JSON.stringify(events) };
  }

  it('is answered alike for everybody and for nobody, after the same work', async () => {
    const nobody = await ask('nobody');
    expect(nobody.seen).toEqual({
      answer: undefined,
      table: ['findByIdentifier'],
      state: ['get address'],
      sent: 0,
    });
    for (const kind of Object.keys(rows)) {
      const somebody = await ask(kind);
      expect([somebody.seen, somebody.work]).toEqual([nobody.seen, nobody.work]);
      expect(somebody.sent.filter((sent) => !sent.endsWith(addressOf(kind)))).toEqual([]);
      expect(somebody.events).not.toMatch(/canary|salted|correct/);
    }
  });
});

/** What a browser keeps that registered the address while it was somebody's. */
async function takenToken({ auth, settled, table }: AccountDoor): Promise<string> {
  const row = table.rows[0] as Row;
  row.verified = true;
  const answer = await auth.register({ email, password });
  await settled();
  row.verified = false;
  if (answer.status !== 'check-inbox') throw new Error(answer.status);
  return answer.deviceToken;
}
