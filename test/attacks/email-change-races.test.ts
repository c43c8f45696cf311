/** Changes of an address at the same moment, in every order of their steps (CVE-2026-32700). */

import { beforeAll, describe, expect, it } from 'vitest';
import { AuthError } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { checkingThenReplacing } from '../support/broken-user-stores.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { stepwise } from '../support/stepwise.ts';
import type { Turns } from '../support/turns.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const old = 'alice@shop.example';
const mallorys = 'mallory@evil.example';
const victims = 'new@shop.example';
const invalid = 'ERR_ACCOUNT_LINK_INVALID';
const oldHash = `salted:0:${rightPassword}`;

type UserStep = 'create' | 'findById' | 'findByIdentifier' | 'replaceEmail' | 'updatePasswordHash';

interface Scene {
  readonly table: UserTable;
  /** Waits for nobody. */
  readonly judge: AccountDoor;
  readonly one: AccountDoor;
  readonly other: AccountDoor;
  readonly log: string[];
}

interface SceneParts {
  readonly row?: Partial<Row>;
  readonly users?: readonly UserStep[];
  readonly state?: readonly ('get' | 'put' | 'putIfAbsent')[];
  /** The store of a host who has got it wrong. */
  readonly broken?: (table: UserTable) => UserTable;
}

/** An account, and two processes whose steps the test deals. */
function scene(dealt: Turns, parts: SceneParts = {}): Scene {
  const { users = ['findById', 'replaceEmail'], state = ['get', 'put'] } = parts;
  const log: string[] = [];
  const { bumpEpoch: _missing, ...plain } = userTable(aliceRow({ hash: oldHash, ...parts.row }));
  const table = plain as UserTable;
  const judge = accountDoor({ table, hasher: saltedHasher() });
  const process = (name: string): AccountDoor => {
    const called = (method: string): void => void log.push(`${name} ${method}`);
    return accountDoor({
      table: stepwise(parts.broken?.(table) ?? table, dealt, users, called),
      state: stepwise(judge.state, dealt, state, called),
      ...{ clock: judge.clock, outbox: judge.outbox, hasher: saltedHasher() },
    });
  };
  return { table, judge, one: process('one'), other: process('other'), log };
}

/** The link that this address was sent. */
async function linkTo({ auth, outbox, settled }: AccountDoor, newEmail: string): Promise<string> {
  await auth.emails.requestChange({ user: aliceRow(), newEmail });
  await settled();
  return outbox.token('change-email');
}

/** What became of each act: `done`, or the code of its refusal. */
async function sideBySide({ run }: Turns, ...acts: readonly (() => Promise<unknown>)[]): Promise<string[]> {
  const verdicts: string[] = [];
  await run(
    acts.map((act, index) => async () => {
      verdicts[index] = await act().then(
        () => 'done',
        (error: unknown) => {
          if (AuthError.is(error)) return error.code;
          throw error;
        },
      );
    }),
  );
  return verdicts;
}

const addressesOf = ({ rows }: UserTable): (string | null | undefined)[] =>
  rows.map(({ mail, login }) => mail ?? login);

beforeAll(async () => {
  // The list of common passwords is loaded at the first use, and that takes turns of its own.
  await accountDoor().auth.register({ email: 'x@shop.example', password: goodPassword });
});

