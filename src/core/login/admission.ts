/** The queue in front of the password hasher. */

import { defaults } from '../defaults.ts';
import { RetryError } from '../errors.ts';

/** Whose place in the queue a job takes: turns go round by address, and within an address by identifier. */
export interface Lane {
  readonly address: string;
  readonly identifier: string;
}

interface Waiter {
  readonly start: () => void;
  readonly refuse: (reason: RetryError) => void;
}

/**
 * Lets a bounded number of jobs run at once and a bounded number wait. Hashing is made to be expensive, so that a
 * flood of logins is the cheapest way to stop an application (ASVS 15.2.2); here it fills its own lanes, and when the
 * whole queue is full the longest of them gives way to whoever has none.
 */
export class Admission {
  private readonly lanes = new Map<string, Map<string, Waiter[]>>();
  private readonly waitingIn = new Map<string, number>();
  private readonly concurrency: number;
  private running = 0;
  private waiting = 0;

  constructor(concurrency: number) {
    this.concurrency = concurrency;
  }

  /**
   * Runs the job when its turn comes.
   *
   * @throws {RetryError} `ERR_SERVER_BUSY` when the queue or the lane is full, at once or when the place goes to an
   * address with fewer waiters. The job has not run.
   */
  async run<T>(lane: Lane, job: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) this.running += 1;
    else await this.turn(lane);
    try {
      return await job();
    } finally {
      this.leave();
    }
  }

  private turn({ address, identifier }: Lane): Promise<void> {
    const inLane = this.waitingIn.get(address) ?? 0;
    if (inLane >= defaults.admissionWaitingPerLane) throw tooMany();
    if (this.waiting >= defaults.admissionWaiting && !this.makeRoom(inLane)) throw tooMany();
    this.waiting += 1;
    this.waitingIn.set(address, inLane + 1);
    const lane = this.lanes.get(address) ?? new Map<string, Waiter[]>();
    const waiters = lane.get(identifier) ?? [];
    this.lanes.set(address, lane.set(identifier, waiters));
    return new Promise((start, refuse) => {
      waiters.push({ start, refuse });
    });
  }

  /** Refuses the newest waiter of the longest lane, if that lane stays longer than the newcomer's. */
  private makeRoom(inLane: number): boolean {
    const [longest, length] = [...this.waitingIn].reduce((one, other) => (other[1] > one[1] ? other : one));
    const lane = this.lanes.get(longest);
    const [identifier, waiters] = [...(lane ?? [])].at(-1) ?? [];
    if (length <= inLane + 1 || lane === undefined || identifier === undefined || waiters === undefined)
      return false;
    waiters.pop()?.refuse(tooMany());
    if (waiters.length === 0) lane.delete(identifier);
    this.waiting -= 1;
    this.countDown(longest);
    return true;
  }

  /** Hands the place on to the next waiter, so that nobody who comes now can slip in between. */
  private leave(): void {
    const next = this.next();
    if (next === undefined) this.running -= 1;
    else next.start();
  }

  /** The first waiter of the lane whose turn it is; that lane, and the identifier in it, go to the back. */
  private next(): Waiter | undefined {
    const [address, lane] = first(this.lanes);
    if (address === undefined || lane === undefined) return undefined;
    const [identifier, waiters] = first(lane);
    if (identifier === undefined || waiters === undefined) return undefined;
    const waiter = waiters.shift();
    lane.delete(identifier);
    if (waiters.length > 0) lane.set(identifier, waiters);
    this.lanes.delete(address);
    if (lane.size > 0) this.lanes.set(address, lane);
    this.waiting -= 1;
    this.countDown(address);
    return waiter;
  }

  private countDown(address: string): void {
    const left = (this.waitingIn.get(address) ?? 1) - 1;
    if (left === 0) this.waitingIn.delete(address);
    else this.waitingIn.set(address, left);
  }
}

function tooMany(): RetryError {
  return new RetryError('ERR_SERVER_BUSY', 'too many passwords are waiting to be checked', {
    retryAfterSeconds: defaults.retryAfter,
  });
}

/** The oldest entry: a `Map` keeps its entries in the order in which they were put in. */
function first<Key, Value>(
  map: ReadonlyMap<Key, Value>,
): readonly [Key, Value] | readonly [undefined, undefined] {
  for (const entry of map) return entry;
  return [undefined, undefined];
}
