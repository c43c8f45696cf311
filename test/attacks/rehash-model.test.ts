/** Random schedules of everything that touches a session, held against what must be true: no false sign-out, no survivor. */

import { expect, it } from 'vitest';
import {
  type Auth,
  type Capability,
  createAuth,
  type PasswordHasher,
  type SessionStamp,
} from '../../src/index.ts';
import { issuer } from '../support/fixed-secret.ts';
import { recordingState } from '../support/recording-state.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Turns, turns } from '../support/turns.ts';
import { type Row, type UserTable, userTable } from '../support/user-table.ts';

const schedules = 300;
const secrets = ['one', 'two', 'three', 'four'].map((name) => `kQ3v9Zr1Xw7uT5pL0nM8bV6cA4sD2fGh ${name}`);
const identifier = 'alice';

/** A session as the oracle sees it. */
interface Known {
  readonly stamp: SessionStamp;
  readonly password: string;
  /** The round in which it was started. */
  readonly round: number;
}

/** Salted, as every real hash is: the same password never has the same hash twice. */
function saltedHasher(cost: number, salt: () => number, { turn }: Pick<Turns, 'turn'>): PasswordHasher {
  const form = /^salted:(\d+):\d+:(.*)$/;
  return {
    id: 'salted',
    hash: async (password) => {
      await turn();
      return `salted:${cost}:${salt()}:${password}`;
    },
    verify: async (password, hash) => {
      await turn();
      return hash !== null && form.exec(hash)?.[2] === password;
    },
    recognises: (hash) => form.test(hash),
    needsRehash: (hash) => Number(form.exec(hash)?.[1]) < cost,
  };
}

/** Every call takes its turn before it reaches the store, and once more before its answer is there. */
function slow<Store extends object>(store: Store, { turn }: Turns, methods: readonly (keyof Store)[]): Store {
  const slowed = methods.map((name) => {
    const method = store[name] as (...call: unknown[]) => Promise<unknown>;
    const waits = async (...call: unknown[]): Promise<unknown> => {
      await turn();
      const answer = await method(...call);
      await turn();
      return answer;
    };
    return [name, waits];
  });
  return { ...store, ...Object.fromEntries(slowed) };
}

