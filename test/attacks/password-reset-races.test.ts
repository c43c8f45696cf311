/** Of all that use a link, or change the account at the same moment, one wins; whoever loses has changed nothing. */

import { beforeAll, describe, expect, it } from 'vitest';
import { AuthError, type Authentication } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { countingHasher } from '../support/counting-hasher.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import type { StateVerb } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { stepwise } from '../support/stepwise.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { type Turns, turns } from '../support/turns.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const identifier = 'alice@shop.example';
const oldHash = `salted:0:${rightPassword}`;
const schedules = 90;

type UserMethod =
  | 'findById'
  | 'findByIdentifier'
  | 'updatePasswordHash'
  | 'markEmailVerified'
  | 'replaceEmail'
  | 'setStatus';

/** What is a step of an interleaving. A step less makes it half as long. */
interface Steps {
  readonly users: readonly UserMethod[];
  readonly state: readonly StateVerb[];
}
const allSteps: Steps = {
  users: [
    'findById',
    'findByIdentifier',
    'updatePasswordHash',
    'markEmailVerified',
    'replaceEmail',
    'setStatus',
  ],
  state: ['get', 'put', 'putIfAbsent', 'delete'],
};

/** The code of a refusal, or that there was none. What is no refusal is a fault of ours. */
const verdictOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'done',
    (error: unknown) => {
      if (AuthError.is(error)) return error.code;
      throw error;
    },
  );

/** An account with so many links, and processes whose steps the test deals; `judge` waits for nobody. */
async function scene(
  dealt: Pick<Turns, 'turn'>,
  { row = {}, links = 1, steps = allSteps }: SceneOptions = {},
) {
  // Without a counter: only the hash and the marks end anything.
  const { bumpEpoch: _missing, ...plain } = userTable(aliceRow({ hash: oldHash, ...row }));
  const table = plain as UserTable;
  const judge = accountDoor({ table, hasher: saltedHasher() });
  const tokens: string[] = [];
  for (let n = 0; n < links; n += 1) {
    await judge.auth.passwords.requestReset({ identifier });
    await judge.settled();
    tokens.push(judge.outbox.token('reset-password'));
  }
  const log: string[] = [];
  const processOf = (name: string, hasher = saltedHasher()): AccountDoor => {
    const called = (method: string): void => void log.push(`${name} ${method}`);
    return accountDoor({
      table: stepwise(table, dealt, steps.users, called),
      state: stepwise(judge.state, dealt, steps.state, called),
      ...{ clock: judge.clock, outbox: judge.outbox, hasher },
    });
  };
  return { table, judge, tokens, token: tokens[0] ?? '', processOf, log };
}

interface SceneOptions {
  readonly row?: Partial<Row>;
  readonly links?: number;
  readonly steps?: Steps;
}

/** Which of these passwords opens the account. */
async function opens({ auth }: AccountDoor, ...passwords: readonly string[]): Promise<readonly string[]> {
  const all = [rightPassword, goodPassword, otherPassword, ...passwords];
  const answers = await Promise.all(all.map((password) => verdictOf(auth.login({ identifier, password }))));
  return all.filter((_password, n) => answers[n] === 'done');
}

/** Chance says after how many turns of its own a task begins: what is short would be over before the other is on its way. */
async function later({ turn }: Turns, random: () => number): Promise<void> {
  for (let turnsLeft = Math.floor(random() * 10); turnsLeft > 0; turnsLeft -= 1) await turn();
}

interface Held {
  readonly session: object;
  readonly accessToken: string;
}

async function signIn({ auth }: AccountDoor, user: Row, authentication: Authentication): Promise<Held> {
  const session = await auth.sessions.start(user, authentication);
  const { accessToken } = await auth.tokens.issue(user, { authentication });
  return { session, accessToken };
}

