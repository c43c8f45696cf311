import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MailedLink } from '../../../src/core/accounts/links.ts';
import { Notifications, type Outgoing } from '../../../src/core/accounts/notifications.ts';
import { Events } from '../../../src/core/events.ts';
import type { Notification, Notifier } from '../../../src/index.ts';
import { heardEvents } from '../../support/heard-events.ts';

interface Someone {
  readonly name: string;
}

const row: Someone = { name: 'Alice' };
const email = 'alice@shop.example';
const link: MailedLink = {
  token: 'a.b.c',
  url: 'https://shop.example/reset?token=a.b.c',
  lifetimeSeconds: 60,
};
const message = (changes: Partial<Outgoing<Someone>> = {}): Outgoing<Someone> => ({
  ...{ kind: 'reset-password', row, user: { id: 1, passwordHash: null, email }, link },
  ...changes,
});
const messageOf = (id: number) => message({ user: { id, passwordHash: null, email } });
const addressed = (address: unknown) =>
  message({ user: { id: 1, passwordHash: null, email: address as string } });

function notificationsOf(deliver?: Notifier<Someone>['deliver']) {
  const events = new Events(Date, '');
  const sent: Notification<Someone>[] = [];
  const notifier = { deliver: deliver ?? ((one: Notification<Someone>) => void sent.push(one)) };
  return { notifications: new Notifications({ notifier, events }), sent, events: heardEvents(events) };
}

const hangs = () => new Promise<void>(() => undefined);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const unhandled: unknown[] = [];
const note = (fault: unknown) => void unhandled.push(fault);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await turn();
  process.off('unhandledRejection', note);
  vi.useRealTimers();
  expect(unhandled).toEqual([]);
});

describe('a message', () => {
  it('has the stored address, the row, and of the link what a mail needs', async () => {
    const { notifications, sent } = notificationsOf();
    notifications.send(message());
    await notifications.close();
    expect(sent).toEqual([{ kind: 'reset-password', to: email, user: row, ...link }]);
    expect(sent[0]?.user).toBe(row);
    expect(Object.isFrozen(sent[0])).toBe(true);
  });

  it('has no link where its kind has none', async () => {
    const { notifications, sent } = notificationsOf();
    const { link: _none, ...plain } = message({ kind: 'password-changed' });
    notifications.send(plain);
    await notifications.close();
    expect(sent).toEqual([{ kind: 'password-changed', to: email, user: row }]);
  });

  it('goes to another address where that is said, and then to no other', async () => {
    const { notifications, sent, events } = notificationsOf();
    notifications.send(message({ to: 'new@shop.example' }));
    notifications.send(message({ to: null }));
    await notifications.close();
    expect(sent.map(({ to }) => to)).toEqual(['new@shop.example']);
    expect(events).toMatchObject([{ obstacle: 'no-address' }]);
  });

  it('begins when the present turn of the event loop is over, and not before', async () => {
    const { notifications, sent } = notificationsOf();
    notifications.send(message());
    for (let n = 0; n < 100; n += 1) await Promise.resolve();
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toHaveLength(1);
  });

  it('is handed over by the notifier it belongs to', async () => {
    class Mailer implements Notifier<Someone> {
      readonly sent: string[] = [];
      deliver({ to }: Notification<Someone>): void {
        this.sent.push(to);
      }
    }
    const notifier = new Mailer();
    const notifications = new Notifications<Someone>({ notifier, events: new Events(Date, '') });
    notifications.send(message());
    await notifications.close();
    expect(notifier.sent).toEqual([email]);
  });

  it('goes nowhere, and without a word, where there is no notifier', async () => {
    const events = new Events(Date, '');
    const heard = heardEvents(events);
    const notifications = new Notifications<Someone>({ notifier: undefined, events });
    notifications.send(message());
    await notifications.close();
    expect(heard).toEqual([]);
  });
});

