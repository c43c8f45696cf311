/** A store that fails at any call of any account flow: nobody is let in, nothing is left half done, and it can be tried again. */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuthError } from '../../src/index.ts';
import { type AccountDoor, accountDoor, goodPassword, otherPassword } from '../support/account-door.ts';
import { aliceRow, rightPassword } from '../support/door.ts';
import { type FaultyState, faults, faultyState } from '../support/faulty-state.ts';
import { type FaultyUsers, faultyUsers } from '../support/faulty-users.ts';
import { eventNames } from '../support/heard-events.ts';
import { saltedHasher } from '../support/salted-hasher.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const alice = 'alice@shop.example';
const bob = 'bob@shop.example';
const moved = 'new@shop.example';
const strangersPassword = 'the password of a stranger';
const passwords = [rightPassword, goodPassword, otherPassword, strangersPassword];
const none = Number.POSITIVE_INFINITY;

interface Scene {
  readonly table: UserTable;
  /** Over the same stores, which do not fail for it. */
  readonly judge: AccountDoor;
  readonly made: AccountDoor;
  readonly users: FaultyUsers;
  readonly state: FaultyState;
  /** What alice had open before. */
  readonly session: unknown;
  readonly accessToken: string;
  /** What the act needs: a link, a token. */
  readonly given: Readonly<Record<string, string>>;
}

interface Flow {
  readonly bobs?: Partial<Row>;
  prepare?(judge: AccountDoor): Promise<Readonly<Record<string, string>>>;
  act(scene: Scene): Promise<unknown>;
  /** What holds whether or not it failed. */
  check(scene: Scene, succeeded: boolean): Promise<void>;
  /** Once more, with stores that work; and what holds then. */
  again(scene: Scene): Promise<void>;
}

async function sceneOf(flow: Flow): Promise<Scene> {
  const bobs = flow.bobs === undefined ? [] : [{ key: 2, login: bob, hash: null, ...flow.bobs }];
  const table = userTable(aliceRow({ hash: `salted:0:${rightPassword}`, verified: true }), ...bobs);
  const judge = accountDoor({ table, hasher: saltedHasher() });
  const given = (await flow.prepare?.(judge)) ?? {};
  const [users, state] = [faultyUsers(table), faultyState(judge.state)];
  const made = accountDoor({
    ...{ table: users, state, clock: judge.clock, outbox: judge.outbox, hasher: saltedHasher() },
  });
  const session = await judge.auth.sessions.start(aliceRow({ hash: `salted:0:${rightPassword}` }));
  const { accessToken } = await judge.auth.tokens.issue(aliceRow());
  for (const store of [users, state]) store.failAt(none);
  return { table, judge, made, users, state, session, accessToken, given };
}

/** Which passwords open the account, and what `login` answers to each. */
async function opens({ judge }: Scene, identifier = alice): Promise<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const password of passwords) {
    const answer = await judge.auth.login({ identifier, password }).catch(() => null);
    if (answer !== null) entries.push([password, answer.status]);
  }
  return Object.fromEntries(entries);
}

async function lives({ judge, session, accessToken }: Scene): Promise<readonly boolean[]> {
  const resumed = await judge.auth.sessions.resume(session);
  return [resumed !== null, (await verdictOn(judge.auth, accessToken)) === 'accepted'];
}

/** The account has one password, and where it is the new one nothing of before lives. */
async function checkPassword(scene: Scene, succeeded: boolean): Promise<void> {
  const open = await opens(scene);
  expect(Object.keys(open)).toHaveLength(1);
  expect([rightPassword, goodPassword]).toContain(Object.keys(open)[0]);
  if (succeeded) expect(open).toEqual({ [goodPassword]: 'signed-in' });
  if (goodPassword in open) expect(await lives(scene)).toEqual([false, false]);
}

async function linkOf(judge: AccountDoor, kind: 'reset-password' | 'change-email' | 'verify-email') {
  if (kind === 'reset-password') await judge.auth.passwords.requestReset({ identifier: alice });
  if (kind === 'verify-email') await judge.auth.emails.requestVerification({ email: bob });
  if (kind === 'change-email') await judge.auth.emails.requestChange({ user: aliceRow(), newEmail: moved });
  await judge.settled();
  return judge.outbox.token(kind);
}

/** The act, or where its link is dead the second one with a new link. */
async function orWithAnother(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  try {
    await first();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_ACCOUNT_LINK_INVALID' });
    await second();
  }
}

