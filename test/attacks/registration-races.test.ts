/** Registrations and proofs of one address that overtake each other. */

import { describe, expect, it } from 'vitest';
import { type AccountDoor, accountDoor, accountLinks } from '../support/account-door.ts';
import { comparingThenWriting, findingThenCreating } from '../support/broken-user-stores.ts';
import { everyInterleaving } from '../support/every-interleaving.ts';
import { recordingState } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Turns, turns } from '../support/turns.ts';
import { type UserTable, userTable } from '../support/user-table.ts';

const email = 'owner@shop.example';
const [owners, attackers] = ['seven purple owners swimming', 'nine yellow attackers running'];
const schedules = 300;

type Store = (table: UserTable, gap: () => Promise<void>) => UserTable;
type Links = typeof accountLinks | Record<string, never>;

/** Two processes over the same stores, whose every call takes its turn while there are turns, and one that waits for nobody. */
class Stage {
  readonly calm: AccountDoor;
  readonly processes: readonly [AccountDoor, AccountDoor];
  private dealt: Turns | undefined;

  constructor({ over = (table) => table, links = accountLinks }: { over?: Store; links?: Links } = {}) {
    const shared = { table: userTable(), state: recordingState(), hasher: saltedHasher(), links };
    this.calm = accountDoor(shared);
    const table = this.inTurns(over(shared.table, () => this.turn()));
    const slow = { ...shared, table, state: this.inTurns(shared.state), outbox: this.calm.outbox };
    this.processes = [accountDoor(slow), accountDoor(slow)];
  }

  /** Nobody has registered. What the state store knows is of other hashes. */
  empty(): void {
    this.calm.table.rows.length = 0;
    this.calm.outbox.sent.length = 0;
  }

  async play(dealt: Turns, tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
    this.dealt = dealt;
    await dealt.run(tasks.map((task) => async () => void (await task())));
    this.dealt = undefined;
  }

  private async turn(): Promise<void> {
    await this.dealt?.turn();
  }

  /**
   * One call is one step: whatever is slow about it is a step of somebody else before or after it. Marks are no steps,
   * since nobody here asks for them.
   */
  private inTurns<Part extends object>(store: Part): Part {
    const slowed = Object.entries(store).map(([name, member]) => {
      if (typeof member !== 'function' || name === 'toAuthUser') return [name, member];
      const step = async (...call: unknown[]): Promise<unknown> => {
        if (!String(call[0]).startsWith('revocation:')) await this.turn();
        return member(...call);
      };
      return [name, step];
    });
    return Object.fromEntries(slowed);
  }
}

/** A store that has the methods it needs and no other: a step less in each interleaving. */
function withoutCounter({ bumpEpoch: _none, ...table }: UserTable): UserTable {
  return table as UserTable;
}

/** The answer of a registration, and everything that follows it. */
async function register({ auth }: AccountDoor, password: string, address = email): Promise<string> {
  const answer = await auth.register({ email: address, password });
  await auth.close();
  return answer.status === 'check-inbox' ? answer.deviceToken : answer.status;
}

/** `verified`, `done`, or the code of a refusal. */
async function outcomeOf(act: Promise<unknown>): Promise<string> {
  return act.then(
    (answer) => (answer as { readonly status?: string } | undefined)?.status ?? 'done',
    (error) => String(error.code),
  );
}

const passwordOf = ({ calm }: Stage): string | undefined => calm.table.rows[0]?.hash?.replace(/^.*:/, '');
/** What must never be: an account that is verified, and opens with the attacker's password. */
const isStolen = (stage: Stage): boolean =>
  stage.calm.table.rows[0]?.verified === true && passwordOf(stage) === attackers;

/** The schedules, each with turns of its own. */
async function inSchedules(play: (dealt: Turns, random: () => number) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= schedules; seed += 1) {
    const random = seededRandom(seed);
    await play(turns(random), random).catch((error: Error) => {
      error.message = `schedule ${seed}: ${error.message}`;
      throw error;
    });
  }
}

