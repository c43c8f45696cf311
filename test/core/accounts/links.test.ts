import { describe, expect, it, vi } from 'vitest';
import { readLinkOptions } from '../../../src/core/accounts/link-options.ts';
import { Links, type OpenLink } from '../../../src/core/accounts/links.ts';
import { Events, type LinkFailure, type LinkPurpose } from '../../../src/core/events.ts';
import { guardedState } from '../../../src/core/guarded-state.ts';
import { Secrets } from '../../../src/core/secrets.ts';
import { CredentialEpochs } from '../../../src/core/sessions/credential-epoch.ts';
import { StateKeys } from '../../../src/core/state-keys.ts';
import { checkedUsers } from '../../../src/core/users.ts';
import { AuthError, type AuthUser, InputError, type StateStore } from '../../../src/index.ts';
import { memoryState } from '../../../src/stores/memory/index.ts';
import { accountLinks } from '../../support/account-door.ts';
import { aliceRow } from '../../support/door.ts';
import { secretA, secretB } from '../../support/fixed-secret.ts';
import { heardEvents } from '../../support/heard-events.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { recordingState } from '../../support/recording-state.ts';
import { type Row, type UserTable, userTable } from '../../support/user-table.ts';

const purposes: readonly LinkPurpose[] = ['verify-email', 'reset-password', 'change-email'];
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };
const unavailable = { code: 'ERR_STATE_UNAVAILABLE' };

interface Given {
  readonly table?: UserTable;
  readonly state?: StateStore;
  readonly clock?: ReturnType<typeof movableClock>;
  readonly secret?: string | readonly string[];
  readonly realm?: string;
  readonly pages?: object;
}

function linksOf(given: Given = {}) {
  const { table = userTable(aliceRow()), clock = movableClock(), realm = '', secret = secretA } = given;
  const state = recordingState(given.state ?? memoryState({ clock }));
  const [secrets, keys, events] = [
    new Secrets(secret, realm),
    new StateKeys(realm),
    new Events(clock, realm),
  ];
  const settings = readLinkOptions(given.pages ?? accountLinks, 'links');
  const common = { secrets, keys, state: guardedState(state) };
  const epochs = new CredentialEpochs({ ...common, lifeSeconds: 86_400 });
  const links = new Links<Row>({
    ...common,
    users: checkedUsers<Row>(table),
    epochs,
    events,
    clock,
    settings,
  });
  const user = (): AuthUser => table.toAuthUser(table.rows[0] as Row);
  return { links, table, state, clock, epochs, user, events: heardEvents(events) };
}

/** A link for the only user, and everything it was made of. */
async function mailed(given: Given = {}, purpose: LinkPurpose = 'reset-password') {
  const made = linksOf(given);
  const link = await made.links.make(purpose, made.user());
  made.state.calls.length = 0;
  return { ...made, ...link, open: () => made.links.open(purpose, link.token) };
}

describe('a link that is made', () => {
  it.each([
    ['verify-email', accountLinks.verifyEmail, 86_400],
    ['reset-password', accountLinks.resetPassword, 1800],
    ['change-email', accountLinks.changeEmail, 86_400],
  ] as const)('for %s leads to %s, and lives for %d seconds', async (purpose, page, lifetimeSeconds) => {
    const { links, state, user, clock } = linksOf();
    const link = await links.make(purpose, user());
    expect(link).toEqual({ token: link.token, url: `${page}?token=${link.token}`, lifetimeSeconds });
    expect(state.calls).toEqual(['get address']);
    const { claims } = await links.open(purpose, link.token);
    expect(claims.end).toBe(Number(clock.now()) / 1000 + lifetimeSeconds);
  });

  it('lives for as long as was chosen', async () => {
    const { links, user } = linksOf({
      pages: { ...accountLinks, resetLifetime: '5m', verifyLifetime: '2h' },
    });
    const lives = await Promise.all(purposes.map((purpose) => links.make(purpose, user())));
    expect(lives.map(({ lifetimeSeconds }) => lifetimeSeconds)).toEqual([7200, 300, 7200]);
  });

  it.each([
    ['https://shop.example/reset?lang=en&a=b', 'https://shop.example/reset?lang=en&a=b&token='],
    ['https://shop.example/reset?token=old&lang=en', 'https://shop.example/reset?token='],
    ['https://shop.example:8443', 'https://shop.example:8443/?token='],
    ['http://localhost:3000/#/users/reset', 'http://localhost:3000/?token='],
    ['https://shop.example/?a=%26&b=\u00e9', 'https://shop.example/?a=%26&b=%C3%A9&token='],
  ])('is added to %s, of which nothing is lost', async (page, start) => {
    const { links, user } = linksOf({ pages: { resetPassword: page } });
    const { token, url } = await links.make('reset-password', user());
    expect(url.startsWith(start + token)).toBe(true);
    const [made, given] = [new URL(url), new URL(page)];
    expect(made.searchParams.getAll('token')).toEqual([token]);
    for (const each of [made, given]) each.searchParams.delete('token');
    expect(made.href).toBe(given.href);
  });

  it('is never the same twice, and has 128 random bits', async () => {
    const { links, user } = linksOf();
    const made = await Promise.all(Array.from({ length: 200 }, () => links.make('reset-password', user())));
    const opened = await Promise.all(made.map(({ token }) => links.open('reset-password', token)));
    expect(new Set(opened.map(({ claims }) => claims.id)).size).toBe(200);
    for (const { claims } of opened) expect(Buffer.from(claims.id, 'base64url')).toHaveLength(16);
  });

  it.each([
    ['verify-email', 'links.verifyEmail'],
    ['reset-password', 'links.resetPassword'],
    ['change-email', 'links.changeEmail'],
  ] as const)('for %s needs %s', async (purpose, option) => {
    const { links, user } = linksOf({ pages: {} });
    expect(() => links.checkPage(purpose)).toThrow(expect.objectContaining({ option }));
    await expect(links.make(purpose, user())).rejects.toMatchObject({ option });
  });

  it('for nobody is the same work, and is handed to nobody', async () => {
    const { links, state, user } = linksOf();
    expect(await links.makeForNobody('reset-password', 'nobody@shop.example')).toBeUndefined();
    const calls = [...state.calls];
    state.calls.length = 0;
    await links.make('reset-password', user());
    expect(state.calls).toEqual(calls);
  });
});