async function logIn(made: AccountDoor, password: string): Promise<Held> {
  const result = await made.auth.login({ identifier, password });
  if (result.status !== 'signed-in') throw new Error(result.status);
  return signIn(made, result.user, result.authentication);
}

async function isAlive({ auth }: AccountDoor, { session, accessToken }: Held): Promise<boolean> {
  const resumed = await auth.sessions.resume(session);
  return resumed !== null || (await verdictOn(auth, accessToken)) === 'accepted';
}

beforeAll(async () => {
  // The list of common passwords is loaded at the first use, and that takes turns of its own.
  const { judge, token } = await scene({ turn: async () => undefined });
  await judge.auth.passwords.reset({ token, newPassword: goodPassword });
});

describe.each([2, 8, 32])('one link that is used %d times at once', (count) => {
  const seeds = Math.ceil(64 / count);

  it.each([
    ['in one process', 1],
    ['in two processes', 2],
  ])('%s resets one password, in random orders', async (_where, processes) => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const dealt = turns(seededRandom(seed));
      const { judge, table, token, processOf } = await scene(dealt);
      const doors = Array.from({ length: processes }, (_none, n) => processOf(`process ${n}`));
      const passwords = Array.from({ length: count }, (_none, n) => `${n} quiet herons at dusk`);
      const verdicts: string[] = [];
      await dealt.run(
        passwords.map((newPassword, n) => async () => {
          const { auth } = doors[n % processes] as AccountDoor;
          verdicts[n] = await verdictOf(auth.passwords.reset({ token, newPassword }));
        }),
      );
      const winners = passwords.filter((_password, n) => verdicts[n] === 'done');
      expect(winners, `seed ${seed}`).toHaveLength(1);
      expect(new Set(verdicts)).toEqual(new Set(['done', 'ERR_ACCOUNT_LINK_INVALID']));
      expect(table.rows[0]?.hash).toMatch(new RegExp(`:${winners[0]}$`));
      expect(await opens(judge, ...passwords)).toEqual(winners);
      expect(await verdictOf(judge.auth.passwords.reset({ token, newPassword: goodPassword }))).toBe(
        'ERR_ACCOUNT_LINK_INVALID',
      );
      for (const made of doors) await made.settled();
      expect(judge.outbox.list().filter((each) => each.startsWith('password-changed'))).toHaveLength(1);
    }
  });

  it('acts once also when the new hash is the old one, so that only the mark of the link tells', async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const dealt = turns(seededRandom(seed));
      const { judge, table, token, processOf } = await scene(dealt, {
        row: { hash: `plain:1:${rightPassword}` },
      });
      const doors = [processOf('one', countingHasher(1, 64)), processOf('two', countingHasher(1, 64))];
      const verdicts: string[] = [];
      table.calls.length = 0;
      await dealt.run(
        Array.from({ length: count }, (_none, n) => async () => {
          const { auth } = doors[n % 2] as AccountDoor;
          verdicts[n] = await verdictOf(auth.passwords.reset({ token, newPassword: rightPassword }));
        }),
      );
      expect(
        verdicts.filter((verdict) => verdict === 'done'),
        `seed ${seed}`,
      ).toHaveLength(1);
      expect(table.calls.filter((call) => call === 'updatePasswordHash')).toHaveLength(1);
      expect(await verdictOf(judge.auth.passwords.reset({ token, newPassword: rightPassword }))).toBe(
        'ERR_ACCOUNT_LINK_INVALID',
      );
    }
  });
});