describe('two links at the same moment', () => {
  /** Both links used; which addresses the account ended at, of those it was not sent to. */
  async function twoLinks(broken?: (table: UserTable) => UserTable) {
    const wrong: string[] = [];
    const won: Record<string, number> = { [mallorys]: 0, [victims]: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const { table, judge, one, other } = scene(
        dealt,
        broken === undefined ? {} : { broken, state: ['put'] },
      );
      const [first, second] = [await linkTo(judge, mallorys), await linkTo(judge, victims)];
      const verdicts = await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token: first }),
        () => other.auth.emails.confirmChange({ token: second }),
      );
      await one.settled();
      await other.settled();
      const address = addressesOf(table)[0] ?? '';
      const told = judge.outbox.list().filter((message) => message.startsWith('email-changed'));
      const right =
        JSON.stringify(verdicts) ===
          JSON.stringify(address === mallorys ? ['done', invalid] : [invalid, 'done']) &&
        [mallorys, victims].includes(address) &&
        table.rows[0]?.verified === true &&
        JSON.stringify(told) === JSON.stringify([`email-changed ${old}`]);
      if (!right) wrong.push(`${verdicts.join(' ')} at ${address}, ${told.join(', ')}`);
      won[address] = (won[address] ?? 0) + 1;
      for (const token of [first, second]) {
        await expect(judge.auth.emails.confirmChange({ token })).rejects.toMatchObject({ code: invalid });
      }
    });
    return { orders, wrong, won };
  }

  it('to an attacker’s and a victim’s address: one is used, and moves the account to where it was sent', async () => {
    const { orders, wrong, won } = await twoLinks();
    console.log(`two links: ${orders} orders, won ${JSON.stringify(won)}, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
    expect(Object.values(won).every((times) => times > 0)).toBe(true);
  });

  it('are not both used over a store without the old address in its statement: the mark decides before it', async () => {
    const { orders, wrong } = await twoLinks((table) => ({
      ...table,
      replaceEmail: async (id, { to }) => {
        for (const row of table.rows) if (row.key === id) Object.assign(row, { mail: to, verified: true });
        return 'changed';
      },
    }));
    console.log(`two links, any old address: ${orders} orders, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
  });

  it('which are one link in two browsers: it is used once', async () => {
    const orders = await everyInterleaving(async (dealt) => {
      const { table, judge, one, other } = scene(dealt, { state: ['get', 'put', 'putIfAbsent'], users: [] });
      const token = await linkTo(judge, victims);
      const verdicts = await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token }),
        () => other.auth.emails.confirmChange({ token }),
      );
      expect([...verdicts].sort()).toEqual([invalid, 'done']);
      expect(addressesOf(table)).toEqual([victims]);
    });
    console.log(`one link twice: ${orders} orders, 0 used twice`);
    expect(orders).toBeGreaterThan(10);
  });

  // The link was looked at before the account moved there and back, and is used after it: the table sees the same
  // address. A conditional write of the generation would notice.
  it('of which one is on its way while the account moves there and back: it is dead', async () => {
    await everyInterleaving(async (dealt) => {
      const { table, judge, one } = scene(dealt, { users: ['replaceEmail'], state: ['put'] });
      const [first, second] = [await linkTo(judge, mallorys), await linkTo(judge, victims)];
      let back = false;
      await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token: first }),
        async () => {
          await dealt.turn();
          await judge.auth.emails.confirmChange({ token: second });
          await judge.auth.emails.confirmChange({ token: await linkTo(judge, old) });
          back = true;
        },
      );
      if (back) expect(addressesOf(table)).toEqual([old]);
    });
  });
});

