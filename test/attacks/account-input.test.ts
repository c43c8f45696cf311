/** What is no text, in any field of any account flow, reaches no store, no hasher and no mailbox. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { type Row, userTable } from '../support/user-table.ts';

const email = 'bob@shop.example';
const canary = 'canary-value';

const nested = (open: string, inside: string, close: string): unknown =>
  JSON.parse(open.repeat(10_000) + inside + close.repeat(10_000));

/** By what it is. Not one of them is a text that a form could mean. */
const nothing: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty text', ''],
];
const primitive: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['a number', 123_456_789_012_345],
  ['NaN', Number.NaN],
  ['a bigint', 7n],
  ['a symbol', Symbol(canary)],
  ['a function', () => canary],
];
const list: readonly (readonly [string, unknown])[] = [
  ['an empty list', []],
  ['a list of a text', [canary]],
  ['a list of two addresses (CVE-2023-7028)', [email, 'eve@shop.example']],
  ['10,000 nested lists', nested('[', '', ']')],
];
const object: readonly (readonly [string, unknown])[] = [
  ['an empty object', {}],
  ['an operator (CVE-2026-30941)', { $ne: null }],
  ['another operator (CVE-2026-32248)', { not: '' }],
  ['a polluting object', JSON.parse('{"__proto__":{"isAdmin":true}}')],
  ['another polluting object', JSON.parse('{"constructor":{"prototype":{"isAdmin":true}}}')],
  ['10,000 nested objects', nested('{"a":', '1', '}')],
  ['an object that becomes a text', { toString: () => canary, length: canary.length }],
  ['an object without a prototype', Object.create(null)],
  ['a boxed text', Object(canary)],
  ['a buffer', Buffer.from(canary)],
  ['a date', new Date(0)],
];
const badText: readonly (readonly [string, unknown])[] = [
  ['a megabyte', canary.padEnd(1_000_000, 'x')],
  ['a megabyte of emoji', '\u{1f600}'.repeat(250_000)],
  ['a lone surrogate', `${canary}\ud800`],
];
const badAddress: readonly (readonly [string, unknown])[] = [
  ['several addresses in one', `${email},eve@shop.example`],
  ['a header', `${email}\r\nBcc: eve@shop.example`],
  ['a zero-width space', `bob\u200b@shop.example`],
  ['a second @', `${email}@shop.example`],
  ['64 KB', `${'x'.repeat(65_536)}@shop.example`],
];
const noText = [...primitive, ...list, ...object];

/** The field of a flow, and what may not be in it. */
interface Place {
  readonly field: string;
  readonly refused: readonly (readonly [string, unknown])[];
  call(made: Made, field: object): Promise<unknown>;
}

const places: readonly (readonly [string, Place])[] = [
  [
    'auth.register',
    {
      field: 'email',
      refused: [...nothing, ...noText, ...badText, ...badAddress],
      call: ({ auth }, field) => auth.register({ password: goodPassword, ...field }),
    },
  ],
  [
    'auth.register',
    {
      field: 'username',
      refused: [...noText, ...badText, ['an address', email], ['something like one', 'bob\uff20shop']],
      call: ({ auth }, field) =>
        auth.register({ email: 'new@shop.example', password: goodPassword, ...field }),
    },
  ],
  [
    'auth.register',
    {
      field: 'password',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth }, field) => auth.register({ email: 'new@shop.example', ...field } as never),
    },
  ],
  [
    'auth.register',
    {
      field: 'profile',
      refused: [...nothing.slice(1), ...primitive, ...list, ...badText],
      call: ({ auth }, field) =>
        auth.register({ email: 'new@shop.example', password: goodPassword, ...field }),
    },
  ],
  [
    'auth.emails.requestVerification',
    {
      field: 'email',
      refused: [...nothing, ...noText, ...badText, ...badAddress],
      call: ({ auth }, field) => auth.emails.requestVerification(field as never),
    },
  ],
  [
    'auth.emails.verify',
    {
      field: 'token',
      refused: [...nothing, ...noText],
      call: ({ auth, deviceToken }, field) => auth.emails.verify(field as never, { deviceToken }),
    },
  ],
  [
    'auth.emails.verify',
    {
      field: 'password',
      refused: [...noText, ...badText],
      call: ({ auth, tokens }, field) => auth.emails.verify({ token: tokens.verify, ...field }),
    },
  ],
  [
    'auth.emails.requestChange',
    {
      field: 'newEmail',
      refused: [...nothing, ...noText, ...badText, ...badAddress],
      call: ({ auth, row }, field) =>
        auth.emails.requestChange({ user: row, currentPassword: goodPassword, ...field } as never),
    },
  ],
  [
    'auth.emails.requestChange',
    {
      field: 'currentPassword',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth, row }, field) =>
        auth.emails.requestChange({ user: row, newEmail: 'new@shop.example', ...field }),
    },
  ],
  [
    'auth.emails.confirmChange',
    {
      field: 'token',
      refused: [...nothing, ...noText],
      call: ({ auth }, field) => auth.emails.confirmChange(field as never),
    },
  ],
  [
    'auth.passwords.requestReset',
    {
      field: 'identifier',
      refused: [...nothing, ...noText, ...badText, ...badAddress],
      call: ({ auth }, field) => auth.passwords.requestReset(field as never),
    },
  ],
  [
    'auth.passwords.reset',
    {
      field: 'token',
      refused: [...nothing, ...noText],
      call: ({ auth }, field) => auth.passwords.reset({ newPassword: otherPassword, ...field } as never),
    },
  ],
  [
    'auth.passwords.reset',
    {
      field: 'newPassword',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth, tokens }, field) => auth.passwords.reset({ token: tokens.reset, ...field } as never),
    },
  ],
  [
    'auth.passwords.change',
    {
      field: 'currentPassword',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth, row }, field) =>
        auth.passwords.change({ user: row, newPassword: otherPassword, ...field } as never),
    },
  ],
  [
    'auth.passwords.change',
    {
      field: 'newPassword',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth, row }, field) =>
        auth.passwords.change({ user: row, currentPassword: goodPassword, ...field } as never),
    },
  ],
  [
    'auth.accounts.close',
    {
      field: 'currentPassword',
      refused: [...nothing, ...noText, ...badText],
      call: ({ auth, row }, field) => auth.accounts.close({ user: row, ...field } as never),
    },
  ],
];