describe('a stored address', () => {
  it.each([
    ['alice@shop.example'],
    ['Alice@Shop.Example'],
    ['jos\u00e9@b\u00fccher.example'],
    ["o'hara+shop=1@shop.example"],
  ])('%s is written to as it is', async (address) => {
    const { notifications, sent } = notificationsOf();
    notifications.send(addressed(address));
    await notifications.close();
    expect(sent.map(({ to }) => to)).toEqual([address]);
  });

  it('that fills its column with spaces is written to without them', async () => {
    const { notifications, sent } = notificationsOf();
    notifications.send(addressed(` ${email.padEnd(64)}`));
    await notifications.close();
    expect(sent.map(({ to }) => to)).toEqual([email]);
  });

  it.each<[string, unknown]>([
    ['a list', `${email},eve@evil.example`],
    ['a list with a semicolon', `${email};eve@evil.example`],
    ['a list with a space', `${email} eve@evil.example`],
    ['a list with a comma that is one only when it is normalised', `${email}\uff0ceve@evil.example`],
    ['two addresses with an @ that is one only when it is normalised', `eve@evil.example\uff20shop.example`],
    ['a line break and a header', `${email}\r\nBcc: eve@evil.example`],
    ['a line feed and a header', `${email}\nBcc:eve@evil.example`],
    ['a line separator', `${email}\u2028bcc:eve@evil.example`],
    ['a line break in front of it', `eve@evil.example\n${email}`],
    ['a NUL', `${email}\0eve@evil.example`],
    ['a tab', `${email}\teve@evil.example`],
    ['a name with brackets', `"Alice" <${email}>`],
    ['brackets', `<eve@evil.example>${email}`],
    ['a comment', `${email}(eve@evil.example)`],
    ['a group', `all:${email};`],
    ['a quoted part', `"eve@evil.example> "@shop.example`],
    ['an invisible letter', `ali\u200bce@shop.example`],
    ['half a letter', 'alice\ud83d@shop.example'],
    ['no @', 'alice'],
    ['nothing in front of it', '@shop.example'],
    ['nothing behind it', 'alice@'],
    ['no letter', ''],
    ['spaces', '    '],
    ['more letters than an address has', `${'a'.repeat(320)}@shop.example`],
    ['null', null],
    ['nothing', undefined],
    ['a number', 7],
    ['a real list', [email, 'eve@evil.example']],
    ['an object', { address: email }],
  ])('with %s gets no message, and an event says so', async (_what, address) => {
    const { notifications, sent, events } = notificationsOf();
    notifications.send(addressed(address));
    await notifications.close();
    expect(sent).toEqual([]);
    expect(events).toMatchObject([
      { name: 'notification.failed', kind: 'reset-password', obstacle: 'no-address', userId: 1 },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/evil|shop\.example/);
  });
});

describe('a notifier that', () => {
  const coded = (code: unknown) => Object.assign(new Error(`to ${email}: ${link.url}`), { code });
  const thrower = (code: string) => (): never => {
    throw coded(code);
  };
  const unreadable = new Proxy(new Error('odd'), {
    get: () => {
      throw new Error('cannot be read');
    },
  });

  it.each<[string, () => unknown, string | undefined]>([
    ['rejects', () => Promise.reject(coded('EENVELOPE')), 'EENVELOPE'],
    ['rejects with an error without a code', () => Promise.reject(coded(undefined)), 'Error'],
    ['rejects with a code that is no text', () => Promise.reject(coded({ to: email })), 'Error'],
    ['rejects with a text', () => Promise.reject(`to ${email}`), 'string'],
    ['rejects with an error that cannot be read', () => Promise.reject(unreadable), 'unreadable'],
    ['rejects with nothing', () => Promise.reject(), undefined],
    ['rejects later', () => turn().then(() => Promise.reject(coded('ESOCKET'))), 'ESOCKET'],
    ['answers something whose then throws', () => thenable(thrower('EODD')), 'EODD'],
    ['throws', thrower('ETHROWN'), 'ETHROWN'],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      undefined,
    ],
  ])('%s has failed, and no message of it is told', async (_what, deliver, fault) => {
    const { notifications, events } = notificationsOf(deliver);
    expect(() => notifications.send(message())).not.toThrow();
    await notifications.close();
    const { at: _at, ...event } = events[0] as { at: Date };
    expect(event).toEqual({
      ...{ name: 'notification.failed', kind: 'reset-password', obstacle: 'failed', userId: 1 },
      ...(fault === undefined ? {} : { fault }),
    });
    expect(events).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['false', false],
    ['a text', 'queued'],
    ['a symbol', Symbol('queued')],
    ['an error', new Error('is an answer, and no fault')],
    ['another promise-like', thenable((resolve) => resolve(false))],
  ])('answers %s has done its work', async (_what, answer) => {
    const { notifications, events } = notificationsOf(() => answer);
    notifications.send(message());
    await notifications.close();
    expect(events).toEqual([]);
  });

  it('hangs is given up after a minute, once, and the place is free', async () => {
    const { notifications, events } = notificationsOf(hangs);
    notifications.send(message());
    await turn();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toMatchObject([{ obstacle: 'timed-out', kind: 'reset-password', userId: 1 }]);
    await notifications.close();
    expect([events.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it.each([
    ['answers', (resolve: () => void) => resolve()],
    ['rejects', (_resolve: () => void, reject: (error: Error) => void) => reject(new Error('late'))],
  ])('%s after it was given up changes nothing', async (_what, end) => {
    let finish = (): void => undefined;
    const { notifications, events } = notificationsOf(
      () =>
        new Promise<void>((resolve, reject) => {
          finish = () => end(resolve, reject);
        }),
    );
    notifications.send(message());
    await turn();
    await vi.advanceTimersByTimeAsync(60_000);
    finish();
    await turn();
    expect(events).toMatchObject([{ obstacle: 'timed-out' }]);
  });

  it('is quick leaves no timer behind', async () => {
    const { notifications } = notificationsOf(async () => undefined);
    notifications.send(message());
    await notifications.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('messages under way', () => {
  it('are a thousand, and one more is dropped and told', async () => {
    const { notifications, events } = notificationsOf(hangs);
    for (let n = 0; n < 1000; n += 1) notifications.send(messageOf(100 + n));
    expect(events).toEqual([]);
    for (const id of [7, 8]) notifications.send(message({ user: { id, passwordHash: null, email } }));
    expect(events).toMatchObject([
      { name: 'notification.failed', kind: 'reset-password', obstacle: 'queue-full', userId: 7 },
      { name: 'notification.failed', kind: 'reset-password', obstacle: 'queue-full', userId: 8 },
    ]);
  });

  it('make room for others when they are out, whatever became of them', async () => {
    let n = 0;
    const { notifications, sent, events } = notificationsOf(() => {
      n += 1;
      return n % 2 === 0 ? Promise.reject(new Error('down')) : undefined;
    });
    for (let round = 0; round < 2; round += 1) {
      for (let one = 0; one < 1000; one += 1) notifications.send(messageOf(one));
      await turn();
      await turn();
    }
    expect([n, sent.length]).toEqual([2000, 0]);
    expect(new Set(events.map((event) => ('obstacle' in event ? event.obstacle : '')))).toEqual(
      new Set(['failed']),
    );
  });

  it('make room after a minute with a mailer that hangs', async () => {
    const { notifications, events } = notificationsOf(hangs);
    for (let n = 0; n < 999; n += 1) notifications.later('verify-email', undefined, hangs, `${n}`);
    notifications.send(message());
    await turn();
    await vi.advanceTimersByTimeAsync(60_000);
    for (let n = 0; n < 2; n += 1) notifications.send(message());
    expect(events).toMatchObject([{ obstacle: 'timed-out' }, { obstacle: 'queue-full' }]);
  });

  it('count also while what they need is looked up, and a fault of that is told', async () => {
    const { notifications, events } = notificationsOf();
    const fault = Object.assign(new Error(email), { code: 'ECONNREFUSED' });
    for (let n = 0; n < 999; n += 1) notifications.later('verify-email', undefined, hangs, `${n}`);
    notifications.later('verify-email', undefined, () => Promise.reject(fault));
    notifications.later('verify-email', undefined, hangs);
    await turn();
    const failed = { name: 'notification.failed', kind: 'verify-email' };
    expect(events.map(({ at: _at, ...event }) => event)).toEqual([
      { ...failed, obstacle: 'queue-full' },
      { ...failed, obstacle: 'store-failed', fault: 'ECONNREFUSED' },
    ]);
  });

  it('are five of one kind for one account, and leave room for others', async () => {
    const { notifications, events } = notificationsOf(hangs);
    for (let n = 0; n < 6; n += 1) notifications.send(messageOf(7));
    for (let n = 0; n < 6; n += 1) notifications.later('verify-email', undefined, hangs, 'a@shop.example');
    expect(events).toMatchObject([
      { kind: 'reset-password', obstacle: 'queue-full', userId: 7 },
      { kind: 'verify-email', obstacle: 'queue-full' },
    ]);
    notifications.send({ ...messageOf(7), kind: 'password-changed' });
    notifications.send(messageOf(8));
    notifications.later('verify-email', undefined, hangs, 'b@shop.example');
    expect(events).toHaveLength(2);
  });

  it('are all begun, whatever one of them does', async () => {
    const begun: string[] = [];
    const { notifications } = notificationsOf(({ to }) => {
      begun.push(to);
      if (begun.length === 1) throw new Error('down');
      return hangs();
    });
    for (const name of ['a', 'b', 'c']) notifications.send(message({ to: `${name}@shop.example` }));
    await turn();
    expect(begun).toEqual(['a@shop.example', 'b@shop.example', 'c@shop.example']);
  });
});

describe('the end', () => {
  it('waits for what is under way, and for what that brings', async () => {
    const out: string[] = [];
    const { notifications } = notificationsOf(async ({ to }) => {
      await turn();
      if (out.length === 0) notifications.send(message({ to: 'second@shop.example' }));
      out.push(to);
    });
    notifications.send(message({ to: 'first@shop.example' }));
    await notifications.close();
    expect(out).toEqual(['first@shop.example', 'second@shop.example']);
  });

  it('gives up after ten seconds', async () => {
    const { notifications } = notificationsOf(hangs);
    notifications.send(message());
    const over = vi.fn();
    void notifications.close().then(over);
    await turn();
    await vi.advanceTimersByTimeAsync(9999);
    expect(over).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(over).toHaveBeenCalled();
  });

  it('is there at once where nothing is under way, also a second time', async () => {
    const { notifications, sent } = notificationsOf();
    await notifications.close();
    notifications.send(message());
    await notifications.close();
    await notifications.close();
    expect([sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

function thenable(then: (resolve: (value: unknown) => void) => unknown): object {
  return { then };
}
