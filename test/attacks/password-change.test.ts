/** After a change of the password nothing lives that the old one opened, whatever happens at the same moment. */

import { beforeAll, describe, expect, it } from 'vitest';
import { AuthError, type Authentication } from '../../src/index.ts';
import { accountApps, identifier } from '../support/account-app.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, anotherDoor, rightPassword } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import type { StateVerb } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { stepwise } from '../support/stepwise.ts';
import { verdictOn } from '../support/token-verdict.ts';
import type { Turns } from '../support/turns.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const change = { user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword };
const form = { currentPassword: rightPassword, newPassword: goodPassword };

describe.each(accountApps)('a change with $adapter on Express $version', ({ make }) => {
  it('signs this browser in anew, and ends the session it had and all others', async () => {
    const web = make(accountDoor());
    const [here, there] = [await web.signedIn(), await web.signedIn()];
    const before = here.cookie;
    expect((await here.post('/password', form)).text).toBe('changed');
    expect(here.cookie).not.toBe(before);
    expect((await here.get('/me')).body).toEqual({ key: 1 });
    for (const cookie of [before, there.cookie]) {
      expect((await web.browser(cookie).get('/me')).status).toBe(401);
    }
  });

  it('leaves everybody in when the current password is wrong', async () => {
    const web = make(accountDoor());
    const [here, there] = [await web.signedIn(), await web.signedIn()];
    const answer = await here.post('/password', { ...form, currentPassword: 'another one' });
    expect([answer.status, answer.body.code]).toEqual([401, 'ERR_LOGIN_REJECTED']);
    for (const { cookie } of [here, there]) {
      expect((await web.browser(cookie).get('/me')).status).toBe(200);
    }
  });

  it('signs this browser out, and not in, when the session cannot be saved', async () => {
    const web = make(accountDoor());
    const here = await web.signedIn();
    web.sessions.failures.set = 1;
    expect((await here.post('/password', form)).status).toBe(500);
    expect((await here.get('/me')).status).toBe(401);
    expect((await web.browser().post('/login', { identifier, password: goodPassword })).status).toBe(200);
  });
});

/** Whatever the old password, or a mailbox while it was the password, had opened. */
async function everythingOpen(made: AccountDoor) {
  const { auth, outbox, settled } = made;
  const user = aliceRow();
  const result = await auth.login({ identifier, password: rightPassword });
  if (result.status !== 'signed-in') throw new Error(result.status);
  const session = await auth.sessions.start(result.user, result.authentication);
  const { accessToken } = await auth.tokens.issue(result.user, { authentication: result.authentication });
  await auth.passwords.requestReset({ identifier });
  await auth.emails.requestChange({ user, newEmail: 'mallory@evil.example' });
  await settled();
  const links = [outbox.token('reset-password'), outbox.token('change-email')] as const;
  return { session, accessToken, reset: links[0], move: links[1] };
}

