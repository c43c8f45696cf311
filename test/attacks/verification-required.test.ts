/** Whoever has not proven the address yet is let in nowhere, and only the right password learns why. */

import { describe, expect, it } from 'vitest';
import { accountApps, identifier } from '../support/account-app.ts';
import { type AccountDoor, accountDoor, accountLinks } from '../support/account-door.ts';
import { type CountingHasher, countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, type DoorParts, rightPassword, wrongPassword } from '../support/door.ts';
import { type Row, userTable } from '../support/user-table.ts';

const { verifyEmail, ...otherLinks } = accountLinks;
type Parts = Omit<DoorParts<CountingHasher>, 'notifier'>;

const right = { identifier, password: rightPassword };
const wrong = { identifier, password: wrongPassword };

/** Who has to prove the address first, and where. */
const waiting: readonly (readonly [string, Partial<Row>, Parts])[] = [
  ['an unverified account', { verified: false }, {}],
  ['an unverified account that is active', { verified: false, state: 'active' }, {}],
  ['a pending account', { state: 'pending' }, {}],
  ['a pending account that knows it is unverified', { state: 'pending', verified: false }, {}],
  ['a pending account whose address is verified', { state: 'pending', verified: true }, {}],
  ['a pending account where no addresses are verified', { state: 'pending' }, { links: otherLinks }],
];

function doorOf(row: Partial<Row>, parts: Parts = {}): AccountDoor {
  return accountDoor({ table: userTable(aliceRow(row)), ...parts });
}

/** The names of the events that would mean that somebody is in. */
const entries = ({ events }: AccountDoor): readonly string[] =>
  events.map(({ name }) => name).filter((name) => /succeeded|started|issued/.test(name));

describe.each(waiting)('%s', (_who, row, parts) => {
  it('gets nothing in the core but the word that a proof is required, and only with the right password', async () => {
    const made = doorOf(row, parts);
    expect(await made.auth.login(right)).toEqual({ status: 'verification-required' });
    await expect(made.auth.login(wrong)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    expect(made.events).toMatchObject([
      { name: 'login.failed', reason: 'verification-required', userId: 1 },
      { name: 'login.failed', reason: 'wrong-password', userId: 1 },
    ]);
    expect(made.hasher.verified).toHaveLength(2);
  });

  it('is compared once, and no hash of it is replaced', async () => {
    const made = doorOf(row, { ...parts, hasher: countingHasher(2) });
    expect(await made.auth.login(right)).toEqual({ status: 'verification-required' });
    expect([made.hasher.verified.length, made.hasher.hashed]).toEqual([1, []]);
    expect(made.table.calls).toEqual(['findByIdentifier']);
  });

  describe.each(accountApps)('with $adapter on Express $version', ({ make }) => {
    it('gets with the right password no cookie, no session and no token', async () => {
      const made = doorOf(row, parts);
      const web = make(made);
      const browser = web.browser();
      const answer = await browser.post('/login', right);
      expect([answer.status, answer.text]).toEqual([401, 'Unauthorized']);
      expect([browser.cookie, web.sessions.stored(), entries(made)]).toEqual([undefined, {}, []]);
      expect((await browser.get('/me')).status).toBe(401);
    });

    it('cannot be told from any other with a wrong password', async () => {
      const attempt = async (made: AccountDoor) => {
        const web = make(made);
        const { status, text, headers } = await web.browser().post('/login', wrong);
        const { date, ...rest } = headers as Record<string, string>;
        const calls = [made.hasher.verified.length, made.hasher.hashed.length, made.table.calls];
        return { status, text, rest, calls, state: made.state.calls, stored: web.sessions.stored() };
      };
      const expected = await attempt(doorOf({}, parts));
      expect(expected.status).toBe(401);
      expect(await attempt(doorOf(row, parts))).toEqual(expected);
    });

    it('is not let in by a host that does not look at the status', async () => {
      const made = doorOf(row, parts);
      const web = make(made);
      const browser = web.browser();
      expect((await browser.post('/hasty-login', right)).status).toBe(400);
      expect(entries(made)).toEqual([]);
      // Passport has made an empty session by then.
      expect(JSON.stringify(web.sessions.stored())).not.toMatch(/passport|ostiary/);
      expect((await browser.get('/me')).status).toBe(401);
    });
  });
});

describe('a browser that is signed in', () => {
  it.each(accountApps)(
    'is nobody else after a login that waits for a proof, with $adapter on Express $version',
    async ({ make }) => {
      const table = userTable(aliceRow(), aliceRow({ key: 2, login: 'bob@shop.example', verified: false }));
      const made = accountDoor({ table });
      const browser = await make(made).signedIn();
      await browser.post('/login', { identifier: 'bob@shop.example', password: rightPassword });
      const { status, body } = await browser.get('/me');
      expect([status, body.key]).toEqual([200, 1]);
    },
  );
});

describe('an account that is let in', () => {
  const active: readonly (readonly [string, Partial<Row>, Parts])[] = [
    ['a verified one', { verified: true }, {}],
    ['one of a table that knows nothing of proofs', {}, {}],
    ['an unverified one where no addresses are verified', { verified: false }, { links: otherLinks }],
  ];

  it.each(active)('is %s', async (_who, row, parts) => {
    const made = doorOf(row, parts);
    expect(await made.auth.login(right)).toMatchObject({ status: 'signed-in', user: { key: 1 } });
    for (const { make } of accountApps) {
      const browser = await make(made).signedIn();
      expect((await browser.get('/me')).status).toBe(200);
    }
  });

  it('is one that waited, once the address is proven', async () => {
    for (const [, row, parts] of waiting.slice(0, 4)) {
      const made = doorOf(row, parts);
      await made.auth.emails.requestVerification({ email: identifier });
      await made.settled();
      const token = made.outbox.token('verify-email');
      await made.auth.emails.verify({ token, password: rightPassword });
      expect(await made.auth.login(right)).toMatchObject({ status: 'signed-in' });
    }
  });
});

describe('an account that is disabled', () => {
  it.each([
    { state: 'disabled', verified: false },
    { state: 'disabled', verified: true },
    { state: 'suspended' as 'disabled', verified: false },
  ] as const)('like %j is refused, and not asked for a proof', async (row) => {
    const made = doorOf(row);
    for (const input of [right, wrong]) {
      await expect(made.auth.login(input)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
    expect(made.events).toMatchObject([{ reason: 'disabled' }, { reason: 'wrong-password' }]);
  });
});

describe('a row of a pending account in the hands of the host', () => {
  it('starts no session and gets no token', async () => {
    const { auth } = doorOf({ state: 'pending' });
    const row = aliceRow({ state: 'pending' });
    await expect(auth.sessions.start(row)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    await expect(auth.tokens.issue(row)).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
  });

  it('has no session left when the account becomes pending', async () => {
    const made = doorOf({});
    const web = accountApps.map(({ make }) => make(made));
    const browsers = await Promise.all(web.map((app) => app.signedIn()));
    for (const each of made.table.rows) each.state = 'pending';
    for (const browser of browsers) expect((await browser.get('/me')).status).toBe(401);
  });
});