/** Registers bob, proves the address, and signs in: with the passwords of before nobody does. */
async function registerBob(scene: Scene): Promise<void> {
  const { judge } = scene;
  await judge.auth.register({ email: bob, password: otherPassword });
  await judge.settled();
  const token = judge.outbox.token('verify-email');
  expect(await judge.auth.emails.verify({ token, password: otherPassword })).toMatchObject({
    status: 'verified',
  });
  expect(await opens(scene, bob)).toEqual({ [otherPassword]: 'signed-in' });
}

async function checkBob(scene: Scene): Promise<void> {
  const bobs = scene.table.rows.filter(({ login }) => login === bob);
  expect(bobs.length).toBeLessThanOrEqual(1);
  expect(bobs.filter(({ verified }) => verified !== false)).toEqual([]);
  expect(Object.values(await opens(scene, bob)).filter((status) => status === 'signed-in')).toEqual([]);
  expect(scene.judge.outbox.sent.filter(({ to }) => to !== bob)).toEqual([]);
}

const register: Flow = {
  act: ({ made }) => made.auth.register({ email: bob, password: goodPassword }),
  check: checkBob,
  again: registerBob,
};

async function proveBob(scene: Scene, use: () => Promise<unknown>): Promise<void> {
  const { judge } = scene;
  if ((await opens(scene, bob))[goodPassword] !== 'signed-in') {
    await orWithAnother(use, async () => {
      const token = await linkOf(judge, 'verify-email');
      await judge.auth.emails.verify({ token, password: goodPassword });
    });
  }
  expect(await opens(scene, bob)).toEqual({ [goodPassword]: 'signed-in' });
}

async function registeredBob(judge: AccountDoor) {
  const result = await judge.auth.register({ email: bob, password: goodPassword });
  if (result.status !== 'check-inbox') throw new Error(result.status);
  await judge.settled();
  return { token: judge.outbox.token('verify-email'), deviceToken: result.deviceToken };
}

const resetAlice = ({ auth }: AccountDoor, token = '') =>
  auth.passwords.reset({ token, newPassword: goodPassword });