class Model {
  private readonly random: () => number;
  private readonly dealt: Turns;
  private readonly table: UserTable;
  private readonly state = recordingState();
  private readonly known: Known[] = [];
  private processes: Auth<Row, Capability>[] = [];
  private costs = [1, 1];
  private listed = [secrets[0] as string];
  private password = 'password 0';
  private salts = 0;
  private round = 0;
  /** The last round in which something ended every session. */
  private ended = -1;
  /** The last round in which something may have ended every session before it failed. */
  private doubtful = -1;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.dealt = turns(this.random);
    this.table = userTable({ key: 1, login: identifier, hash: this.hashOf(this.password) });
    this.restart();
  }

  async play(rounds: number): Promise<void> {
    for (this.round = 0; this.round < rounds; this.round += 1) {
      if (this.dice(5) === 0) this.rotateTheSecret();
      const tasks = Array.from({ length: 1 + this.dice(4) }, () => this.task());
      await this.dealt.run(tasks);
      this.state.failing.clear();
      await this.check();
    }
    await this.checkLogins();
  }

  private task(): () => Promise<void> {
    const one = this.dice(16);
    if (one === 0) return () => this.changeBehindTheBack();
    if (one === 1) return () => this.endAll();
    if (one === 2) return () => this.disableAndEnable();
    if (one === 3) return async () => this.raiseTheCost();
    if (one === 4) return async () => void this.state.failing.add('put');
    return () => this.login();
  }

  private async login(): Promise<void> {
    const auth = this.anyProcess();
    const { round, password } = this;
    try {
      const result = await auth.login({ identifier, password });
      if (result.status !== 'signed-in') return;
      const stamp = await auth.sessions.start(result.user, result.authentication);
      this.known.push({ stamp, password, round });
    } catch (error) {
      // The password may have changed, the account may be disabled: nobody is in, which is what the oracle assumes.
      expect(error).toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
  }

  /** The host's own "change password" page, written before it knew of us. */
  private async changeBehindTheBack(): Promise<void> {
    await this.dealt.turn();
    this.password = `password ${this.salts + 1}`;
    for (const row of this.table.rows) row.hash = this.hashOf(this.password);
  }

  private async endAll(): Promise<void> {
    await this.ending(() => this.anyProcess().sessions.endAll(1));
  }

  private async disableAndEnable(): Promise<void> {
    await this.ending(async () => {
      const { accounts } = this.anyProcess();
      const [user] = this.table.rows;
      if (user === undefined) return;
      await accounts.setStatus({ user, status: 'disabled' });
      await accounts.setStatus({ user, status: 'active' });
    });
    for (const row of this.table.rows) row.state = 'active';
  }

  private async ending(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.ended = this.round;
    } catch (error) {
      this.doubtful = this.round;
      expect(error).toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    }
  }

  /** One process hashes dearer from now on: a rolling update. */
  private raiseTheCost(): void {
    if (Math.max(...this.costs) >= 7) return;
    this.costs[this.dice(2)] = Math.max(...this.costs) + 1;
    this.restart();
  }

  /** Between two rounds: a process that does not know the new secret cannot know the sessions it made. */
  private rotateTheSecret(): void {
    const next = secrets[this.listed.length];
    if (next === undefined) return;
    this.listed = [next, ...this.listed];
    this.restart();
  }

  private restart(): void {
    const users = slow(this.table, this.dealt, [
      'findById',
      'findByIdentifier',
      'updatePasswordHash',
      'bumpEpoch',
    ]);
    const state = slow(this.state, this.dealt, ['get', 'put', 'putIfAbsent', 'compareAndSet']);
    this.processes = this.costs.map((cost) =>
      createAuth({
        secret: this.listed,
        issuer,
        users,
        state,
        hasher: saltedHasher(cost, () => this.nextSalt(), this.dealt),
      }),
    );
  }

  private async check(): Promise<void> {
    for (const { stamp, password, round } of this.known) {
      const alive = await this.isAlive(stamp);
      const who = `the session of round ${round} after round ${this.round}`;
      if (password !== this.password || round < this.ended) expect(alive, `${who} survived`).toBe(false);
      // In the round of a sign-out everywhere either may have come first.
      else if (round > Math.max(this.ended, this.doubtful)) expect(alive, `${who} was lost`).toBe(true);
    }
  }

  private async isAlive(stamp: SessionStamp): Promise<boolean> {
    return (await this.judge().sessions.resume(stamp)) !== null;
  }

  /** The password of now is right, and none of the others. */
  private async checkLogins(): Promise<void> {
    const auth = this.judge();
    for (const password of new Set([this.password, ...this.known.map((one) => one.password)])) {
      const login = auth.login({ identifier, password }).then(({ status }) => status);
      expect(await login.catch(() => 'refused')).toBe(password === this.password ? 'signed-in' : 'refused');
    }
  }

  /** A process over the same table and state that waits for nobody. */
  private judge(): Auth<Row, Capability> {
    const hasher = saltedHasher(1, () => this.nextSalt(), { turn: async () => undefined });
    return createAuth({ secret: this.listed, issuer, users: this.table, state: this.state, hasher });
  }

  private anyProcess(): Auth<Row, Capability> {
    return this.processes[this.dice(this.processes.length)] as Auth<Row, Capability>;
  }

  private hashOf(password: string): string {
    return `salted:1:${this.nextSalt()}:${password}`;
  }

  private nextSalt(): number {
    this.salts += 1;
    return this.salts;
  }

  private dice(sides: number): number {
    return Math.floor(this.random() * sides);
  }
}

it(`holds in ${schedules} random schedules of logins, rehashes, changes and sign-outs`, {
  timeout: 120_000,
}, async () => {
  for (let seed = 1; seed <= schedules; seed += 1) {
    await new Model(seed).play(8).catch((error: Error) => {
      error.message = `schedule ${seed}: ${error.message}`;
      throw error;
    });
  }
});
