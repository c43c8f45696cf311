/** Whatever the mailer does, whoever asked reads the same answer at the same time, and learns nothing of who has an account. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notification } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword } from '../support/account-door.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { type MovableClock, movableClock } from '../support/movable-clock.ts';
import { type Outbox, outbox } from '../support/outbox.ts';
import { type Row, userTable } from '../support/user-table.ts';

const identifier = 'alice@shop.example';

/** One account of each kind that a forgotten password can be of; `nobody` has none. */
const kinds: Readonly<Record<string, Partial<Row> | undefined>> = {
  nobody: undefined,
  active: {},
  verified: { verified: true },
  unverified: { verified: false },
  pending: { state: 'pending', verified: false },
  disabled: { state: 'disabled' },
  'without a password': { hash: null },
  'without an address': { mail: null },
  'of two addresses': { mail: `${identifier},eve@evil.example` },
};

type Deliver = (message: Notification<Row>) => unknown;

const mailers: Readonly<Record<string, Deliver>> = {
  'works at once': () => undefined,
  'throws at once': () => {
    throw new Error('canary');
  },
  'throws nothing at once': () => {
    throw undefined;
  },
  rejects: () => Promise.reject(new Error('canary')),
  'rejects with nothing': () => Promise.reject(),
  'rejects later': () => new Promise((_resolve, reject) => setTimeout(reject, 5000, new Error('canary'))),
  'takes ten seconds': () => new Promise((resolve) => setTimeout(resolve, 10_000)),
  hangs: () => new Promise(() => undefined),
  'works for a while before it waits': () => {
    for (let n = 0; n < 100_000; n += 1) JSON.stringify(n);
    return Promise.resolve();
  },
  'answers something odd': () => Symbol('canary'),
};

const unhandled: unknown[] = [];
const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
const note = (fault: unknown): void => void unhandled.push(fault);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  vi.useRealTimers();
  expect([unhandled, warned.mock.calls]).toEqual([[], []]);
});

/** Also when the mailer hangs: that is waited for no longer than a while. */
async function closed({ auth }: Pick<AccountDoor, 'auth'>): Promise<void> {
  const closing = auth.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closing;
  vi.clearAllTimers();
}

function doorOf(
  row: Partial<Row> | undefined,
  deliver: Deliver,
  clock: Partial<MovableClock> = {},
): AccountDoor {
  const table = userTable(...(row === undefined ? [] : [aliceRow(row)]));
  if (row?.mail !== undefined) for (const each of table.rows) each.login = identifier;
  const box: Outbox<Row> = { ...outbox<Row>(), deliver };
  return accountDoor({ table, outbox: box, clock: { ...movableClock(), ...clock } });
}

/** What was asked of everything when the answer was there, within one turn of the event loop, and afterwards. */
async function footprintOf(row: Partial<Row> | undefined, deliver: Deliver) {
  const { now } = movableClock();
  let [delivered, looks] = [0, 0];
  const counted: Deliver = (message) => {
    delivered += 1;
    return deliver(message);
  };
  const looking = (): Date => {
    looks += 1;
    return now();
  };
  const made = doorOf(row, counted, { now: looking });
  looks = 0;
  let isAnswered = false;
  const answer = made.auth.passwords.requestReset({ identifier }, { ip: '192.0.2.7' }).then((value) => {
    isAnswered = true;
    return value;
  });
  for (let n = 0; n < 50; n += 1) await new Promise((resolve) => process.nextTick(resolve));
  const before = {
    answer: isAnswered ? await answer : 'no answer',
    delivered,
    // The end of a link is one of them: a link is made for nobody, too.
    looksAtTheClock: looks,
    timers: vi.getTimerCount(),
    ...{ table: [...made.table.calls], state: [...made.state.calls], hashed: [...made.hasher.hashed] },
    events: made.events.map(({ name }) => name),
  };
  await closed(made);
  const after = { table: [...made.table.calls], state: [...made.state.calls] };
  return { before, after, delivered, events: made.events };
}