const flows: Readonly<Record<string, Flow>> = {
  register,
  'register an address that a stranger has prepared': {
    ...register,
    bobs: { hash: `salted:9:${strangersPassword}`, verified: false },
  },
  'register an address that has an account': {
    bobs: { hash: `salted:9:${otherPassword}`, verified: true },
    act: ({ made }) => made.auth.register({ email: bob, password: goodPassword }),
    check: async (scene) => {
      expect(await opens(scene, bob)).toEqual({ [otherPassword]: 'signed-in' });
    },
    again: async ({ judge }) => {
      await judge.auth.register({ email: bob, password: goodPassword });
      await judge.settled();
      expect(judge.outbox.list().at(-1)).toBe(`already-registered ${bob}`);
    },
  },
  'verify in the browser that registered': {
    prepare: registeredBob,
    act: ({ made, given }) => made.auth.emails.verify({ token: given['token'] ?? '' }, given),
    check: async (scene, succeeded) => {
      const open = await opens(scene, bob);
      expect(Object.keys(open)).toEqual([goodPassword]);
      if (succeeded) expect(open).toEqual({ [goodPassword]: 'signed-in' });
    },
    again: (scene) =>
      proveBob(scene, () =>
        scene.judge.auth.emails.verify({ token: scene.given['token'] ?? '' }, scene.given),
      ),
  },
  'verify with the password': {
    prepare: registeredBob,
    act: ({ made, given }) =>
      made.auth.emails.verify({ token: given['token'] ?? '', password: goodPassword }),
    check: async (scene) => {
      expect(Object.keys(await opens(scene, bob))).toEqual([goodPassword]);
    },
    again: (scene) =>
      proveBob(scene, () =>
        scene.judge.auth.emails.verify({ token: scene.given['token'] ?? '', password: goodPassword }),
      ),
  },
  requestVerification: {
    bobs: { hash: `salted:9:${goodPassword}`, verified: false },
    act: ({ made }) => made.auth.emails.requestVerification({ email: bob }),
    check: checkBob,
    again: (scene) => proveBob(scene, () => scene.judge.auth.emails.verify({ token: 'none' })),
  },
  requestReset: {
    act: ({ made }) => made.auth.passwords.requestReset({ identifier: alice }),
    check: async (scene) => {
      expect(await opens(scene)).toEqual({ [rightPassword]: 'signed-in' });
      expect(await lives(scene)).toEqual([true, true]);
      expect(['', `reset-password ${alice}`]).toContain(scene.judge.outbox.list().join());
    },
    again: async (scene) => {
      await resetAlice(scene.judge, await linkOf(scene.judge, 'reset-password'));
      await checkPassword(scene, true);
    },
  },
  reset: {
    prepare: async (judge) => ({ token: await linkOf(judge, 'reset-password') }),
    act: ({ made, given }) => resetAlice(made, given['token']),
    check: checkPassword,
    again: async (scene) => {
      await orWithAnother(
        () => resetAlice(scene.judge, scene.given['token']),
        async () => resetAlice(scene.judge, await linkOf(scene.judge, 'reset-password')),
      );
      await checkPassword(scene, true);
    },
  },
  change: {
    act: ({ made }) =>
      made.auth.passwords.change({
        ...{ user: aliceRow(), currentPassword: rightPassword, newPassword: goodPassword },
      }),
    check: checkPassword,
    again: async (scene) => {
      const [currentPassword = ''] = Object.keys(await opens(scene));
      const newPassword = otherPassword;
      await scene.judge.auth.passwords.change({ user: aliceRow(), currentPassword, newPassword });
      expect(await opens(scene)).toEqual({ [otherPassword]: 'signed-in' });
      expect(await lives(scene)).toEqual([false, false]);
    },
  },
  requestChange: {
    act: ({ made }) =>
      made.auth.emails.requestChange({
        ...{ user: aliceRow(), newEmail: moved, currentPassword: rightPassword },
      }),
    check: async (scene) => {
      expect(scene.table.rows[0]?.login).toBe(alice);
      expect(['', `change-email ${moved}`]).toContain(scene.judge.outbox.list().join());
      expect(await lives(scene)).toEqual([true, true]);
    },
    again: async ({ judge, table }) => {
      await judge.auth.emails.confirmChange({ token: await linkOf(judge, 'change-email') });
      expect(table.rows[0]?.mail).toBe(moved);
    },
  },
  confirmChange: {
    prepare: async (judge) => ({ token: await linkOf(judge, 'change-email') }),
    act: ({ made, given }) => made.auth.emails.confirmChange({ token: given['token'] ?? '' }),
    check: async (scene, succeeded) => {
      const { login, verified } = scene.table.rows[0] as Row;
      expect([alice, moved]).toContain(login);
      if (succeeded) expect(login).toBe(moved);
      expect(verified).toBe(true);
      expect(await opens(scene, login)).toEqual({ [rightPassword]: 'signed-in' });
      expect(await lives(scene)).toEqual([true, true]);
    },
    again: async ({ judge, table, given }) => {
      if (table.rows[0]?.login === alice) {
        await orWithAnother(
          () => judge.auth.emails.confirmChange({ token: given['token'] ?? '' }),
          async () => judge.auth.emails.confirmChange({ token: await linkOf(judge, 'change-email') }),
        );
      }
      expect(table.rows[0]?.login).toBe(moved);
      await expect(judge.auth.emails.confirmChange({ token: given['token'] ?? '' })).rejects.toMatchObject({
        code: 'ERR_ACCOUNT_LINK_INVALID',
      });
    },
  },
  close: {
    act: ({ made }) => made.auth.accounts.close({ user: aliceRow(), currentPassword: rightPassword }),
    check: async (scene, succeeded) => {
      const isGone = scene.table.rows.length === 0;
      if (succeeded) expect(isGone).toBe(true);
      expect(await opens(scene)).toEqual(isGone ? {} : { [rightPassword]: 'signed-in' });
      if (isGone) expect(await lives(scene)).toEqual([false, false]);
    },
    again: async (scene) => {
      const closing = { user: aliceRow(), currentPassword: rightPassword };
      const closed = scene.judge.auth.accounts.close(closing);
      if (scene.table.rows.length > 0) await closed;
      else await expect(closed).rejects.toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
      expect(scene.table.rows).toEqual([]);
      expect(await lives(scene)).toEqual([false, false]);
    },
  },
  disable: {
    act: ({ made }) => made.auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' }),
    check: async (scene, succeeded) => {
      const isDisabled = scene.table.rows[0]?.state === 'disabled';
      if (succeeded) expect([isDisabled, ...(await lives(scene))]).toEqual([true, false, false]);
      expect(await opens(scene)).toEqual(isDisabled ? {} : { [rightPassword]: 'signed-in' });
    },
    again: async (scene) => {
      await scene.judge.auth.accounts.setStatus({ user: aliceRow(), status: 'disabled' });
      expect([await opens(scene), await lives(scene)]).toEqual([{}, [false, false]]);
    },
  },
};

const lost: unknown[] = [];
const keep = (reason: unknown): void => {
  lost.push(reason);
};

beforeAll(() => {
  process.on('unhandledRejection', keep);
});
afterAll(() => {
  process.off('unhandledRejection', keep);
});