describe('a reset of an unverified account', () => {
  const attackers = 'nine yellow attackers running';
  const writes: Steps = { users: ['updatePasswordHash', 'markEmailVerified'], state: ['putIfAbsent'] };
  const looks: Steps = { ...writes, users: ['findByIdentifier', ...writes.users] };

  it.each<[string, Partial<Row>, Steps]>([
    ['by its column', { verified: false }, looks],
    ['by its status', { state: 'pending' }, writes],
  ])(
    'is never followed by the password of another registration, in every order: unverified %s',
    async (_how, row, steps) => {
      const won = { reset: 0, registration: 0 };
      const orders = await everyInterleaving(async (dealt) => {
        const { judge, table, token, processOf } = await scene(dealt, { row, steps });
        const [owner, attacker] = [processOf('owner'), processOf('attacker')];
        let verdict = '';
        await dealt.run([
          async () => {
            verdict = await verdictOf(owner.auth.passwords.reset({ token, newPassword: goodPassword }));
          },
          async () => {
            await attacker.auth.register({ email: identifier, password: attackers });
            await attacker.settled();
          },
        ]);
        const isReset = verdict === 'done';
        won[isReset ? 'reset' : 'registration'] += 1;
        expect(['done', 'ERR_ACCOUNT_LINK_INVALID']).toContain(verdict);
        const [{ hash = '', verified = false } = {}] = table.rows;
        expect([hash?.replace(/^.*:/, ''), verified]).toEqual(
          isReset ? [goodPassword, true] : [attackers, false],
        );
        // Signed in is who has reset it, and before that nobody.
        const signedIn = async (password: string): Promise<boolean> =>
          judge.auth.login({ identifier, password }).then(
            ({ status }) => status === 'signed-in',
            () => false,
          );
        expect([await signedIn(goodPassword), await signedIn(attackers)]).toEqual([isReset, false]);
        if (isReset) return;
        await judge.auth.passwords.requestReset({ identifier });
        await judge.settled();
        await judge.auth.passwords.reset({
          token: judge.outbox.token('reset-password'),
          newPassword: goodPassword,
        });
        expect([await signedIn(goodPassword), await signedIn(attackers)]).toEqual([true, false]);
      });
      console.log(`reset and registration: ${orders} orders, won ${JSON.stringify(won)}, 0 accounts robbed`);
      expect([won.reset > 0, won.registration > 0]).toEqual([true, true]);
    },
  );
});

