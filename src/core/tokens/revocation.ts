/** One small record per user that ends sessions and tokens. */

import { randomId } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { RetryError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { UserId } from '../ports/user-store.ts';
import type { StateKeys } from '../state-keys.ts';

/** A user's record: the mark that living sessions and tokens must carry, and what was denied one by one. */
export interface RevocationRecord {
  /** `null`: nothing was ever ended as a whole. */
  readonly mark: string | null;
  /** Denied ids, each with the second at which it would have ended anyway. */
  readonly denied: Readonly<Record<string, number>>;
}

/** What {@link Revocations} works on. */
export interface RevocationsParts {
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly clock: Clock;
  /** The longest life of anything that can be revoked: a record must not end before it. */
  readonly lifeSeconds: number;
}

const nothing: RevocationRecord = { mark: null, denied: {} };
const attempts = 200;

/**
 * Ends sessions and tokens with one read per check. "All of this user" is a fresh random mark, compared for equality:
 * no clocks are compared, so that a login in the same second as a sign-out everywhere is judged right.
 */
export class Revocations {
  private readonly parts: RevocationsParts;

  constructor(parts: RevocationsParts) {
    this.parts = parts;
  }

  /** The user's present mark, which whatever starts now carries. */
  async mark(userId: UserId): Promise<string | null> {
    return (await this.read(this.parts.keys.revocation(userId))).mark;
  }

  /** The same look-up for an identifier that nobody has. */
  async markOfNobody(identifier: string): Promise<null> {
    await this.read(this.parts.keys.revocationOfNobody(identifier));
    return null;
  }

  /** Whether something of this user that carries this mark and this id is dead. */
  async isRevoked(userId: UserId, gen: string | null, id: string): Promise<boolean> {
    const record = await this.read(this.parts.keys.revocation(userId));
    if (record.mark !== null && record.mark !== gen) return true;
    return Object.hasOwn(record.denied, id);
  }

  /** Ends everything the user has. One unconditional write: the fresh mark covers what was denied before. */
  async endAll(userId: UserId): Promise<void> {
    await this.parts.state.put(
      this.parts.keys.revocation(userId),
      JSON.stringify({ mark: randomId(), denied: {} }),
      this.parts.lifeSeconds,
    );
  }

  /** Ends one session or token, which would have ended by itself `endsInSeconds` from now. */
  async deny(userId: UserId, id: string, endsInSeconds: number): Promise<void> {
    const key = this.parts.keys.revocation(userId);
    const { state, lifeSeconds } = this.parts;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const stored = await state.get(key);
      const next = JSON.stringify(this.withDenied(parse(stored), id, endsInSeconds));
      const written =
        stored === null
          ? await state.putIfAbsent(key, next, lifeSeconds)
          : await state.compareAndSet(key, stored, next, lifeSeconds);
      if (written) return;
    }
    throw new RetryError('ERR_STATE_UNAVAILABLE', 'the revocation record is being written too often', {
      retryAfterSeconds: defaults.retryAfter,
    });
  }

  private withDenied(record: RevocationRecord, id: string, endsInSeconds: number): RevocationRecord {
    const now = Math.floor(Number(this.parts.clock.now()) / 1000);
    const live = Object.entries(record.denied).filter(([, until]) => until > now);
    // A user who ends that many sessions within one session's life is signed out everywhere: the record stays small.
    if (live.length >= defaults.deniedPerUser) return { mark: randomId(), denied: {} };
    return { mark: record.mark, denied: Object.fromEntries([...live, [id, now + endsInSeconds]]) };
  }

  private async read(key: string): Promise<RevocationRecord> {
    return parse(await this.parts.state.get(key));
  }
}

/** A record that cannot be read may be somebody's revocation: it lets nobody in. */
function parse(stored: string | null): RevocationRecord {
  if (stored === null) return nothing;
  const record = readJson(stored) as Partial<RevocationRecord> | null | undefined;
  const { mark, denied } = record ?? {};
  if ((mark === null || typeof mark === 'string') && typeof denied === 'object' && denied !== null) {
    return { mark, denied };
  }
  throw new RetryError('ERR_STATE_UNAVAILABLE', 'a revocation record in the state store cannot be read', {
    retryAfterSeconds: defaults.retryAfter,
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