describe('an owner who proves an address while an attacker registers it', () => {
  type Proof = (made: {
    readonly token: string;
    readonly deviceToken: string;
  }) => Parameters<AccountDoor['auth']['emails']['verify']>;
  it.each<[string, Proof, readonly string[]]>([
    [
      'in the browser that registered',
      ({ token, deviceToken }) => [{ token }, { deviceToken }],
      ['ERR_ACCOUNT_LINK_INVALID', 'verified'],
    ],
    [
      'with the password',
      ({ token }) => [{ token, password: owners }],
      ['ERR_ACCOUNT_LINK_INVALID', 'ERR_LOGIN_REJECTED', 'verified'],
    ],
  ])('%s has it or has not, in every interleaving there is', async (how, proof, expected) => {
    const stage = new Stage({ over: withoutCounter });
    const {
      calm,
      processes: [one, other],
    } = stage;
    const outcomes = new Set<string>();
    const played = await everyInterleaving(async (dealt) => {
      stage.empty();
      const deviceToken = await register(calm, owners);
      const given = proof({ token: calm.outbox.token('verify-email'), deviceToken });
      let outcome = '';
      const verify = async (): Promise<void> => {
        outcome = await outcomeOf(one.auth.emails.verify(...given));
      };
      await stage.play(dealt, [verify, () => register(other, attackers)]);
      outcomes.add(outcome);
      expect([calm.table.rows[0]?.verified, passwordOf(stage), calm.outbox.sent.at(-1)?.kind]).toEqual(
        outcome === 'verified' ? [true, owners, 'already-registered'] : [false, attackers, 'verify-email'],
      );
    });
    console.info(`a proof ${how}: ${played} interleavings`);
    expect(played).toBeGreaterThan(400);
    expect([...outcomes].sort()).toEqual(expected);
  });
});

describe('an owner who resets the password while an attacker registers the address', () => {
  /** How often the account was the attacker's afterwards, and which outcomes a reset had. */
  async function play(stage: Stage): Promise<{ readonly thefts: number; readonly outcomes: Set<string> }> {
    const {
      calm,
      processes: [one, other],
    } = stage;
    const outcomes = new Set<string>();
    let thefts = 0;
    await inSchedules(async (dealt) => {
      stage.empty();
      await register(calm, attackers);
      await calm.auth.passwords.requestReset({ identifier: email });
      await calm.settled();
      const token = calm.outbox.token('reset-password');
      const reset = async (): Promise<void> => {
        const outcome = await outcomeOf(one.auth.passwords.reset({ token, newPassword: owners }));
        outcomes.add(`${outcome} ${calm.table.rows[0]?.verified}`);
      };
      await stage.play(dealt, [reset, () => register(other, attackers)]);
      if (isStolen(stage)) thefts += 1;
    });
    return { thefts, outcomes };
  }

  it(`has it or has not, in ${schedules} random schedules`, async () => {
    const { thefts, outcomes } = await play(new Stage());
    expect(thefts).toBe(0);
    expect([...outcomes].sort()).toEqual(['ERR_ACCOUNT_LINK_INVALID false', 'done true']);
  });

  it('loses it over a store that compares a hash before it writes', async () => {
    expect((await play(new Stage({ over: comparingThenWriting }))).thefts).toBeGreaterThan(0);
  });
});