describe('a changed password', () => {
  it('leaves no session, token or link alive, in this process or another', async () => {
    const made = accountDoor();
    const open = await everythingOpen(made);
    await made.auth.passwords.change(change);
    for (const { auth } of [made, anotherDoor(made)]) {
      expect(await auth.sessions.resume(open.session)).toBeNull();
      expect(await verdictOn(auth, open.accessToken)).toBe('ERR_TOKEN_REVOKED');
    }
    const { auth } = made;
    const reset = auth.passwords.reset({ token: open.reset, newPassword: otherPassword });
    await expect(reset).rejects.toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
    await expect(auth.emails.confirmChange({ token: open.move })).rejects.toMatchObject({
      code: 'ERR_ACCOUNT_LINK_INVALID',
    });
    expect(made.table.rows[0]).toMatchObject({ login: identifier, hash: `plain:1:${goodPassword}` });
  });

  it('ends tokens for those who may go by an old answer: here at once, elsewhere within its time', async () => {
    const made = accountDoor();
    const other = anotherDoor(made);
    const { accessToken } = await made.auth.tokens.issue(aliceRow());
    const stale = { maxStaleness: '10s' } as const;
    for (const { auth } of [made, other]) expect(await verdictOn(auth, accessToken, stale)).toBe('accepted');
    await made.auth.passwords.change(change);
    expect(await verdictOn(made.auth, accessToken, stale)).toBe('ERR_TOKEN_REVOKED');
    made.clock.advance(10);
    expect(await verdictOn(other.auth, accessToken, stale)).toBe('ERR_TOKEN_REVOKED');
  });

  it('ends what was opened after a rehash, too', async () => {
    const made = accountDoor({ hasher: countingHasher(2) });
    const early = await made.auth.sessions.start(aliceRow());
    const open = await everythingOpen(made);
    expect(made.table.rows[0]?.hash).toBe(`plain:2:${rightPassword}`);
    expect(await made.auth.sessions.resume(early)).not.toBeNull();
    await made.auth.passwords.change(change);
    for (const session of [early, open.session]) expect(await made.auth.sessions.resume(session)).toBeNull();
  });

  it('does so without a counter in the table', async () => {
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    const made = accountDoor({ table: table as UserTable });
    const open = await everythingOpen(made);
    await made.auth.passwords.change(change);
    expect(await made.auth.sessions.resume(open.session)).toBeNull();
    expect(await verdictOn(made.auth, open.accessToken)).toBe('ERR_TOKEN_REVOKED');
  });

  it('changed back opens nothing of before', async () => {
    const table = userTable(aliceRow({ hash: `salted:0:${rightPassword}` }));
    const made = accountDoor({ table, hasher: saltedHasher() });
    const open = await everythingOpen(made);
    await made.auth.passwords.change(change);
    const back = { currentPassword: goodPassword, newPassword: rightPassword };
    await made.auth.passwords.change({ ...change, ...back });
    expect(await made.auth.sessions.resume(open.session)).toBeNull();
    expect(await verdictOn(made.auth, open.accessToken)).toBe('ERR_TOKEN_REVOKED');
    const reset = made.auth.passwords.reset({ token: open.reset, newPassword: otherPassword });
    await expect(reset).rejects.toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
  });
});