/** An account, and everything that is needed for any of the flows to succeed. */
interface Made extends AccountDoor {
  readonly row: Row;
  readonly deviceToken: string;
  readonly tokens: { readonly verify: string; readonly reset: string };
}

async function makeAll(): Promise<Made> {
  const made = accountDoor({ table: userTable(), hasher: saltedHasher() });
  const answer = await made.auth.register({ email, password: goodPassword });
  await made.auth.passwords.requestReset({ identifier: email });
  await made.settled();
  if (answer.status !== 'check-inbox') throw new Error(answer.status);
  const tokens = { verify: made.outbox.token('verify-email'), reset: made.outbox.token('reset-password') };
  return { ...made, row: { ...(made.table.rows[0] as Row) }, deviceToken: answer.deviceToken, tokens };
}

const everything = makeAll();

/** Calls it, and says what came of it and what was done for it. */
async function outcomeOf(
  call: (made: Made) => Promise<unknown>,
): Promise<{ error: unknown; work: unknown[] }> {
  const made = await everything;
  const { table, state, hasher, outbox, events } = made;
  const lists = [table.calls, state.calls, hasher.hashed, hasher.verified, outbox.sent, events];
  for (const each of lists) each.length = 0;
  const error: unknown = await call(made).then(
    () => undefined,
    (refusal) => refusal,
  );
  await made.settled();
  return { error, work: lists.flat() };
}

const cases = places.flatMap(([flow, { field, refused, call }]) =>
  refused.map(([what, value]) => [flow, field, what, { [field]: value }, call] as const),
);

describe(`${cases.length} inputs`, () => {
  it.each(cases)('%s refuses as its %s %s, before any work', async (_flow, field, _what, given, call) => {
    const { error, work } = await outcomeOf((made) => call(made, given));
    expect(error).toMatchObject({
      name: 'InputError',
      code: 'ERR_INPUT_INVALID',
      fields: { [field]: expect.stringMatching(/^(is|has|must) /) },
    });
    expect(Object.keys((error as { fields: object }).fields)).toEqual([field]);
    expect(work).toEqual([]);
    expect(`${JSON.stringify(error)} ${inspect(error)}`).not.toContain(canary);
  });

  it('have changed nothing that every other object has', async () => {
    await everything;
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
  });
});

describe('a token that is a text', () => {
  it.each([
    ['a megabyte', canary.padEnd(1_000_000, '.')],
    ['a lone surrogate', `${canary}\ud800`],
    ['a NUL', '\u0000'],
    ['a property of every object', '__proto__.constructor.toString'],
    ['64 KB of dots', '.'.repeat(65_536)],
  ])('and %s is refused without asking anybody', async (_what, token) => {
    for (const call of [
      ({ auth, deviceToken }: Made) => auth.emails.verify({ token }, { deviceToken }),
      ({ auth }: Made) => auth.emails.verify({ token, password: goodPassword }),
      ({ auth }: Made) => auth.emails.confirmChange({ token }),
    ]) {
      const { error, work } = await outcomeOf(call);
      expect(error).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
      expect(work).toMatchObject([{ name: 'account.link-rejected', reason: 'not-genuine' }]);
      expect(JSON.stringify([error, work])).not.toContain(canary);
    }
  });
});