describe('a reset beside', () => {
  const fewSteps: Steps = { users: ['findByIdentifier', 'updatePasswordHash'], state: ['put'] };

  it('a reset by another link has exactly one winner, in every order', async () => {
    const won = { first: 0, second: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const steps: Steps = { users: ['updatePasswordHash'], state: ['get', 'putIfAbsent'] };
      const { judge, tokens, processOf } = await scene(dealt, { links: 2, steps });
      const passwords = [goodPassword, otherPassword];
      const verdicts: string[] = [];
      await dealt.run(
        tokens.map((token, n) => async () => {
          const { auth } = processOf(`process ${n}`);
          verdicts[n] = await verdictOf(auth.passwords.reset({ token, newPassword: passwords[n] ?? '' }));
        }),
      );
      expect([...verdicts].sort()).toEqual(['ERR_ACCOUNT_LINK_INVALID', 'done']);
      const winner = verdicts.indexOf('done');
      expect(await opens(judge)).toEqual([passwords[winner]]);
      for (const token of tokens) {
        expect(await verdictOf(judge.auth.passwords.reset({ token, newPassword: rightPassword }))).toBe(
          'ERR_ACCOUNT_LINK_INVALID',
        );
      }
      won[winner === 0 ? 'first' : 'second'] += 1;
    });
    console.log(`two resets: ${orders} orders, won ${JSON.stringify(won)}`);
    expect([won.first > 0, won.second > 0]).toEqual([true, true]);
  });

  it('another reset and a change has exactly one winner, in random orders', async () => {
    const won = [0, 0, 0];
    for (let seed = 1; seed <= schedules; seed += 1) {
      const random = seededRandom(seed);
      const dealt = turns(random);
      const { judge, tokens, processOf } = await scene(dealt, { links: 2 });
      const passwords = [goodPassword, otherPassword, 'four quiet herons at dusk'];
      const held = await logIn(judge, rightPassword);
      const verdicts: string[] = [];
      const acts = [
        ...tokens.map(
          (token) =>
            ({ auth }: AccountDoor, newPassword: string) =>
              auth.passwords.reset({ token, newPassword }),
        ),
        ({ auth }: AccountDoor, newPassword: string) =>
          auth.passwords.change({ user: aliceRow(), currentPassword: rightPassword, newPassword }),
      ];
      await dealt.run(
        acts.map((act, n) => async () => {
          if (n === acts.length - 1) await later(dealt, random);
          verdicts[n] = await verdictOf(act(processOf(`process ${n}`), passwords[n] ?? ''));
        }),
      );
      const winner = verdicts.indexOf('done');
      expect(
        verdicts.filter((verdict) => verdict === 'done'),
        `seed ${seed}`,
      ).toHaveLength(1);
      expect(await opens(judge, ...passwords.slice(2))).toEqual([passwords[winner]]);
      expect(await isAlive(judge, held)).toBe(false);
      won[winner] = (won[winner] ?? 0) + 1;
    }
    console.log(`two resets and a change: ${schedules} schedules, won ${won.join(', ')}`);
    expect(won.every((times) => times > 0)).toBe(true);
  });

  it('a rehash at login always wins, and the old password never comes back', async () => {
    let rehashed = 0;
    const orders = await everyInterleaving(async (dealt) => {
      const { table, judge, token, processOf } = await scene(dealt, { steps: fewSteps });
      const upgrading = { ...saltedHasher(), needsRehash: (hash: string) => hash === oldHash };
      const [resetting, other] = [processOf('reset'), processOf('login', upgrading)];
      other.auth.on('password.rehashed', () => {
        rehashed += 1;
      });
      const held = await logIn(judge, rightPassword);
      let verdict = '';
      await dealt.run([
        async () => {
          verdict = await verdictOf(resetting.auth.passwords.reset({ token, newPassword: goodPassword }));
        },
        async () => void (await verdictOf(other.auth.login({ identifier, password: rightPassword }))),
      ]);
      expect(verdict).toBe('done');
      expect(table.rows[0]?.hash).toMatch(new RegExp(`^salted:\\d+:${goodPassword}$`));
      expect(await opens(judge)).toEqual([goodPassword]);
      expect(await isAlive(judge, held)).toBe(false);
    });
    console.log(`reset and rehash: ${orders} orders, ${rehashed} rehashes, 0 old passwords`);
    expect([rehashed > 0, rehashed < orders]).toEqual([true, true]);
  });

  it('logins that store the password in another way, too, in random orders', async () => {
    let rehashed = 0;
    const count = (): void => {
      rehashed += 1;
    };
    for (let seed = 1; seed <= schedules; seed += 1) {
      const random = seededRandom(seed);
      const dealt = turns(random);
      const { table, judge, token, processOf } = await scene(dealt);
      const upgrading = { ...saltedHasher(), needsRehash: () => random() < 0.5 };
      const logins = [processOf('one', upgrading), processOf('two', upgrading)];
      for (const { auth } of logins) auth.on('password.rehashed', count);
      const { auth } = processOf('reset');
      let isReset = false;
      await dealt.run([
        async () => {
          isReset = (await verdictOf(auth.passwords.reset({ token, newPassword: goodPassword }))) === 'done';
        },
        ...logins.map((made) => async () => {
          await later(dealt, random);
          await verdictOf(made.auth.login({ identifier, password: rightPassword }));
        }),
      ]);
      expect(isReset, `seed ${seed}`).toBe(true);
      expect(table.rows[0]?.hash).toMatch(new RegExp(`^salted:\\d+:${goodPassword}$`));
      expect(await opens(judge)).toEqual([goodPassword]);
    }
    console.log(`reset and two rehashes: ${schedules} schedules, ${rehashed} rehashes, 0 old passwords`);
    expect(rehashed).toBeGreaterThan(0);
  });

  it('a login with the old password leaves that login nothing that lives', async () => {
    let entered = 0;
    for (let seed = 1; seed <= schedules; seed += 1) {
      const random = seededRandom(seed);
      const dealt = turns(random);
      const { judge, token, processOf } = await scene(dealt);
      const [resetting, other] = [processOf('reset'), processOf('login')];
      let theirs: Held | undefined;
      await dealt.run([
        () => resetting.auth.passwords.reset({ token, newPassword: goodPassword }).then(() => undefined),
        async () => {
          await later(dealt, random);
          theirs = await logIn(other, rightPassword).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
            return undefined;
          });
        },
      ]);
      if (theirs !== undefined) expect(await isAlive(judge, theirs), `seed ${seed}`).toBe(false);
      entered += theirs === undefined ? 0 : 1;
      expect(await isAlive(judge, await logIn(judge, goodPassword))).toBe(true);
    }
    console.log(`reset and login: ${schedules} schedules, ${entered} logins came through, 0 of them live`);
    expect([entered > 0, entered < schedules]).toEqual([true, true]);
  });

  it('an administrator who disables the account opens it in no order', async () => {
    const orders = await everyInterleaving(async (dealt) => {
      const steps: Steps = { users: ['updatePasswordHash', 'setStatus'], state: ['put'] };
      const { table, judge, token, processOf } = await scene(dealt, { steps });
      const held = await logIn(judge, rightPassword);
      const [resetting, other] = [processOf('reset'), processOf('admin')];
      await dealt.run([
        async () =>
          void (await verdictOf(resetting.auth.passwords.reset({ token, newPassword: goodPassword }))),
        () => other.auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
      ]);
      expect(table.rows[0]?.state).toBe('disabled');
      expect([await opens(judge), await isAlive(judge, held)]).toEqual([[], false]);
    });
    console.log(`reset and disable: ${orders} orders, 0 open`);
    expect(orders).toBeGreaterThan(70);
  });

  type Meanwhile = (made: AccountDoor, changeEmail: string) => Promise<unknown>;

  /** A reset whose password is being hashed while something happens. */
  async function overtaken(meanwhile: Meanwhile) {
    const { table, judge, token } = await scene({ turn: async () => undefined });
    await judge.auth.emails.requestChange({ user: aliceRow(), newEmail: 'moved@shop.example' });
    await judge.settled();
    let [arrive, release] = [(): void => undefined, (): void => undefined];
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = saltedHasher();
    const hash = async (password: string): Promise<string> => {
      arrive();
      return released.then(() => slow.hash(password));
    };
    const { auth } = accountDoor({
      table,
      hasher: { ...slow, hash },
      state: judge.state,
      clock: judge.clock,
    });
    const reset = verdictOf(auth.passwords.reset({ token, newPassword: goodPassword }));
    await arrived;
    await meanwhile(judge, judge.outbox.token('change-email'));
    release();
    return { verdict: await reset, hash: table.rows[0]?.hash };
  }

  const dead = { verdict: 'ERR_ACCOUNT_LINK_INVALID', hash: oldHash };

  // Hashing takes a while: the link is looked at before it, and once more when it is used.
  it('a change of the address that is over comes too late', async () => {
    expect(await overtaken(({ auth }, token) => auth.emails.confirmChange({ token }))).toEqual(dead);
  });

  it('an administrator who has disabled the account comes too late', async () => {
    const disable: Meanwhile = ({ auth }) =>
      auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
    expect(await overtaken(disable)).toEqual(dead);
  });

  it('a change of the password that is over comes too late', async () => {
    const change: Meanwhile = ({ auth }) =>
      auth.passwords.change({ user: aliceRow(), currentPassword: rightPassword, newPassword: otherPassword });
    expect(await overtaken(change)).toEqual({ ...dead, hash: `salted:1:${otherPassword}` });
  });
});