describe('a change of the password beside', () => {
  const oldHash = `salted:0:${rightPassword}`;
  const steps = {
    users: ['findById', 'findByIdentifier', 'updatePasswordHash', 'setStatus'] as const,
    state: ['put'] as const,
  };

  beforeAll(async () => {
    // The list of common passwords is loaded at the first use, and that takes turns of its own.
    await accountDoor().auth.passwords.change(change);
  });

  /** An account that is signed in to, and two processes whose steps the test deals. */
  async function scene(dealt: Turns, verbs: readonly StateVerb[] = steps.state, others = saltedHasher()) {
    const log: string[] = [];
    const { bumpEpoch: _missing, ...plain } = userTable(aliceRow({ hash: oldHash }));
    const table = plain as UserTable;
    const judge = accountDoor({ table, hasher: saltedHasher() });
    const row = aliceRow({ hash: oldHash });
    const open = await signIn(judge.auth, row, { methods: ['pwd'], at: 0, gen: null });
    const process = (name: string, hasher = saltedHasher()): AccountDoor => {
      const called = (method: string): void => void log.push(`${name} ${method}`);
      return accountDoor({
        table: stepwise(table, dealt, steps.users, called),
        // The mark of the links, which `endAll` writes too, decides nothing here.
        state: stepwise(judge.state, dealt, verbs, called, (key) => !String(key).startsWith('address:')),
        ...{ clock: judge.clock, outbox: judge.outbox, hasher },
      });
    };
    const [changing, other] = [process('change'), process('other', others)];
    return { table, judge, open, changing, other, log };
  }

  /** The change, and this browser's session and token. */
  async function changeAndSignIn({ auth }: AccountDoor, { turn }: Turns) {
    const { user, authentication } = await auth.passwords.change(change);
    await turn();
    return signIn(auth, user, authentication);
  }

  async function signIn(auth: AccountDoor['auth'], user: Row, authentication: Authentication) {
    const session = await auth.sessions.start(user, authentication);
    const { accessToken } = await auth.tokens.issue(user, { authentication });
    return { session, accessToken };
  }

  type Held = Awaited<ReturnType<typeof signIn>>;

  async function lives({ auth }: AccountDoor, { session, accessToken }: Held): Promise<readonly string[]> {
    const verdict = await verdictOn(auth, accessToken);
    return [
      ...((await auth.sessions.resume(session)) === null ? [] : ['session']),
      ...(verdict === 'accepted' ? ['token'] : []),
    ];
  }

  /** Which of the passwords opens the account. */
  async function opens({ auth }: AccountDoor): Promise<readonly string[]> {
    const all = [rightPassword, goodPassword, otherPassword];
    const answers = await Promise.allSettled(all.map((password) => auth.login({ identifier, password })));
    return all.filter((_password, index) => answers[index]?.status === 'fulfilled');
  }

  /** What the act answers, or the code of the refusal. */
  async function outcome<T>(act: () => Promise<T>): Promise<T | string> {
    try {
      return await act();
    } catch (error) {
      if (AuthError.is(error)) return error.code;
      throw error;
    }
  }

  /** Both acts, their steps dealt, and what became of each. */
  async function sideBySide<One, Other>(
    { run }: Turns,
    one: () => Promise<One>,
    other: () => Promise<Other>,
  ): Promise<readonly [One | string, Other | string]> {
    const outcomes: { one: One | string; other: Other | string } = { one: '', other: '' };
    await run([
      async () => {
        outcomes.one = await outcome(one);
      },
      async () => {
        outcomes.other = await outcome(other);
      },
    ]);
    return [outcomes.one, outcomes.other];
  }

  const isHeld = (value: Held | string): value is Held => typeof value === 'object';

  it('a sign-out everywhere leaves alive only what came after both', async () => {
    let survived = 0;
    const orders = await everyInterleaving(async (dealt) => {
      const { judge, open, changing, other, log } = await scene(dealt);
      const [mine] = await sideBySide(
        dealt,
        () => changeAndSignIn(changing, dealt),
        () => other.auth.sessions.endAll(1),
      );
      expect(await lives(judge, open)).toEqual([]);
      const last = log.findLast((step) => step.endsWith('put'));
      const alive = last === 'change put' ? ['session', 'token'] : [];
      expect(await lives(judge, mine as Held)).toEqual(alive);
      expect(await opens(judge)).toEqual([goodPassword]);
      survived += alive.length / 2;
    });
    console.log(`change and endAll: ${orders} orders, in ${survived} the new session lives, in 0 an old one`);
    expect([survived > 0, survived < orders]).toEqual([true, true]);
  });

  it('an administrator who disables the account loses to it in no order', async () => {
    const orders = await everyInterleaving(async (dealt) => {
      const { table, judge, open, changing, other } = await scene(dealt);
      const [mine] = await sideBySide(
        dealt,
        () => changeAndSignIn(changing, dealt),
        () => other.auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
      );
      const held = [open, ...(isHeld(mine) ? [mine] : [])];
      expect(isHeld(mine) || mine === 'ERR_LOGIN_REJECTED').toBe(true);
      expect(table.rows[0]?.state).toBe('disabled');
      for (const each of held) expect(await lives(judge, each)).toEqual([]);
      expect(await opens(judge)).toEqual([]);
      await judge.auth.accounts.setStatus({ user: aliceRow(), status: 'active' });
      for (const each of held) expect(await lives(judge, each)).toEqual([]);
    });
    console.log(`change and disable: ${orders} orders, 0 survivors`);
    expect(orders).toBeGreaterThan(80);
  });

  it('another change has exactly one winner', async () => {
    const won = { first: 0, second: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const { judge, open, changing, other } = await scene(dealt);
      const [first, second] = await sideBySide(
        dealt,
        () => changing.auth.passwords.change(change),
        () => other.auth.passwords.change({ ...change, newPassword: otherPassword }),
      );
      const winner = typeof first === 'object' ? 'first' : 'second';
      expect([typeof first, typeof second].sort()).toEqual(['object', 'string']);
      expect([first, second]).toContain('ERR_LOGIN_REJECTED');
      expect(await opens(judge)).toEqual([winner === 'first' ? goodPassword : otherPassword]);
      expect(await lives(judge, open)).toEqual([]);
      won[winner] += 1;
    });
    console.log(`two changes: ${orders} orders, won ${JSON.stringify(won)}`);
    expect([won.first > 0, won.second > 0]).toEqual([true, true]);
  });

  it('a reset has exactly one winner', async () => {
    const won = { change: 0, reset: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const { judge, open, changing, other } = await scene(dealt);
      await judge.auth.passwords.requestReset({ identifier });
      await judge.settled();
      const token = judge.outbox.token('reset-password');
      const [changed, reset] = await sideBySide(
        dealt,
        () => changing.auth.passwords.change(change),
        () => other.auth.passwords.reset({ token, newPassword: otherPassword }),
      );
      const winner = typeof changed === 'object' ? 'change' : 'reset';
      expect([typeof changed, typeof reset].sort()).toEqual(['object', 'string']);
      expect([changed, reset]).toContain(
        winner === 'change' ? 'ERR_ACCOUNT_LINK_INVALID' : 'ERR_LOGIN_REJECTED',
      );
      expect(await opens(judge)).toEqual([winner === 'change' ? goodPassword : otherPassword]);
      expect(await lives(judge, open)).toEqual([]);
      won[winner] += 1;
    });
    console.log(`change and reset: ${orders} orders, won ${JSON.stringify(won)}`);
    expect([won.change > 0, won.reset > 0]).toEqual([true, true]);
  });

  it('a login with the old password leaves that login nothing that lives', async () => {
    let entered = 0;
    const orders = await everyInterleaving(async (dealt) => {
      const { judge, changing, other } = await scene(dealt, ['get', 'put']);
      const login = async (): Promise<Held> => {
        const result = await other.auth.login({ identifier, password: rightPassword });
        if (result.status !== 'signed-in') throw new Error(result.status);
        await dealt.turn();
        return signIn(other.auth, result.user, result.authentication);
      };
      const [mine, theirs] = await sideBySide(dealt, () => changeAndSignIn(changing, dealt), login);
      if (isHeld(theirs)) expect(await lives(judge, theirs)).toEqual([]);
      else expect(theirs).toBe('ERR_LOGIN_REJECTED');
      expect(await lives(judge, mine as Held)).toEqual(['session', 'token']);
      entered += isHeld(theirs) ? 1 : 0;
    });
    console.log(`change and login: ${orders} orders, ${entered} logins came through, 0 of them live`);
    expect([entered > 0, entered < orders]).toEqual([true, true]);
  });

  it('a rehash at login always wins, and the old password never comes back', async () => {
    let rehashed = 0;
    const orders = await everyInterleaving(async (dealt) => {
      const upgrading = { ...saltedHasher(), needsRehash: (hash: string) => hash === oldHash };
      const { table, judge, open, changing, other } = await scene(dealt, steps.state, upgrading);
      const [changed] = await sideBySide(
        dealt,
        () => changing.auth.passwords.change(change),
        () => other.auth.login({ identifier, password: rightPassword }),
      );
      expect(changed).toBeTypeOf('object');
      expect(table.rows[0]?.hash).toMatch(new RegExp(`^salted:\\d+:${goodPassword}$`));
      expect(await opens(judge)).toEqual([goodPassword]);
      expect(await lives(judge, open)).toEqual([]);
      rehashed += other.events.filter(({ name }) => name === 'password.rehashed').length;
    });
    console.log(`change and rehash: ${orders} orders, ${rehashed} rehashes, 0 old passwords`);
    expect([rehashed > 0, rehashed < orders]).toEqual([true, true]);
  });
});