describe.each(Object.entries(mailers))('a mailer that %s', (what, deliver) => {
  it('is not waited for by whoever forgot a password, whoever that is', async () => {
    const nobody = await footprintOf(undefined, deliver);
    expect(nobody.before).toMatchObject({
      ...{ answer: undefined, delivered: 0, timers: 0, hashed: [] },
      ...{ table: ['findByIdentifier'], state: ['get address'], events: ['password.reset-requested'] },
    });
    for (const [kind, row] of Object.entries(kinds)) {
      const { before, after, delivered } = await footprintOf(row, deliver);
      expect(before, kind).toEqual(nobody.before);
      expect(after, kind).toEqual(nobody.after);
      const isMailed = !['nobody', 'disabled', 'without an address', 'of two addresses'].includes(kind);
      expect(delivered, kind).toBe(isMailed ? 1 : 0);
    }
  });

  it('is told of in an event, without a word of the message', async () => {
    const { events } = await footprintOf({}, deliver);
    const failed = events.filter(({ name }) => name === 'notification.failed');
    const isFault = /throws|rejects/.test(what);
    expect(failed).toHaveLength(isFault ? 1 : 0);
    expect(JSON.stringify(events)).not.toMatch(/canary|shop\.example/);
  });

  it('changes nothing of a reset, and nothing of a change', async () => {
    const made = doorOf({}, deliver);
    const { auth, table, clock, state } = made;
    const working = accountDoor({ table, clock, state });
    await working.auth.passwords.requestReset({ identifier });
    await working.settled();
    const token = working.outbox.token('reset-password');
    const answers = [
      await auth.passwords.reset({ token, newPassword: goodPassword }),
      await auth.passwords.change({
        user: aliceRow(),
        currentPassword: goodPassword,
        newPassword: rightPassword,
      }),
    ];
    expect(answers).toMatchObject([{ user: { key: 1 } }, { user: { key: 1 } }]);
    expect(table.rows[0]?.hash).toBe(`plain:1:${rightPassword}`);
    await closed(made);
  });
});

describe('a flood of forgotten passwords', () => {
  it('while the mailer hangs is answered as ever, and bounded', async () => {
    const many = Array.from({ length: 1010 }, (_none, n) =>
      aliceRow({ key: n + 1, login: `user-${n + 1}@shop.example` }),
    );
    const box: Outbox<Row> = { ...outbox<Row>(), deliver: () => new Promise(() => undefined) };
    const { auth, events, state } = accountDoor({ table: userTable(...many), outbox: box });
    for (const { login } of many) {
      expect(await auth.passwords.requestReset({ identifier: login })).toBeUndefined();
    }
    const dropped = events.filter(({ name }) => name === 'notification.failed');
    expect(dropped).toHaveLength(10);
    expect(dropped[0]).toMatchObject({ kind: 'reset-password', obstacle: 'queue-full', userId: 1001 });
    expect(state.calls.every((call) => call === 'get address')).toBe(true);
  });

  it('of nobody takes no place in the queue', async () => {
    const made = doorOf({}, () => undefined);
    for (let n = 0; n < 1010; n += 1) {
      await made.auth.passwords.requestReset({ identifier: `nobody-${n}@shop.example` });
    }
    expect(made.events.filter(({ name }) => name !== 'password.reset-requested')).toEqual([]);
    expect(await made.auth.passwords.requestReset({ identifier })).toBeUndefined();
    await closed(made);
    expect(made.events.filter(({ name }) => name === 'notification.failed')).toEqual([]);
  });

  it('writes nothing anywhere, whoever is asked for', async () => {
    for (const [kind, row] of Object.entries(kinds)) {
      const made = doorOf(row, () => undefined);
      const before = structuredClone(made.table.rows);
      for (let n = 0; n < 5; n += 1) await made.auth.passwords.requestReset({ identifier });
      await closed(made);
      expect(made.table.rows, kind).toEqual(before);
      expect(new Set([...made.state.calls, ...made.table.calls]), kind).toEqual(
        new Set(['get address', 'findByIdentifier']),
      );
    }
  });
});

describe('a stored address', () => {
  it.each([
    `${identifier},eve@evil.example`,
    `${identifier};eve@evil.example`,
    `${identifier}\r\nBcc: eve@evil.example`,
    `${identifier}\nContent-Type: text/html`,
    `${identifier}\u2029bcc: eve@evil.example`,
    `<eve@evil.example>,${identifier}`,
    'alice',
    ' ',
  ])('like %j gets no link, and an event says so to nobody else', async (mail) => {
    const sent: unknown[] = [];
    const made = doorOf({ mail }, (message) => sent.push(message));
    expect(await made.auth.passwords.requestReset({ identifier })).toBeUndefined();
    await closed(made);
    expect(sent).toEqual([]);
    expect(made.events).toMatchObject([
      { name: 'password.reset-requested', userId: 1 },
      { name: 'notification.failed', kind: 'reset-password', obstacle: 'no-address', userId: 1 },
    ]);
    expect(JSON.stringify(made.events)).not.toMatch(/evil|shop\.example/);
  });
});

describe('the row in a message', () => {
  it('is the host’s: what its mailer does to it changes no answer that is checked', async () => {
    const made = doorOf({}, ({ user }) => {
      Object.assign(user, { hash: 'plain:1:mailer', key: 99 });
    });
    await made.auth.passwords.requestReset({ identifier });
    await closed(made);
    expect(made.table.rows).toEqual([aliceRow()]);
  });
});
