/** Random schedules of all that touches an access token, held against what must be true: no dead one in, no live one out. */

import { expect, it } from 'vitest';
import type { Authentication } from '../../src/index.ts';
import { aliceRow, anotherDoor, type Door, door, rightPassword } from '../support/door.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { verdictOn } from '../support/token-verdict.ts';
import { inTurns, type Turns, turns } from '../support/turns.ts';
import { userTable } from '../support/user-table.ts';

const schedules = 300;
const rounds = 12;
const secrets = ['one', 'two', 'three'].map((name) => `kQ3v9Zr1Xw7uT5pL0nM8bV6cA4sD2fGh ${name}`);
/** Seconds: the second process goes by answers that may be so old. */
const staleness = [0, 40] as const;
const life = 300;

/** An act that ends tokens: when it was done, and by which process. */
interface End {
  readonly round: number;
  readonly at: number;
  readonly by: number;
}

/** A token as the oracle sees it. */
interface Known {
  readonly text: string;
  readonly secret: string;
  readonly expires: number;
  /** The round in which its revocation mark was read. */
  readonly since: number;
  revoked?: End;
  /** Somebody tried to revoke it and was told that it failed: it may be dead or not. */
  doubtful: boolean;
}

/** A login that no token has been issued for yet. */
interface Login {
  readonly authentication: Authentication;
  readonly since: number;
}

/** How often a token had to be refused although its time and its secret were good, how often accepted, and how often neither. */
interface Judged {
  dead: number;
  alive: number;
  either: number;
}