const flows: readonly (readonly [string, (made: Made, input: never) => Promise<unknown>])[] = [
  ['auth.register', ({ auth }, input) => auth.register(input)],
  ['auth.emails.requestVerification', ({ auth }, input) => auth.emails.requestVerification(input)],
  ['auth.emails.verify', ({ auth }, input) => auth.emails.verify(input)],
  ['auth.emails.requestChange', ({ auth }, input) => auth.emails.requestChange(input)],
  ['auth.emails.confirmChange', ({ auth }, input) => auth.emails.confirmChange(input)],
  ['auth.passwords.requestReset', ({ auth }, input) => auth.passwords.requestReset(input)],
  ['auth.passwords.reset', ({ auth }, input) => auth.passwords.reset(input)],
  ['auth.passwords.change', ({ auth }, input) => auth.passwords.change(input)],
  ['auth.accounts.close', ({ auth }, input) => auth.accounts.close(input)],
  ['auth.accounts.setStatus', ({ auth }, input) => auth.accounts.setStatus(input)],
];

describe.each(flows)('%s', (_flow, call) => {
  it.each([...nothing, ...primitive, ...list, ...object.slice(0, 6)])(
    'refuses a body that is %s, before any work',
    async (_what, body) => {
      const { error, work } = await outcomeOf((made) => call(made, body as never));
      expect(error).toMatchObject({ code: 'ERR_INPUT_INVALID', fields: expect.any(Object) });
      expect(work).toEqual([]);
    },
  );
});

describe('a user that is handed in', () => {
  const withUser: readonly (readonly [string, (made: Made, user: never) => Promise<unknown>])[] = [
    ['requestVerification', ({ auth }, user) => auth.emails.requestVerification({ user })],
    ['requestChange', ({ auth }, user) => auth.emails.requestChange({ user, newEmail: 'new@shop.example' })],
    [
      'change',
      ({ auth }, user) =>
        auth.passwords.change({ user, currentPassword: goodPassword, newPassword: otherPassword }),
    ],
    ['close', ({ auth }, user) => auth.accounts.close({ user, currentPassword: goodPassword })],
    ['setStatus', ({ auth }, user) => auth.accounts.setStatus({ user, status: 'disabled' })],
  ];
  const strangers = [...nothing.slice(1), ...primitive, ...list, ...object];

  it.each(withUser)(
    'to %s and is no row opens nothing, whatever toAuthUser makes of it',
    async (_flow, call) => {
      for (const [what, user] of strangers) {
        const { error, work } = await outcomeOf((made) => call(made, user as never));
        expect(error, what).toBeInstanceOf(Error);
        expect(work, what).toEqual([]);
      }
    },
  );

  it.each(withUser)('to %s and is nobody is missing', async (_flow, call) => {
    const { error } = await outcomeOf((made) => call(made, null as never));
    expect(error).toMatchObject({ code: 'ERR_INPUT_INVALID', fields: { user: 'is missing' } });
  });
});

describe('where a request comes from', () => {
  it.each([...nothing, ...primitive, ...list, ...object])(
    'may be %s: it is left alone',
    async (_what, odd) => {
      for (const context of [odd, { ip: odd, userAgent: odd, deviceToken: odd }]) {
        const { error, work } = await outcomeOf(({ auth, tokens }) =>
          auth.emails.verify({ token: tokens.verify, password: 'not the password of it' }, context as never),
        );
        expect(error).toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
        const event = work.find((each) => typeof each === 'object');
        expect(event).toMatchObject({ name: 'password.rejected' });
        if (odd !== '') expect(Object.keys(event as object)).not.toContain('ip');
      }
    },
  );
});

const isOdd = (name: string): boolean => ['a boxed text', 'a buffer', 'a date'].includes(name);

it.each(object.filter(([name]) => isOdd(name)))('%s is no profile', async (_, profile) => {
  const { auth, table } = accountDoor({ table: userTable(), links: {} });
  const input = { email, password: goodPassword, profile: profile as object as never };
  await expect(auth.register(input)).rejects.toMatchObject({ fields: { profile: expect.any(String) } });
  expect(table.calls).toEqual([]);
});

it('an object is a profile, and only what it has itself', async () => {
  const { auth, table } = accountDoor({ table: userTable(), links: {} });
  const plain = object.filter(([name]) => !isOdd(name));
  for (const [n, [, profile]] of plain.entries()) {
    await auth.register({
      email: `${n}@shop.example`,
      password: goodPassword,
      profile: profile as object as never,
    });
  }
  expect(table.rows).toHaveLength(plain.length);
  for (const row of table.rows) expect(Reflect.get(row.profile ?? {}, 'isAdmin')).toBeUndefined();
});