describe('a link that is opened', () => {
  it('tells its account as it is now, and is not used by it', async () => {
    const { open, table, state, events } = await mailed();
    for (const row of table.rows) row.roles = ['admin'];
    for (let visit = 0; visit < 3; visit += 1) {
      expect(await open()).toMatchObject({
        purpose: 'reset-password',
        claims: { userId: 1 },
        row: aliceRow({ roles: ['admin'] }),
        user: { id: 1, roles: ['admin'] },
        address: 'alice@shop.example',
      });
    }
    expect(state.calls).toEqual(Array(3).fill('get address'));
    expect(events).toEqual([]);
  });

  it.each<[unknown, string]>([
    [undefined, 'is missing'],
    [null, 'is missing'],
    ['', 'is missing'],
    [7, 'must be a text, got the number 7'],
    [['a.b.c'], 'must be a text, got an array'],
    [{ $ne: null }, 'must be a text, got an object'],
    [Object('a.b.c'), 'must be a text, got an object'],
    [true, 'must be a text, got a boolean'],
  ])('with %j in its place is refused as input, before any work', async (token, problem) => {
    const { links, state, table, events } = linksOf();
    const error = await links.open('reset-password', token).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ fields: { token: problem } });
    expect([...state.calls, ...table.calls, ...events]).toEqual([]);
  });

  type Mailed = Awaited<ReturnType<typeof mailed>>;
  const change = (changes: Partial<Row>) => async (made: Mailed) => {
    Object.assign(made.table.rows[0] as Row, changes);
  };
  type Reason = readonly [what: string, LinkFailure, happens: (made: Mailed) => unknown, row: Partial<Row>];
  const reasons: readonly Reason[] = [
    ['whose end has come', 'expired', ({ clock }) => clock.advance(1800), {}],
    ['whose end is long past', 'expired', ({ clock }) => clock.advance(10 ** 9), {}],
    ['whose account is gone', 'no-account', ({ table }) => table.rows.splice(0), {}],
    ['whose account is disabled', 'no-account', change({ state: 'disabled' }), {}],
    ['whose account has a status of tomorrow', 'no-account', change({ state: 'locked' as 'disabled' }), {}],
    ['whose id is a text now', 'no-account', change({ key: '1' }), {}],
    ['whose account has another password', 'superseded', change({ hash: 'plain:1:another' }), {}],
    ['whose account has no password any more', 'superseded', change({ hash: null }), {}],
    ['whose account has got a password', 'superseded', change({ hash: 'plain:1:first' }), { hash: null }],
    ['whose account has another address', 'superseded', change({ mail: 'new@shop.example' }), {}],
    ['whose address is in other letters', 'superseded', change({ mail: 'Alice@shop.example' }), {}],
    ['whose account has no address any more', 'superseded', change({ mail: null }), {}],
    ['whose account has got an address', 'superseded', change({ mail: 'a@b.example' }), { mail: null }],
    ['whose account counts anew', 'superseded', change({ counter: 1 }), {}],
    ['whose address was changed and changed back', 'superseded', ({ links }) => links.endAll(1), {}],
  ];

  it.each(reasons)('%s is refused, and the event says %s', async (_what, reason, happens, row) => {
    const made = await mailed(withRow(row));
    await made.open();
    await happens(made);
    await expect(made.open()).rejects.toMatchObject(invalid);
    expect(made.events).toMatchObject([
      { name: 'account.link-rejected', purpose: 'reset-password', reason, userId: 1 },
    ]);
  });

  it('that is no link, or an expired one, costs no look-up', async () => {
    const { links, token, table, state, events, clock } = await mailed();
    for (const text of ['garbage', `${token}x`]) {
      await expect(links.open('reset-password', text)).rejects.toMatchObject(invalid);
    }
    expect(events.map((event) => 'userId' in event)).toEqual([false, false]);
    clock.advance(1800);
    await expect(links.open('reset-password', token)).rejects.toMatchObject(invalid);
    expect([...table.calls, ...state.calls]).toEqual([]);
  });

  it('works up to the last second', async () => {
    const { open, clock } = await mailed();
    clock.advance(1799.999);
    await open();
    clock.advance(0.001);
    await expect(open()).rejects.toMatchObject(invalid);
  });

  it.each(['active', 'pending', undefined] as const)('works for an account that is %s', async (state) => {
    const { open } = await mailed(withRow(state === undefined ? {} : { state }));
    await open();
  });

  it.each([[undefined], [7], [['a@b.example']], [{}]])('takes %j for no address', async (mail) => {
    const table = userTable(aliceRow({ mail: null }));
    const { open } = await mailed({ table });
    Object.assign(table.rows[0] as Row, { login: 'alice', mail });
    expect((await open()).address).toBeNull();
  });

  it('finds its own account, and none that a loose query takes for it', async () => {
    const { token } = await mailed({ table: userTable(aliceRow({ key: '7abc' })) });
    const table = userTable(aliceRow({ key: 7 }));
    const loose: UserTable = { ...table, findById: async () => ({ ...aliceRow({ key: 7 }) }) };
    const { links, events } = linksOf({ table: loose });
    await expect(links.open('reset-password', token)).rejects.toMatchObject(invalid);
    expect(events).toMatchObject([{ reason: 'no-account', userId: '7abc' }]);
  });

  it('lives on after a rehash, of which the password is the same', async () => {
    const { open, table, epochs, user } = await mailed();
    for (const cost of [2, 3]) {
      const next = `plain:${cost}:right password of alice`;
      await epochs.recordRehash(user(), next);
      for (const row of table.rows) row.hash = next;
      await open();
    }
  });

  it('lives on while its secret is listed, and is signed by the first', async () => {
    const { token, table, clock } = await mailed();
    const [both, next] = [[secretB, secretA], secretB].map(
      (secret) => linksOf({ table, clock, secret }).links,
    );
    await both?.open('reset-password', token);
    await expect(next?.open('reset-password', token)).rejects.toMatchObject(invalid);
    const fresh = await mailed({ table, clock, secret: [secretB, secretA] });
    await next?.open('reset-password', fresh.token);
  });

  it('is another’s in another realm', async () => {
    const { token, table, clock } = await mailed();
    const { links, events } = linksOf({ table, clock, realm: 'staff' });
    await expect(links.open('reset-password', token)).rejects.toMatchObject(invalid);
    expect(events).toMatchObject([{ reason: 'not-genuine', realm: 'staff' }]);
  });

  it('while the state store is down is neither opened nor refused', async () => {
    const { open, state, events } = await mailed();
    state.failing.add('get');
    await expect(open()).rejects.toMatchObject(unavailable);
    expect(events).toEqual([]);
    state.failing.clear();
    await open();
  });
});