type Store = 'users' | 'state';

/** The act with each call of one store failing in each way. */
async function eachFault(
  flow: Flow,
  store: Store,
): Promise<{ readonly tried: number; readonly after: number }> {
  const calm = await sceneOf(flow);
  await flow.act(calm);
  await calm.made.settled();
  const calls = store === 'users' ? calm.users.asked() : calm.state.calls.length;
  let after = 0;
  for (let call = 1; call <= calls; call += 1) {
    for (const fault of faults) {
      const scene = await sceneOf(flow);
      scene[store].failAt(call, fault);
      const where = `call ${call} of ${store} ${fault}`;
      const refusal = await flow.act(scene).then(
        () => null,
        (error: unknown) => ({ error }),
      );
      await scene.made.settled();
      scene[store].failAt(none);
      try {
        if (refusal === null) after += 1;
        checkRefusal(scene, store, fault, refusal);
        await flow.check(scene, refusal === null);
        await flow.again(scene);
      } catch (error) {
        if (error instanceof Error) error.message = `${where}: ${error.message}`;
        throw error;
      }
    }
  }
  await new Promise(setImmediate);
  expect(lost).toEqual([]);
  return { tried: calls * faults.length, after };
}

/** The store's own fault, or one code; and where the answer was out already, an event. */
function checkRefusal(
  { made, users }: Scene,
  store: Store,
  fault: (typeof faults)[number],
  refusal: { readonly error: unknown } | null,
): void {
  if (refusal === null) {
    // The look at the width of the column failed; everything else was done.
    if (made.events.some(({ name }) => name === 'password.changed')) return;
    expect(made.events).toContainEqual(
      expect.objectContaining({ name: 'notification.failed', obstacle: 'store-failed' }),
    );
    return;
  }
  if (store === 'state') {
    expect(AuthError.is(refusal.error, 'ERR_STATE_UNAVAILABLE')).toBe(true);
  } else if (fault !== 'rejects with nothing') {
    expect(refusal.error).toBe(users.fault);
  }
}

describe.each(Object.entries(flows))('a store that fails during %s', (name, flow) => {
  it.each(['users', 'state'] as const)(
    'which is that of the %s lets nobody in, and it can be tried again',
    async (store) => {
      const { tried, after } = await eachFault(flow, store);
      console.log(`${name}: ${tried} faults of the ${store}, ${after} of them after the answer, 0 wrong`);
      expect(tried).toBeGreaterThan(0);
    },
  );
});

describe('a store of users that rejects with nothing', () => {
  // What a handler passes on as `next(undefined)` goes on to the next one, as if all were well. Its finders are wrapped.
  it('is told of by an error, whichever call it was', async () => {
    const silent: string[] = [];
    for (const [name, flow] of Object.entries(flows)) {
      for (let call = 1; call <= 8; call += 1) {
        const scene = await sceneOf(flow);
        scene.users.failAt(call, 'rejects with nothing');
        await flow.act(scene).catch((error: unknown) => {
          if (!(error instanceof Error)) silent.push(`${name}, call ${call}`);
        });
        await scene.made.settled();
      }
    }
    expect(silent).toEqual([]);
  });
});

describe('a store that fails while a reset is asked for', () => {
  it.each(['users', 'state'] as const)('which is that of the %s fails for everybody alike', async (store) => {
    for (const fault of faults) {
      const seen: string[] = [];
      for (const identifier of [alice, bob, 'nobody']) {
        const scene = await sceneOf(flows['requestReset'] as Flow);
        scene[store].failAt(1, fault);
        const refused = await scene.made.auth.passwords.requestReset({ identifier }).catch(String);
        await scene.made.settled();
        const calls = [scene.users.asked(), scene.state.calls, scene.judge.outbox.sent];
        seen.push(JSON.stringify([refused, calls]));
      }
      expect(new Set(seen).size, fault).toBe(1);
    }
  });
});

describe('listeners that fail', () => {
  it.each(Object.entries(flows))('change nothing of %s', async (_name, flow) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    for (const listener of [
      () => {
        throw new Error('the listener is broken');
      },
      () => Promise.reject(new Error('the listener is broken')),
      () => Promise.reject(),
      () => new Promise(() => undefined),
    ]) {
      const scene = await sceneOf(flow);
      for (const name of eventNames) scene.made.auth.on(name, listener);
      await flow.act(scene);
      await scene.made.settled();
      await flow.check(scene, true);
      await flow.again(scene);
    }
    warn.mockRestore();
    await new Promise(setImmediate);
    expect(lost).toEqual([]);
  });
});
