/** A forgotten password: the mailbox opens it, nobody is signed in by it, everything before it is over, and nothing leaks. */

import { channel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import express from 'express';
import session from 'express-session';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { authErrors, requireAuth, sessionLogin } from '../../src/express/index.ts';
import { AuthError, type TokenService } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { browserOf } from '../support/browser.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, anotherDoor, rightPassword, wrongPassword } from '../support/door.ts';
import { eventNames } from '../support/heard-events.ts';
import { outbox } from '../support/outbox.ts';
import type { StateVerb } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { tally, verdictOn } from '../support/token-verdict.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const identifier = 'alice@shop.example';
const invalid = { code: 'ERR_ACCOUNT_LINK_INVALID' };
const unavailable = { code: 'ERR_STATE_UNAVAILABLE' };

async function linkOf({ auth, outbox: box, settled }: AccountDoor): Promise<string> {
  await auth.passwords.requestReset({ identifier });
  await settled();
  return box.token('reset-password');
}

/** Which of the passwords opens the account. */
async function opens({ auth }: AccountDoor): Promise<readonly string[]> {
  const all = [rightPassword, goodPassword, otherPassword];
  const answers = await Promise.all(
    all.map((password) =>
      auth.login({ identifier, password }).then(
        ({ status }) => status,
        () => 'refused',
      ),
    ),
  );
  return all.filter((_password, n) => answers[n] === 'signed-in');
}

describe('a reset', () => {
  it('ends every session and token, in this process and in others, and every link', async () => {
    const made = accountDoor();
    const { auth } = made;
    const result = await auth.login({ identifier, password: rightPassword });
    if (result.status !== 'signed-in') throw new Error(result.status);
    const stamp = await auth.sessions.start(result.user, result.authentication);
    const { accessToken } = await auth.tokens.issue(result.user, { authentication: result.authentication });
    const [first, second] = [await linkOf(made), await linkOf(made)];
    await auth.emails.requestChange({ user: aliceRow(), newEmail: 'eve@evil.example' });
    await made.settled();
    await auth.passwords.reset({ token: second, newPassword: goodPassword });
    for (const each of [made, anotherDoor(made)]) {
      expect(await each.auth.sessions.resume(stamp)).toBeNull();
      expect(await verdictOn(each.auth, accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
    for (const token of [first, second]) {
      await expect(auth.passwords.reset({ token, newPassword: otherPassword })).rejects.toMatchObject(
        invalid,
      );
    }
    const move = auth.emails.confirmChange({ token: made.outbox.token('change-email') });
    await expect(move).rejects.toMatchObject(invalid);
    expect(await opens(made)).toEqual([goodPassword]);
  });

  it('ends what was opened before a rehash, too, and without a counter in the table', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const made = accountDoor({ table: table as UserTable, hasher: countingHasher(2) });
    const early = await made.auth.sessions.start(aliceRow());
    expect(await opens(made)).toEqual([rightPassword]);
    expect(await made.auth.sessions.resume(early)).not.toBeNull();
    await made.auth.passwords.reset({ token: await linkOf(made), newPassword: goodPassword });
    expect(await made.auth.sessions.resume(early)).toBeNull();
  });

  it('gives an account without a password one, and ends what it had', async () => {
    const made = accountDoor({ table: userTable(aliceRow({ hash: null })) });
    const stamp = await made.auth.sessions.start(aliceRow({ hash: null }));
    const token = await linkOf(made);
    await made.auth.passwords.reset({ token, newPassword: goodPassword });
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
    expect(await opens(made)).toEqual([goodPassword]);
    await expect(made.auth.passwords.reset({ token, newPassword: otherPassword })).rejects.toMatchObject(
      invalid,
    );
  });

  it('opens an account that a stranger prepared for the address to its owner, and closes it to the stranger', async () => {
    const made = accountDoor({ table: userTable(), hasher: saltedHasher() });
    const prepared = await made.auth.register({ email: identifier, password: otherPassword });
    await made.settled();
    const [row] = made.table.rows as [Row];
    const stamp = await made.auth.sessions.start({ ...row });
    const theirs = made.outbox.token('verify-email');
    const { user } = await made.auth.passwords.reset({
      token: await linkOf(made),
      newPassword: goodPassword,
    });
    expect(user).toMatchObject({ verified: true });
    expect(await opens(made)).toEqual([goodPassword]);
    expect(await made.auth.sessions.resume(stamp)).toBeNull();
    const { deviceToken } = prepared as { deviceToken: string };
    for (const proof of [{}, { password: otherPassword }]) {
      const verify = made.auth.emails.verify({ token: theirs, ...proof }, { deviceToken });
      await expect(verify).rejects.toMatchObject(invalid);
    }
  });

  it('signs nobody in: the browser that did it is as it was', async () => {
    const made = accountDoor();
    const { auth } = made;
    const { signIn } = sessionLogin(auth);
    const app = express();
    app.use(
      express.urlencoded({ extended: true }),
      session({ secret: 'for-tests-only', resave: false, saveUninitialized: false }),
    );
    app.post('/login', async (req, res) => {
      const result = await auth.login(req.body);
      if (result.status === 'signed-in') await signIn(req, result.user, result.authentication);
      res.send(result.status);
    });
    app.post('/reset', async (req, res) => {
      res.json(Object.keys(await auth.passwords.reset(req.body)));
    });
    app.get('/me', requireAuth(auth), (_req, res) => void res.send('in'));
    app.use(authErrors());
    const [stranger, owner] = [browserOf(app), browserOf(app)];
    await owner.post('/login', { identifier, password: rightPassword });
    expect((await owner.get('/me')).status).toBe(200);
    const form = { token: await linkOf(made), newPassword: goodPassword };
    made.events.length = 0;
    expect((await stranger.post('/reset', form)).body).toEqual(['user']);
    expect(made.events.map(({ name }) => name)).not.toContain('session.started');
    expect([(await stranger.get('/me')).status, (await owner.get('/me')).status]).toEqual([401, 401]);
    expect((await stranger.post('/login', { identifier, password: goodPassword })).text).toBe('signed-in');
    expect((await stranger.get('/me')).status).toBe(200);
  });
});

describe('a password that is refused', () => {
  it.each<[string, unknown]>([
    ['is missing', undefined],
    ['is too short', 'short'],
    ['is common', 'passwordpassword'],
    ['is the own address', identifier],
    ['is too long', 'x'.repeat(1025)],
    ['is no text', { length: 20 }],
    ['is breached', otherPassword],
  ])('because it %s does not use the link', async (_why, newPassword) => {
    const breached = async (password: string): Promise<boolean> => password === otherPassword;
    const made = accountDoor({ passwords: { breached } });
    const token = await linkOf(made);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const refused = made.auth.passwords.reset({ token, newPassword: newPassword as string });
      await expect(refused).rejects.toMatchObject({ fields: { newPassword: expect.any(String) } });
    }
    expect(made.table.rows).toEqual([aliceRow()]);
    await made.auth.passwords.reset({ token, newPassword: goodPassword });
    expect(await opens(made)).toEqual([goodPassword]);
  });
});

describe('while the state store is down', () => {
  const accounts = [identifier, 'nobody@shop.example'];

  it('nobody learns by a forgotten password who has an account', async () => {
    const answers = [];
    for (const each of accounts) {
      const { auth, state, outbox: box, settled } = accountDoor();
      state.failing.add('get');
      const error = await auth.passwords
        .requestReset({ identifier: each })
        .catch((thrown: unknown) => thrown);
      await settled();
      expect(error).toMatchObject(unavailable);
      answers.push([(error as AuthError).message, { ...(error as object) }, state.calls, box.sent]);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it.each<[string, readonly StateVerb[]]>([
    ['a look', ['get']],
    ['the mark of the link', ['putIfAbsent']],
    ['the mark that ends everything', ['put']],
    ['all writes', ['put', 'putIfAbsent', 'compareAndSet']],
    ['everything', ['get', 'put', 'putIfAbsent', 'compareAndSet', 'take', 'increment', 'delete']],
  ])('for %s, a reset changes nothing, and works when it is back', async (_what, verbs) => {
    const made = accountDoor({ table: userTable(aliceRow({ verified: false })) });
    const token = await linkOf(made);
    const before = structuredClone(made.table.rows);
    made.outbox.sent.length = 0;
    for (const verb of verbs) made.state.failing.add(verb);
    const down = made.auth.passwords.reset({ token, newPassword: goodPassword });
    await expect(down).rejects.toMatchObject({ ...unavailable, retryAfterSeconds: 1 });
    await made.settled();
    expect([made.table.rows, made.outbox.sent]).toEqual([before, []]);
    made.state.failing.clear();
    await made.auth.passwords.reset({ token, newPassword: goodPassword });
    expect(await opens(made)).toEqual([goodPassword]);
  });

  it('for the mark and for giving the link back, another link works', async () => {
    const made = accountDoor();
    const token = await linkOf(made);
    made.state.failing.add('put').add('delete');
    const down = made.auth.passwords.reset({ token, newPassword: goodPassword });
    await expect(down).rejects.toMatchObject(unavailable);
    made.state.failing.clear();
    const used = made.auth.passwords.reset({ token, newPassword: goodPassword });
    await expect(used).rejects.toMatchObject(invalid);
    expect(made.table.rows).toEqual([aliceRow()]);
    await made.auth.passwords.reset({ token: await linkOf(made), newPassword: goodPassword });
  });
});

const ways = [
  'refuses one call',
  'does one call and loses its answer',
  'throws at one call',
  'dies',
] as const;
type Way = (typeof ways)[number];

/** The stores of a process whose n-th call fails, counted from now on. */
function failing(n: number, way: Way) {
  const count = { calls: 0 };
  const broken = <Store extends object>(store: Store): Store => {
    const members = Object.entries(store).map(([name, member]) => {
      if (typeof member !== 'function' || name === 'toAuthUser') return [name, member];
      const call = (...given: unknown[]): unknown => {
        count.calls += 1;
        if (way === 'dies' ? count.calls < n : count.calls !== n) return member(...given);
        if (way === 'throws at one call') throw new Error(`${name} failed`);
        const lost = async (): Promise<never> => {
          if (way === 'does one call and loses its answer') await member(...given);
          throw new Error(`${name} failed`);
        };
        return lost();
      };
      return [name, call];
    });
    return Object.fromEntries(members);
  };
  return { count, broken };
}

describe.each<[string, Partial<Row>, number]>([
  ['an account', {}, 9],
  ['an unverified account', { verified: false }, 12],
  ['a pending account without a password', { state: 'pending', hash: null }, 12],
])('the reset of %s', (_what, row, steps) => {
  it.each(ways)('in a process that %s, at each call in turn, costs at most another link', async (way) => {
    const tries: string[] = [];
    for (let n = 1; ; n += 1) {
      const fine = accountDoor({
        table: userTable(aliceRow({ hash: `salted:0:${rightPassword}`, ...row })),
        hasher: saltedHasher(),
      });
      const token = await linkOf(fine);
      const [first] = structuredClone(fine.table.rows) as [Row];
      const isHeld = await thingsOf(fine, first);
      const { broken, count } = failing(n, way);
      const parts = {
        state: broken(fine.state),
        clock: fine.clock,
        outbox: fine.outbox,
        hasher: fine.hasher,
      };
      const { auth } = accountDoor({ ...parts, table: broken(fine.table) });
      const answer = await auth.passwords
        .reset({ token, newPassword: goodPassword })
        .catch((error: unknown) => error);
      if (count.calls < n) {
        expect(answer).toHaveProperty('user');
        break;
      }
      await auth.close();
      const [now] = fine.table.rows as [Row];
      const isWritten = now.hash !== first.hash;
      // What was told to the visitor is true, and with the new password everything before it is over.
      if (!(answer instanceof Error)) expect(isWritten, `call ${n}`).toBe(true);
      if (isWritten) expect(await isHeld(), `call ${n}`).toBe(false);
      tries.push(await again(fine, token));
      expect(await opens(fine), `call ${n}`).toEqual([
        tries.at(-1) === 'nothing' ? goodPassword : otherPassword,
      ]);
    }
    console.log(`${tries.length} calls that fail, afterwards: ${JSON.stringify(tally(tries))}`);
    expect(tries.length).toBeGreaterThanOrEqual(steps);
    expect(new Set(tries)).toContain('the same link');
    expect(['the same link', 'another link', 'nothing']).toEqual(expect.arrayContaining([...new Set(tries)]));
  });

  /** A session and a token, where the account may have some, and whether one of them lives. */
  async function thingsOf({ auth }: AccountDoor, user: Row): Promise<() => Promise<boolean>> {
    if (user.state === 'pending') return async () => false;
    const stamp = await auth.sessions.start({ ...user });
    const { accessToken } = await auth.tokens.issue({ ...user });
    return async () =>
      (await auth.sessions.resume(stamp)) !== null || (await verdictOn(auth, accessToken)) === 'accepted';
  }

  /** What the visitor has to do to come in, in the order in which people try. */
  async function again(fine: AccountDoor, token: string): Promise<string> {
    if ((await opens(fine)).includes(goodPassword)) return 'nothing';
    const reset = (text: string) => fine.auth.passwords.reset({ token: text, newPassword: otherPassword });
    const isSame = await reset(token).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject(invalid);
        return false;
      },
    );
    if (isSame) return 'the same link';
    await reset(await linkOf(fine));
    return 'another link';
  }
});

describe('the tokens of a service of the host’s', () => {
  /** Whether they are ended where the n-th call of the user store fails after the new password was written. */
  it('are ended also where the store fails right after the write', async () => {
    const none = () => Promise.reject(new Error('is not asked'));
    const revokeAll = vi.fn(async () => undefined);
    const tokenService: TokenService<Row> = {
      ...{ issue: none, refresh: none, verify: none, revoke: none, jwks: none },
      revokeAll,
    };
    const table = userTable(aliceRow());
    let isWritten = false;
    const falling: UserTable = {
      ...table,
      updatePasswordHash: async (...given) => {
        isWritten = await table.updatePasswordHash(...given);
        return isWritten;
      },
      findById: (id) => (isWritten ? Promise.reject(new Error('connection lost')) : table.findById(id)),
    };
    const made = accountDoor({ table: falling, tokenService });
    const token = await linkOf(made);
    await expect(made.auth.passwords.reset({ token, newPassword: goodPassword })).rejects.toThrow(
      'connection lost',
    );
    expect(table.rows[0]?.hash).toBe(`plain:1:${goodPassword}`);
    expect(revokeAll).toHaveBeenCalledWith(1);
  });
});

describe('whatever becomes of them', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level),
  );
  afterEach(() => {
    for (const spy of [warned, ...consoles]) spy.mockRestore();
  });

  it('addresses, passwords, hashes and links are in no event, error, warning or log', async () => {
    for (const spy of consoles) spy.mockReturnValue();
    const email = 'canary.owner@shop.example';
    const old = 'canary wholly old password';
    const told: unknown[] = [];
    const listen = (event: unknown): void => void told.push(event);
    for (const name of eventNames) channel(`ostiary:${name}`).subscribe(listen);
    const errors: unknown[] = [];
    const attempt = (act: Promise<unknown>) => act.catch((error: unknown) => void errors.push(error));
    const fault = (text: string) => Object.assign(new Error(`canary ${text}`), { to: email });
    const box = outbox<Row>();
    const mailer = {
      ...box,
      deliver: (message: (typeof box.sent)[number]) => {
        box.sent.push(message);
        throw fault(`${message.to} ${message.url}`);
      },
    };
    const breached = (password: string) => Promise.reject(fault(password));
    const table = userTable(
      aliceRow({ login: 'canary.name', mail: email, hash: `salted:0:${old}`, verified: false }),
      aliceRow({ key: 2, login: 'canary.two', mail: `${email},canary@b.example`, hash: null }),
      aliceRow({ key: 3, login: 'canary.three@shop.example', hash: null, state: 'disabled' }),
    );
    const { auth, events, state, clock, settled } = accountDoor({
      ...{ table, hasher: saltedHasher(), outbox: mailer, passwords: { breached } },
    });
    const { passwords, emails } = auth;
    const user = () => ({ ...(table.rows[0] as Row) });
    const fresh = (n: number): string => `canary wholly new password ${n}`;
    const ask = async (typed: unknown): Promise<void> => {
      await attempt(passwords.requestReset({ identifier: typed as string }, { ip: '192.0.2.7' }));
      await settled();
    };
    const reset = (token: string, newPassword: unknown) =>
      attempt(passwords.reset({ token, newPassword: newPassword as string }));

    for (const { login } of table.rows) await ask(login);
    for (const typed of [email, 'canary.nobody@shop.example', `${email}\n`, `${email},x`, [email]])
      await ask(typed);
    const token = box.token('reset-password');
    for (const bad of [`${token}x`, token.slice(1), 'canary', `canary.${token}`]) await reset(bad, fresh(0));
    for (const bad of ['canary', email, 'canary'.repeat(999), [fresh(0)], `${fresh(0)}\ud800`])
      await reset(token, bad);
    for (const verb of ['get', 'putIfAbsent', 'put'] as const) {
      state.failing.add(verb);
      await reset(token, fresh(1));
      state.failing.clear();
    }
    await emails.requestVerification({ user: user() });
    await attempt(
      emails.requestChange({
        user: user(),
        newEmail: 'canary.moved@shop.example',
        currentPassword: 'canary wrong',
      }),
    );
    await settled();
    await attempt(emails.verify({ token: box.token('verify-email'), password: 'canary wrong' }));
    await reset(token, fresh(1));
    await reset(token, fresh(2));
    await attempt(passwords.change({ user: user(), currentPassword: 'canary wrong', newPassword: fresh(2) }));
    await attempt(passwords.change({ user: user(), currentPassword: fresh(1), newPassword: fresh(2) }));
    await attempt(emails.requestChange({ user: user(), newEmail: 'canary.moved@shop.example' }));
    await ask(email);
    clock.advance(86_400);
    await reset(box.token('reset-password'), fresh(3));
    await attempt(emails.confirmChange({ token: box.token('change-email') }));
    await attempt(auth.login({ identifier: email, password: wrongPassword }));
    await attempt(auth.accounts.close({ user: user(), currentPassword: 'canary wrong' }));
    await settled();
    for (const name of eventNames) channel(`ostiary:${name}`).unsubscribe(listen);

    const names = new Set(events.map(({ name }) => name));
    for (const name of [
      'password.reset-requested',
      'account.link-rejected',
      'notification.failed',
      'password.changed',
      'email.verified',
    ] as const) {
      expect(names).toContain(name);
    }
    expect([events.length > 40, told.length, errors.length > 20]).toEqual([true, events.length, true]);
    expect(errors.filter((error) => !AuthError.is(error))).toEqual([]);
    const logged = [...warned.mock.calls, ...consoles.flatMap(({ mock }) => mock.calls)];
    const deep = { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null } as const;
    const texts = [events, told, errors, logged].map((list) => inspect(list, deep));
    const mailed = box.sent.flatMap(({ token: text = '' }) => text.split('.').slice(1));
    expect(mailed.length).toBeGreaterThan(10);
    for (const text of texts) {
      expect(text).not.toMatch(/canary|salted:/i);
      expect(mailed.filter((part) => text.includes(part))).toEqual([]);
    }
  });
});