describe('a link that is used', () => {
  it('while the password is changed counts only when it came first, and never changes the password', async () => {
    const seen = { done: 0, [invalid]: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const users = ['findById', 'replaceEmail', 'updatePasswordHash'] as const;
      const { table, judge, one, other, log } = scene(dealt, { users, state: ['put'] });
      const token = await linkTo(judge, mallorys);
      const change = { user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword };
      const [moved, changed] = await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token }),
        () => other.auth.passwords.change(change),
      );
      expect(changed).toBe('done');
      const cameFirst = log.indexOf('one findById') < log.indexOf('other updatePasswordHash');
      expect(moved).toBe(cameFirst ? 'done' : invalid);
      expect(addressesOf(table)).toEqual([cameFirst ? mallorys : old]);
      expect(table.rows[0]?.hash).toMatch(new RegExp(`:${goodPassword}$`));
      seen[cameFirst ? 'done' : invalid] += 1;
    });
    console.log(`link and change of the password: ${orders} orders, ${JSON.stringify(seen)}`);
    expect([seen.done > 0, seen[invalid] > 0]).toEqual([true, true]);
  });

  /** The link is used, and somebody registers the address it leads to. */
  async function beforeItIsTaken(broken?: (table: UserTable, turn: Turns['turn']) => UserTable) {
    const seen = { moved: 0, registered: 0, both: 0 };
    const orders = await everyInterleaving(async (dealt) => {
      const users = ['create', 'findByIdentifier', 'replaceEmail'] as const;
      const { table, judge, one, other } = scene(dealt, {
        ...{ users, state: [] },
        ...(broken === undefined ? {} : { broken: (plain) => broken(plain, dealt.turn) }),
      });
      const token = await linkTo(judge, victims);
      const [moved, registered] = await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token }),
        async () => {
          const answer = await other.auth.register({ email: victims, password: otherPassword });
          expect(answer).toEqual({ status: 'check-inbox', deviceToken: expect.any(String) });
          await other.settled();
        },
      );
      const owners = addressesOf(table).filter((address) => address === victims).length;
      expect(registered).toBe('done');
      const what = owners === 2 ? 'both' : moved === 'done' ? 'moved' : 'registered';
      if (what === 'moved') expect(judge.outbox.list()).toContain(`already-registered ${victims}`);
      if (what === 'registered') expect(moved).toBe('ERR_ACCOUNT_IDENTIFIER_TAKEN');
      seen[what] += 1;
    });
    return { orders, seen };
  }

  it('while its address is registered makes one account of it, and never two', async () => {
    const { orders, seen } = await beforeItIsTaken();
    console.log(`link and registration of its address: ${orders} orders, ${JSON.stringify(seen)}`);
    expect(seen.both).toBe(0);
    expect([seen.moved > 0, seen.registered > 0]).toEqual([true, true]);
  });

  it('makes two of it over a store that looks first and writes then', async () => {
    const { orders, seen } = await beforeItIsTaken(checkingThenReplacing);
    console.log(`the same without a unique index: ${orders} orders, ${JSON.stringify(seen)}`);
    expect(seen.both).toBeGreaterThan(0);
  });

  it.each([
    ['counts', (table: UserTable) => table],
    [
      'does not count',
      (table: UserTable): UserTable => ({
        ...table,
        replaceEmail: async (...given) => {
          const outcome = await table.replaceEmail(...given);
          for (const row of table.rows) if (outcome === 'changed') row.verified = false;
          return outcome;
        },
      }),
    ],
  ])(
    'while a stranger registers the old address, where replaceEmail %s as a proof: no proven account has the stranger’s password',
    async (_how, broken) => {
      const seen = { moved: 0, 'registered anew': 0 };
      const orders = await everyInterleaving(async (dealt) => {
        const users = ['create', 'findByIdentifier', 'replaceEmail', 'updatePasswordHash'] as const;
        const parts = { row: { verified: false }, users, state: ['putIfAbsent'] as const, broken };
        const { table, judge, one, other } = scene(dealt, parts);
        const token = await linkTo(judge, victims);
        const [moved] = await sideBySide(
          dealt,
          () => one.auth.emails.confirmChange({ token }),
          async () => {
            await other.auth.register({ email: old, password: otherPassword });
            await other.settled();
          },
        );
        await one.settled();
        const [alice] = table.rows;
        const isStrangers = alice?.hash?.endsWith(otherPassword) === true;
        if (isStrangers)
          expect([alice?.mail ?? alice?.login, alice?.verified, moved]).toEqual([old, false, invalid]);
        else
          expect([alice?.mail, alice?.verified, alice?.hash, moved]).toEqual([
            victims,
            true,
            oldHash,
            'done',
          ]);
        seen[isStrangers ? 'registered anew' : 'moved'] += 1;
      });
      console.log(`link and registration of the old address: ${orders} orders, ${JSON.stringify(seen)}`);
      expect([seen.moved > 0, seen['registered anew'] > 0]).toEqual([true, true]);
    },
  );

  it('while an administrator disables the account opens nothing', async () => {
    const orders = await everyInterleaving(async (dealt) => {
      const { table, judge, one, other } = scene(dealt);
      const token = await linkTo(judge, mallorys);
      const [moved, disabled] = await sideBySide(
        dealt,
        () => one.auth.emails.confirmChange({ token }),
        () => other.auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
      );
      expect(disabled).toBe('done');
      expect(['done', invalid]).toContain(moved);
      expect(table.rows[0]?.state).toBe('disabled');
      expect(addressesOf(table)).toEqual([moved === 'done' ? mallorys : old]);
      await expect(judge.auth.emails.confirmChange({ token })).rejects.toMatchObject({ code: invalid });
    });
    console.log(`link and disable: ${orders} orders, 0 that open anything`);
    expect(orders).toBeGreaterThan(5);
  });
});