describe('an address that many have to do with at the same moment', () => {
  it(`is never verified with the attacker's password, in ${schedules} random schedules`, async () => {
    const stage = new Stage();
    const { calm, processes } = stage;
    const outcomes: string[] = [];
    await inSchedules(async (dealt, random) => {
      const any = (): AccountDoor => processes[Math.floor(random() * 2)] as AccountDoor;
      stage.empty();
      await register(calm, attackers);
      const deviceToken = await register(calm, owners);
      const token = calm.outbox.token('verify-email');
      await calm.auth.passwords.requestReset({ identifier: email });
      await calm.settled();
      const link = { token: calm.outbox.token('reset-password'), newPassword: owners };
      const acts: readonly (() => Promise<unknown>)[] = [
        () => any().auth.emails.verify({ token }, { deviceToken }),
        () => any().auth.emails.verify({ token, password: owners }),
        () => any().auth.passwords.reset(link),
        () => register(any(), attackers),
        () => register(any(), attackers),
        () => register(any(), owners),
        () => any().auth.emails.requestVerification({ email }),
      ];
      const chosen = acts.filter(() => random() < 0.6);
      const seen: string[] = [];
      await stage.play(
        dealt,
        chosen.map((act) => async () => void seen.push(await outcomeOf(act()))),
      );
      await calm.settled();
      expect([isStolen(stage), calm.table.rows.length]).toEqual([false, 1]);
      if (seen.includes('verified'))
        expect([calm.table.rows[0]?.verified, passwordOf(stage)]).toEqual([true, owners]);
      outcomes.push(...seen);
    });
    expect([...new Set(outcomes)].sort()).toEqual([
      'ERR_ACCOUNT_LINK_INVALID',
      'ERR_LOGIN_REJECTED',
      'done',
      'password-required',
      'verified',
    ]);
  });
});

describe('one address in many forms, registered 50 times at the same moment', () => {
  const forms = [
    'jos\u00e9@shop.example',
    'JOS\u00c9@SHOP.EXAMPLE',
    ' jose\u0301@Shop.example ',
    'Jose\u0301@shop.example.',
    '\uff4aos\u00e9\uff20shop\uff0eexample',
  ];
  const rounds = 10;

  async function race(stage: Stage, seed: number): Promise<readonly string[]> {
    const answers: string[] = [];
    stage.empty();
    const registrations = Array.from({ length: 50 }, (_none, n) => async () => {
      const made = stage.processes[n % 2] as AccountDoor;
      const password = `${n} quiet herons fishing at dusk`;
      const answer = await register(made, password, forms[n % forms.length]).catch((error) => error.code);
      answers.push(answer);
    });
    await stage.play(turns(seededRandom(seed)), registrations);
    return answers;
  }

  it('is one account, and one of the links works, in one of the browsers', async () => {
    const stage = new Stage();
    const { calm } = stage;
    for (let seed = 1; seed <= rounds; seed += 1) {
      const browsers = await race(stage, seed);
      expect(calm.table.rows).toMatchObject([{ mail: forms[0], verified: false }]);
      expect(new Set(calm.outbox.sent.map(({ to }) => to))).toEqual(new Set([forms[0]]));
      const verify = (token: string, context?: { readonly deviceToken: string }): Promise<string> =>
        outcomeOf(calm.auth.emails.verify({ token }, context));
      const outcomes: string[] = [];
      for (const token of calm.outbox.sent.flatMap((sent) => sent.token ?? [])) {
        if ((await verify(token)) !== 'password-required') continue;
        for (const deviceToken of browsers) outcomes.push(await verify(token, { deviceToken }));
      }
      expect(outcomes.filter((outcome) => outcome === 'verified')).toHaveLength(1);
    }
  });

  it('is one account where addresses are not verified, and 49 are told that it is taken', async () => {
    const stage = new Stage({ links: {} });
    for (let seed = 1; seed <= rounds; seed += 1) {
      const answers = await race(stage, seed);
      expect(stage.calm.table.rows).toMatchObject([{ mail: forms[0] }]);
      expect(answers.filter((answer) => answer === 'ERR_ACCOUNT_IDENTIFIER_TAKEN')).toHaveLength(49);
      expect(answers).toContain('registered');
    }
  });

  it.each([
    ['where addresses are verified', accountLinks],
    ['where they are not', {}],
  ])('is several accounts over a store that looks before it inserts, %s', async (_what, links) => {
    const stage = new Stage({ over: findingThenCreating, links });
    for (let seed = 1; seed <= 3; seed += 1) {
      await race(stage, seed);
      expect(stage.calm.table.rows.length).toBeGreaterThan(1);
    }
  });
});