class Model {
  readonly judged: Judged = { dead: 0, alive: 0, either: 0 };
  private readonly random: () => number;
  private readonly dealt: Turns;
  private readonly calm: Door;
  private processes: readonly Door[] = [];
  private listed: readonly string[] = secrets.slice(0, 1);
  private readonly known: Known[] = [];
  private readonly logins: Login[] = [];
  /** Acts that ended every token there was. */
  private readonly ends: End[] = [];
  /** The last round in which something may have ended every token before it failed. */
  private doubtful = -1;
  private round = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.dealt = turns(this.random);
    const { bumpEpoch: _missing, ...table } = userTable(aliceRow());
    this.calm = door({ table: table as ReturnType<typeof userTable>, secret: this.listed });
    this.restart();
  }

  async play(): Promise<void> {
    for (this.round = 0; this.round < rounds; this.round += 1) {
      if (this.dice(4) === 0) this.rotateTheSecret();
      if (this.dice(4) === 0) this.restart();
      await this.dealt.run(Array.from({ length: 1 + this.dice(5) }, () => this.task()));
      this.calm.state.failing.clear();
      await this.check();
      this.calm.clock.advance(this.dice(60));
    }
  }

  private task(): () => Promise<void> {
    const process = this.dice(this.processes.length);
    switch (this.dice(16)) {
      case 0:
        return () => this.endAll(process, ({ auth }) => auth.tokens.revokeAll(1));
      case 1:
        return () => this.endAll(process, ({ auth }) => auth.sessions.endAll(1));
      case 2:
        return () => this.disableAndEnable(process);
      case 3:
        return async () => void this.calm.state.failing.add(this.dice(2) === 0 ? 'put' : 'compareAndSet');
      case 4:
      case 5:
      case 6:
        return () => this.revoke(process);
      case 7:
      case 8:
        return () => this.verify(process);
      case 9:
        return () => this.login(process);
      default:
        return () => this.issue(process);
    }
  }

  private async login(process: number): Promise<void> {
    const since = this.round;
    const input = { identifier: 'alice@shop.example', password: rightPassword };
    await this.unlessDisabled(async () => {
      const login = await this.at(process).auth.login(input);
      if (login.status === 'signed-in') this.logins.push({ authentication: login.authentication, since });
    });
  }

  /** For a login of this round or of an earlier one, or for none. */
  private async issue(process: number): Promise<void> {
    const { auth } = this.at(process);
    const { authentication, since } = this.logins[this.dice(2 * this.logins.length)] ?? { since: this.round };
    const [secret = ''] = this.listed;
    const expires = this.now() + life * 1000;
    await this.unlessDisabled(async () => {
      const options = authentication === undefined ? {} : { authentication };
      const { accessToken: text } = await auth.tokens.issue(aliceRow(this.calm.table.rows[0]), options);
      this.known.push({ text, secret, expires, since, doubtful: false });
    });
  }

  private async unlessDisabled(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_LOGIN_REJECTED' });
    }
  }

  private async revoke(process: number): Promise<void> {
    const token = this.known[this.dice(this.known.length)];
    if (token === undefined) return;
    try {
      await this.at(process).auth.tokens.revoke(token.text);
      // To revoke what is not known here is no error, and does nothing.
      if (this.listed.includes(token.secret)) token.revoked ??= this.end(process);
    } catch (error) {
      token.doubtful = true;
      expect(error).toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    }
  }

  /** While others are at it: only that it fails in no other way than it may. */
  private async verify(process: number): Promise<void> {
    const token = this.known[this.dice(this.known.length)];
    if (token !== undefined) await verdictOn(this.at(process).auth, token.text);
  }

  private async disableAndEnable(process: number): Promise<void> {
    const [row] = this.calm.table.rows;
    for (const status of ['disabled', 'active'] as const) {
      if (row !== undefined)
        await this.endAll(process, ({ auth }) => auth.accounts.setStatus({ user: row, status }));
    }
    if (row !== undefined) row.state = 'active';
  }

  private async endAll(process: number, act: (made: Door) => Promise<void>): Promise<void> {
    try {
      await act(this.at(process));
      this.ends.push(this.end(process));
    } catch (error) {
      this.doubtful = this.round;
      expect(error).toMatchObject({ code: 'ERR_STATE_UNAVAILABLE' });
    }
  }

  /** To any order of one or two of the secrets there are, also to one that was listed before. */
  private rotateTheSecret(): void {
    const [one, other] = [this.dice(secrets.length), this.dice(secrets.length)];
    this.listed = [...new Set([secrets[one] ?? '', secrets[other] ?? ''])];
    this.restart();
  }

  private restart(): void {
    const state = inTurns(this.calm.state, this.dealt, ['get', 'put', 'putIfAbsent', 'compareAndSet']);
    this.processes = staleness.map((maxStaleness) =>
      anotherDoor(
        { ...this.calm, state },
        { secret: this.listed, tokens: { expiresIn: life, maxStaleness } },
      ),
    );
  }

  private async check(): Promise<void> {
    for (const [process, { auth }] of this.processes.entries()) {
      for (const token of this.known) {
        const verdict = await this.settled(verdictOn(auth, token.text));
        this.judge(token, process, verdict, `round ${this.round}: a token of round ${token.since}`);
      }
    }
  }

  private judge(token: Known, process: number, verdict: string, who: string): void {
    if (!this.listed.includes(token.secret)) expect(verdict, who).toBe('ERR_TOKEN_INVALID');
    else if (token.expires <= this.now()) expect(verdict, who).toBe('ERR_TOKEN_EXPIRED');
    else if (this.mustBeDead(token, process)) this.count('dead', verdict, 'ERR_TOKEN_REVOKED', who);
    else if (this.mustBeAlive(token)) this.count('alive', verdict, 'accepted', who);
    else this.judged.either += 1;
  }

  private count(what: 'dead' | 'alive', verdict: string, right: string, who: string): void {
    this.judged[what] += 1;
    expect(verdict, `${who} is ${what}`).toBe(right);
  }

  private mustBeDead({ since, revoked }: Known, process: number): boolean {
    const ends = this.ends.filter(({ round }) => since < round);
    return [...ends, ...(revoked === undefined ? [] : [revoked])].some((end) => this.isKnown(end, process));
  }

  private mustBeAlive({ since, revoked, doubtful }: Known): boolean {
    const last = Math.max(this.doubtful, ...this.ends.map(({ round }) => round));
    return since > last && revoked === undefined && !doubtful;
  }

  /** Here at once; elsewhere as soon as no answer can be older. */
  private isKnown({ by, at }: End, process: number): boolean {
    return by === process || this.now() - at >= (staleness[process] ?? 0) * 1000;
  }

  private end(process: number): End {
    return { round: this.round, at: this.now(), by: process };
  }

  private at(process: number): Door {
    return this.processes[process] as Door;
  }

  private async settled<T>(answer: Promise<T>): Promise<T> {
    await this.dealt.run([async () => void (await answer)]);
    return answer;
  }

  private now(): number {
    return Number(this.calm.clock.now());
  }

  private dice(sides: number): number {
    return Math.floor(this.random() * sides);
  }
}

it(`holds in ${schedules} random schedules over two processes`, { timeout: 120_000 }, async () => {
  const judged: Judged = { dead: 0, alive: 0, either: 0 };
  for (let seed = 1; seed <= schedules; seed += 1) {
    const model = new Model(seed);
    await model.play().catch((error: Error) => {
      error.message = `schedule ${seed}: ${error.message}`;
      throw error;
    });
    for (const what of ['dead', 'alive', 'either'] as const) judged[what] += model.judged[what];
  }
  console.log(
    `${judged.dead} dead tokens refused, ${judged.alive} live ones accepted, ${judged.either} free to be either`,
  );
  expect(Math.min(judged.dead, judged.alive)).toBeGreaterThan(10 * schedules);
});
