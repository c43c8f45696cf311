/** A store that fails, or a process that dies, between any two steps: whoever registered tries again, and nobody is robbed. */

import { describe, expect, it } from 'vitest';
import { type AccountDoor, accountDoor, accountLinks } from '../support/account-door.ts';
import { recordingState } from '../support/recording-state.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { type Row, userTable } from '../support/user-table.ts';

const email = 'owner@shop.example';
const [attackers, owners, again] = [
  'nine yellow attackers running',
  'seven purple owners swimming',
  'eleven green owners climbing',
];

const ways = ['refuses one call', 'does one call and loses its answer', 'dies'] as const;
type Way = (typeof ways)[number];

/** A process whose n-th call of a store fails, and another over the same stores that is fine. */
function processes(failing: number, way: Way, links: object) {
  const shared = { table: userTable(), state: recordingState(), hasher: saltedHasher(), links };
  const count = { calls: 0, armed: false };
  const broken = <Store extends object>(store: Store): Store => {
    const members = Object.entries(store).map(([name, member]) => {
      if (typeof member !== 'function' || name === 'toAuthUser') return [name, member];
      return [
        name,
        async (...call: unknown[]) => {
          if (!count.armed) return member(...call);
          count.calls += 1;
          if (way === 'dies' ? count.calls < failing : count.calls !== failing) return member(...call);
          if (way === 'does one call and loses its answer') await member(...call);
          throw new Error(`${name} failed`);
        },
      ];
    });
    return Object.fromEntries(members);
  };
  const fine = accountDoor(shared);
  const faulty = accountDoor({
    ...shared,
    table: broken(shared.table),
    state: broken(shared.state),
    outbox: fine.outbox,
  });
  return { fine, faulty, count };
}

type Processes = ReturnType<typeof processes>;

async function register({ auth }: AccountDoor, password: string): Promise<string | undefined> {
  const answer = await auth.register({ email, password }).catch(() => undefined);
  await auth.close();
  return answer?.status === 'check-inbox' ? answer.deviceToken : undefined;
}

/** Something that is begun in a process that is about to fail. */
interface Story {
  prepare(made: Processes): Promise<() => Promise<unknown>>;
  /** The calls that it makes, at least. */
  readonly steps: number;
  /** What is enough afterwards. */
  readonly remedies: readonly string[];
}

const proven = ['register again', 'ask for another link', 'nothing'];

const stories: Readonly<Record<string, Story>> = {
  'registering a free address': {
    prepare:
      async ({ faulty }) =>
      () =>
        register(faulty, owners),
    steps: 3,
    remedies: ['register again'],
  },
  'registering an address that an attacker prepared': {
    prepare: async ({ fine, faulty }) => {
      await register(fine, attackers);
      return () => register(faulty, owners);
    },
    steps: 7,
    remedies: ['register again'],
  },
  'proving an address in the browser that registered': {
    prepare: async ({ fine, faulty }) => {
      const deviceToken = await register(fine, owners);
      const token = fine.outbox.token('verify-email');
      return () => faulty.auth.emails.verify({ token }, { deviceToken }).catch(() => undefined);
    },
    steps: 6,
    remedies: proven,
  },
  'proving an address with the password': {
    prepare: async ({ fine, faulty }) => {
      await register(fine, owners);
      const token = fine.outbox.token('verify-email');
      return () => faulty.auth.emails.verify({ token, password: owners }).catch(() => undefined);
    },
    steps: 7,
    remedies: proven,
  },
  'resetting the password of an address that an attacker prepared': {
    prepare: async ({ fine, faulty }) => {
      await register(fine, attackers);
      await fine.auth.passwords.requestReset({ identifier: email });
      await fine.settled();
      const token = fine.outbox.token('reset-password');
      return async () => {
        await faulty.auth.passwords.reset({ token, newPassword: owners }).catch(() => undefined);
        await faulty.settled();
      };
    },
    steps: 10,
    remedies: proven,
  },
};

/** What the owner has to do to come in, in the order in which people try. */
async function comeIn({ fine }: Processes): Promise<string> {
  const { auth, outbox, settled } = fine;
  const login = async (password: string): Promise<string> =>
    auth.login({ identifier: email, password }).then(
      ({ status }) => status,
      () => 'refused',
    );
  if ((await login(owners)) === 'signed-in') return 'nothing';
  outbox.sent.length = 0;
  const deviceToken = await register(fine, again);
  if (outbox.list().includes(`verify-email ${email}`)) {
    await auth.emails.verify({ token: outbox.token('verify-email') }, { deviceToken });
    expect(await login(again)).toBe('signed-in');
    return 'register again';
  }
  await auth.emails.requestVerification({ email });
  await settled();
  await auth.emails.verify({ token: outbox.token('verify-email'), password: owners });
  expect(await login(owners)).toBe('signed-in');
  return 'ask for another link';
}

describe.each(Object.entries(stories))('%s', (_what, { prepare, steps, remedies }) => {
  it.each(ways)('in a process that %s, at each call in turn, costs at most another try', async (way) => {
    const tries: string[] = [];
    for (let failing = 1; ; failing += 1) {
      const made = processes(failing, way, accountLinks);
      const act = await prepare(made);
      const attacker = await thingsOf(made.fine);
      made.count.armed = true;
      await act();
      if (made.count.calls < failing) break;
      const [row] = made.fine.table.rows;
      expect([row?.verified, row?.hash?.endsWith(attackers)], `call ${failing}`).not.toEqual([true, true]);
      tries.push(await comeIn(made));
      if (attacker !== undefined) await expectDead(made.fine, attacker);
      expect(made.fine.table.rows, `call ${failing}`).toHaveLength(1);
    }
    expect(tries.length).toBeGreaterThanOrEqual(steps);
    expect([...new Set(tries)].sort()).toEqual([...remedies].sort());
  });
});

describe('registering where addresses are not verified', () => {
  it.each(ways)('in a process that %s costs at most another try', async (way) => {
    // The insert is the only call there is.
    const { fine, faulty, count } = processes(1, way, {});
    count.armed = true;
    await expect(faulty.auth.register({ email, password: owners })).rejects.toThrow();
    await fine.auth.register({ email, password: owners }).catch((error) => {
      expect(error).toMatchObject({ code: 'ERR_ACCOUNT_IDENTIFIER_TAKEN' });
    });
    expect(fine.table.rows).toHaveLength(1);
    expect(await fine.auth.login({ identifier: email, password: owners })).toMatchObject({
      status: 'signed-in',
    });
  });
});

/** What an attacker has of an account that was prepared. */
async function thingsOf({ auth, table, outbox }: AccountDoor) {
  const [row] = table.rows;
  if (!row?.hash?.endsWith(attackers)) return undefined;
  const session = await auth.sessions.start(row);
  const { accessToken } = await auth.tokens.issue({ ...(row as Row) });
  return { session, accessToken, token: outbox.token('verify-email') };
}

async function expectDead(
  { auth }: AccountDoor,
  { session, accessToken, token }: NonNullable<Awaited<ReturnType<typeof thingsOf>>>,
): Promise<void> {
  const refused = { code: 'ERR_LOGIN_REJECTED' };
  await expect(auth.login({ identifier: email, password: attackers })).rejects.toMatchObject(refused);
  expect(await auth.sessions.resume(session)).toBeNull();
  await expect(auth.tokens.verify(accessToken)).rejects.toMatchObject({ code: 'ERR_TOKEN_REVOKED' });
  await expect(auth.emails.verify({ token, password: attackers })).rejects.toMatchObject({
    code: 'ERR_ACCOUNT_LINK_INVALID',
  });
}
