/** One user, one login with refresh tokens, and everybody who lays hands on it. */

import { readRefreshToken } from '../../src/core/tokens/refresh-token.ts';
import type { TokenPair } from '../../src/index.ts';
import { aliceRow } from '../support/door.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Turns, turns } from '../support/turns.ts';
import type { Outcome, World } from './refresh-model-world.ts';

/** Somebody's copy of the refresh token: a cookie jar, which tabs share, or the notes of a thief. */
export interface Jar {
  text: string;
}

/** One request to refresh. */
export interface Use {
  readonly text: string;
  /** The number of the token in its line. */
  readonly generation: number;
  /** The highest number that somebody had been handed when it began. */
  readonly newest: number;
  /** Seconds since the epoch: when it began. */
  readonly at: number;
  readonly end: Outcome<TokenPair>['end'];
  readonly repeated: boolean;
  /** Whether it made the next token, also when nobody was told. */
  readonly counted: boolean;
  /** Whether another was faster. */
  readonly lost: boolean;
  /** Whether it died while it ended the login. */
  readonly diedEnding: boolean;
}

/** An access token that somebody was handed. */
interface Issued {
  readonly text: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

const endings = ['refresh token', 'access token', 'session', 'password', 'row'] as const;
/** How the login is ended. */
export type Ending = (typeof endings)[number];

const deviceToken = 'a browser that says which one it is';

export class Story {
  readonly world: World;
  readonly dealt: Turns;
  readonly uses: Use[] = [];
  /** Every refresh token that somebody was handed. */
  readonly handed: Set<string> = new Set();
  readonly accessTokens: Issued[] = [];
  /** What somebody was told is done. */
  readonly ended: Ending[] = [];
  /** How many died while they ended it. */
  diedEnding = 0;
  /** How often a thief used what he copied. */
  stolen = 0;
  readonly user: number;
  readonly jar: Jar = { text: '' };
  private readonly random: () => number;
  private newest = 0;

  constructor(world: World, seed: number) {
    this.world = world;
    this.user = seed;
    this.random = seededRandom(seed);
    this.dealt = turns(this.random);
  }

  async begin(): Promise<void> {
    const row = aliceRow({ key: this.user });
    this.world.begin(row, this.dealt);
    this.take(this.jar, await this.world.calm.tokens.issue(row, { refresh: true, deviceToken }), this.now());
  }

  /** Where the clock was set back it goes on until nothing is from the future any more. */
  settle(): void {
    const last = Math.max(...this.accessTokens.map(({ at }) => at));
    this.world.clock.advance(Math.max(0, last - this.now()));
  }

  dice(sides: number): number {
    return Math.floor(this.random() * sides);
  }

  /** Seconds since the epoch. */
  now(): number {
    return this.world.clock.now().getTime() / 1000;
  }

  /** With all turns dealt until the answer is there. */
  async calmly<Value>(act: () => Promise<Value>): Promise<Value> {
    const answers: Value[] = [];
    await this.dealt.run([async () => void answers.push(await act())]);
    return answers[0] as Value;
  }

  async wait(most: number): Promise<void> {
    for (let turn = this.dice(most + 1); turn > 0; turn -= 1) await this.dealt.turn();
  }

  /** Refreshes now and then with what is in the jar. After an answer that got lost, asks again. */
  async visit(jar: Jar, times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      await this.wait(6);
      const { end } = await this.refresh(jar, this.dice(5) === 0 ? 1 + this.dice(4) : undefined);
      if (end === 'died') left += 1;
      // A refusal empties no jar: another tab may have put a good one into it.
      else if (end !== 'answered') return;
    }
  }

  /** Copies what is in the jar at some moment, and uses it at a later one. */
  async steal(): Promise<void> {
    await this.wait(20);
    const loot = { text: this.jar.text };
    await this.wait(20);
    const before = this.uses.length;
    await this.visit(loot, 1 + this.dice(2));
    this.stolen += this.uses.length > before ? 1 : 0;
  }

  /** Until somebody is told that it is done. */
  async endSomehow(): Promise<void> {
    await this.wait(20);
    const [ending, text, issued] = [endings[this.dice(endings.length)], this.jar.text, this.accessTokens[0]];
    if (ending === undefined || issued === undefined) return;
    await this.wait(20);
    for (let tries = 0; tries < 3; tries += 1) {
      const dieAfterWrite = tries < 2 && this.dice(3) === 0 ? 1 + this.dice(4) : undefined;
      // What is from the future, or over, is no token: it ends nothing, and a client can know that.
      if (ending === 'access token' && issued.at > this.now()) return;
      const { end } = await this.end(ending, { text, accessToken: issued.text }, dieAfterWrite);
      if (end === 'answered') this.ended.push(ending);
      if (end !== 'died') return;
      this.diedEnding += 1;
      await this.wait(4);
    }
  }

  async passTime(steps: readonly number[], times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      await this.wait(12);
      this.world.clock.advance(steps[this.dice(steps.length)] ?? 0);
    }
  }

  /** A refused one leaves the jar alone. */
  async refresh(jar: Jar, dieAfterWrite?: number): Promise<Outcome<TokenPair>> {
    const [text, at, newest] = [jar.text, this.now(), this.newest];
    const outcome = await this.world.act((auth) => auth.tokens.refresh(text, { deviceToken }), dieAfterWrite);
    const { end, value, writes, late, repeated } = outcome;
    const counted = writes.includes('compareAndSet refresh');
    this.uses.push({
      ...{ text, newest, at, end, repeated, counted },
      generation: generationOf(text),
      lost: late.includes('compareAndSet refresh'),
      diedEnding: end === 'died' && !counted,
    });
    if (value !== undefined) this.take(jar, value, at);
    return outcome;
  }

  private end(
    ending: Ending,
    { text, accessToken }: { readonly text: string; readonly accessToken: string },
    dieAfterWrite: number | undefined,
  ): Promise<Outcome<unknown>> {
    const { user } = this;
    const [sessionId = ''] = text.split('.');
    const row = this.world.table.rows[0] ?? aliceRow();
    const currentPassword = row.hash?.replace(/^plain:1:/, '') ?? '';
    const newPassword = `${currentPassword}, changed`;
    return this.world.act<unknown>(async (auth) => {
      if (ending === 'refresh token') return auth.tokens.revoke(text);
      if (ending === 'access token') return auth.tokens.revoke(accessToken);
      if (ending === 'session') return auth.sessions.end({ userId: user, sessionId });
      if (ending === 'password') {
        return auth.passwords.change({ user: { ...row }, currentPassword, newPassword });
      }
      // The host's own page, written before it knew of us.
      row.hash = `plain:1:${newPassword}`;
      return undefined;
    }, dieAfterWrite);
  }

  private take(jar: Jar, { refreshToken = '', accessToken }: TokenPair, at: number): void {
    jar.text = refreshToken;
    this.handed.add(refreshToken);
    this.newest = Math.max(this.newest, generationOf(refreshToken));
    this.accessTokens.push({ text: accessToken, at });
  }
}

function generationOf(text: string): number {
  return readRefreshToken(text)?.generation ?? 0;
}
