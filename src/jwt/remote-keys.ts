/** Keys that another issuer publishes: fetched when they are needed, kept for a while, and never for long. */

import { defaults } from '../core/defaults.ts';
import { RetryError } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import { secondsNow } from '../core/seconds-now.ts';
import type { JwtAlgorithm } from './algorithms.ts';
import { type KeyRing, keyFor, ringOf } from './key-ring.ts';
import { readPublishedKeys } from './published-keys.ts';
import type { JwsHeader } from './strict-jws.ts';

/** The keys of another issuer. Made by `remoteJwks`, for `keys` of a verifier. */
export interface RemoteJwks {
  /** Where they are published. */
  readonly url: string;
}

/** Keys as they are now. */
export interface CurrentKeys {
  readonly ring: KeyRing;
  /** For how long they may be taken for those that are published. */
  readonly freshSeconds: number;
}

/** The keys of some algorithms, whose ring is another from time to time. */
export interface ChangingKeys {
  /**
   * The ring to look for the key of this token in.
   *
   * @throws {RetryError} `ERR_STATE_UNAVAILABLE` when nobody can say what is published.
   */
  ringFor(header: JwsHeader): Promise<CurrentKeys>;
}

/** How keys are fetched and kept; durations in seconds. */
export interface RemoteKeysSettings {
  /** The entries of the set. Rejects when there is no good answer. */
  readonly fetchEntries: () => Promise<readonly unknown[]>;
  /** Of the address, for messages: the rest of it may hold a secret. */
  readonly origin: string;
  readonly cacheMaxAge: number;
  readonly cooldown: number;
  readonly clock: Clock;
}

interface FetchedSet {
  readonly entries: readonly unknown[];
  readonly at: number;
  /** What was made of it, by algorithms. */
  readonly rings: Map<string, KeyRing>;
}

/** Shared by the ESM and CommonJS copies of this module. */
const inside = Symbol.for('ostiary.RemoteJwks');

/** What hosts hold: nothing but the address is to be seen of it. */
export function remoteJwksOf(url: string, keys: RemoteKeys): RemoteJwks {
  return Object.freeze(Object.defineProperty({ url }, inside, { value: keys }));
}

/** Whether it is one of {@link remoteJwksOf}, also of the other copy of this module. */
export function isRemoteJwks(value: unknown): value is RemoteJwks {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, inside);
}

/** Its keys for these algorithms, and for no other: what the set says of itself adds none (RFC 8725 §3.1). */
export function pinnedTo(algorithms: readonly JwtAlgorithm[], remote: RemoteJwks): ChangingKeys {
  const keys = Reflect.get(remote, inside) as RemoteKeys;
  return { ringFor: (header) => keys.ringFor(header, algorithms) };
}

const noKeys = ringOf([]);

/** One set at one address. */
export class RemoteKeys {
  private readonly settings: RemoteKeysSettings;
  private fetched: FetchedSet | undefined;
  private failure: { readonly cause: unknown } | undefined;
  private triedAt: number | undefined;
  private attempt: Promise<void> | undefined;

  constructor(settings: RemoteKeysSettings) {
    this.settings = settings;
  }

  /** As {@link ChangingKeys.ringFor}. */
  async ringFor(header: JwsHeader, algorithms: readonly JwtAlgorithm[]): Promise<CurrentKeys> {
    // No set has a key for it, so that none is fetched.
    if (!algorithms.includes(header.algorithm)) return { ring: noKeys, freshSeconds: 0 };
    if (!this.isFresh()) await this.fetchAgain();
    const keys = this.keysOf(algorithms);
    if (header.kid === undefined || keyFor(keys.ring, header) !== undefined) return keys;
    // A new key, or a name that a stranger has made up: therefore not for each of them.
    await this.fetchAgain();
    const newest = this.keysOf(algorithms);
    // Whether the issuer has such a key nobody can say. The client keeps its token and asks again.
    if (this.failure !== undefined && keyFor(newest.ring, header) === undefined) throw this.unavailable();
    return newest;
  }

  private isFresh(): boolean {
    return this.ageOf(this.fetched?.at) < this.settings.cacheMaxAge;
  }

  /** Absolute: of a clock that was set back, nobody knows by how much. */
  private ageOf(at: number | undefined): number {
    return at === undefined ? Number.POSITIVE_INFINITY : Math.abs(secondsNow(this.settings.clock) - at);
  }

  /** Once for all who wait, and not again for a while: whether it went well or not, and whoever asks. */
  private async fetchAgain(): Promise<void> {
    if (this.attempt === undefined && this.ageOf(this.triedAt) < this.settings.cooldown) return;
    this.attempt ??= this.fetchOnce().finally(() => {
      this.attempt = undefined;
    });
    await this.attempt;
  }

  private async fetchOnce(): Promise<void> {
    const { fetchEntries, clock } = this.settings;
    // Of the beginning: a key may be taken out while the answer is on its way.
    const at = secondsNow(clock);
    try {
      this.fetched = { entries: await fetchEntries(), at, rings: new Map() };
      this.failure = undefined;
    } catch (cause) {
      // Whatever it is, the keys of before go on for a while; after that it is the cause of every refusal.
      this.failure = { cause };
    }
    this.triedAt = secondsNow(clock);
  }

  private keysOf(algorithms: readonly JwtAlgorithm[]): CurrentKeys {
    const { fetched } = this;
    // A key that was stolen and taken out must not verify for ever because its issuer cannot be reached.
    if (fetched === undefined || this.ageOf(fetched.at) >= defaults.remoteKeysStale) throw this.unavailable();
    const name = algorithms.join(' ');
    const ring = fetched.rings.get(name) ?? ringOf(readPublishedKeys(fetched.entries, algorithms));
    fetched.rings.set(name, ring);
    return { ring, freshSeconds: this.settings.cacheMaxAge - this.ageOf(fetched.at) };
  }

  private unavailable(): RetryError {
    const { origin, cooldown } = this.settings;
    const wait = Math.max(1, cooldown - this.ageOf(this.triedAt));
    return new RetryError('ERR_STATE_UNAVAILABLE', `the keys of ${origin} cannot be fetched; see the cause`, {
      retryAfterSeconds: wait,
      ...this.failure,
    });
  }
}