describe('a link that is used', () => {
  const done = vi.fn(async () => 'done');

  it('answers what the act answers, and is refused from then on', async () => {
    const { links, open, events, state } = await mailed();
    const [one, two] = [await open(), await open()];
    expect(await links.useFor(one, done)).toBe('done');
    done.mockClear();
    for (const link of [one, two, await open()]) {
      await expect(links.useFor(link, done)).rejects.toMatchObject(invalid);
    }
    expect(done).not.toHaveBeenCalled();
    expect(events).toMatchObject(Array(3).fill({ purpose: 'reset-password', reason: 'used', userId: 1 }));
    expect(state.calls.filter((call) => call.startsWith('delete'))).toEqual([]);
  });

  it.each([2, 8, 32])('by %d at once is used by one, also in two processes', async (count) => {
    const made = await mailed();
    const other = linksOf({ table: made.table, state: made.state, clock: made.clock });
    const link = await made.open();
    const uses = Array.from({ length: count }, (_none, n) =>
      (n % 2 === 0 ? made : other).links.useFor(link, async () => n).catch(() => 'refused'),
    );
    const answers = await Promise.all(uses);
    expect(answers.filter((answer) => answer !== 'refused')).toHaveLength(1);
  });

  it('leaves the other links of its account alone: what they may do is for the act to say', async () => {
    const { links, open, user } = await mailed();
    const other = await links.make('reset-password', user());
    await links.useFor(await open(), done);
    expect(await links.useFor(await links.open('reset-password', other.token), done)).toBe('done');
  });

  it.each<[string, unknown]>([
    ['a fault of a store', new Error('deadlock')],
    ['a state store that is down', new AuthError('ERR_STATE_UNAVAILABLE', 'down')],
    ['a mistake of the store', new AuthError('ERR_CONFIG_INVALID', 'mistake')],
    ['nothing', undefined],
  ])('is given back after %s, which comes through as it is', async (_what, fault) => {
    const { links, open } = await mailed();
    const use = links.useFor(await open(), () => Promise.reject(fault));
    expect(await use.catch((error: unknown) => ({ error }))).toEqual({ error: fault });
    expect(await links.useFor(await open(), done)).toBe('done');
  });

  it.each(['ERR_ACCOUNT_LINK_INVALID', 'ERR_ACCOUNT_IDENTIFIER_TAKEN'] as const)(
    'is not given back after %s: that was the answer',
    async (code) => {
      const { links, open } = await mailed();
      const refused = links.useFor(await open(), () => Promise.reject(new AuthError(code, 'refused')));
      await expect(refused).rejects.toMatchObject({ code });
      await expect(links.useFor(await open(), done)).rejects.toMatchObject(invalid);
    },
  );

  it('that cannot be given back says what went wrong first', async () => {
    const { links, open, state } = await mailed();
    state.failing.add('delete');
    const use = links.useFor(await open(), () => Promise.reject(new Error('deadlock')));
    await expect(use).rejects.toThrow('deadlock');
    await expect(links.useFor(await open(), done)).rejects.toMatchObject(invalid);
  });

  it('while the state store is down does not begin', async () => {
    const { links, open, state } = await mailed();
    const link = await open();
    done.mockClear();
    state.failing.add('putIfAbsent');
    await expect(links.useFor(link, done)).rejects.toMatchObject(unavailable);
    expect(done).not.toHaveBeenCalled();
    state.failing.clear();
    expect(await links.useFor(link, done)).toBe('done');
  });

  it.each([[1], [undefined], ['OK'], [{ rowCount: 0 }]])(
    'over a store that answers %j and not true does not begin',
    async (answer) => {
      const state = { ...recordingState(), putIfAbsent: async () => answer as unknown as boolean };
      const { links, open } = await mailed({ state });
      const link: OpenLink<Row> = await open();
      done.mockClear();
      await expect(links.useFor(link, done)).rejects.toMatchObject(unavailable);
      expect(done).not.toHaveBeenCalled();
    },
  );

  it('is remembered for a day after its end, whose clock it ever was', async () => {
    const [ours, theirs] = [movableClock(), movableClock()];
    const { links, open, clock } = await mailed({ clock: ours, state: memoryState({ clock: theirs }) });
    const link = await open();
    await links.useFor(link, done);
    theirs.advance(1800 + 86_399);
    await expect(links.useFor(link, done)).rejects.toMatchObject(invalid);
    expect(clock).toBe(ours);
  });

  it('at a time that is past its end, by the clock of the moment, is remembered all the same', async () => {
    const { links, open, clock } = await mailed();
    const link = await open();
    clock.advance(10 ** 6);
    await links.useFor(link, done);
    await expect(links.useFor(link, done)).rejects.toMatchObject(invalid);
  });
});

describe('the end of all links of a user', () => {
  it('is one write for that user, which outlives every link by a day', async () => {
    const written: (readonly [string, string, number])[] = [];
    const state: StateStore = {
      ...recordingState(),
      put: async (...given) => void written.push(given),
    };
    const { links } = linksOf({ state, pages: { ...accountLinks, verifyLifetime: '7d' } });
    await links.endAll(1);
    await links.endAll(1);
    expect(links.longestLife()).toBe(8 * 86_400);
    expect(written).toEqual(
      Array(2).fill([new StateKeys('').address(1), expect.stringMatching(/^[\w-]{22}$/), 8 * 86_400]),
    );
    expect(new Set(written.map(([, mark]) => mark)).size).toBe(2);
  });

  it('ends none of another user', async () => {
    const { links, open } = await mailed();
    await links.endAll('1');
    await links.endAll(2);
    await open();
  });
});

function withRow(changes: Partial<Row>): Given {
  return { table: userTable(aliceRow(changes)) };
}
