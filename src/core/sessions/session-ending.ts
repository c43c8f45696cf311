/** Ending one login: a cookie session, or one that has refresh tokens. */

import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { UserId } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import type { Secrets } from '../secrets.ts';
import type { StateKeys } from '../state-keys.ts';
import { openFamily } from '../tokens/refresh-family.ts';
import type { Revocations } from '../tokens/revocation.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What {@link SessionEnding} works on. */
export interface SessionEndingParts {
  readonly secrets: Secrets;
  readonly revocations: Revocations;
  readonly registry: SessionRegistry;
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly clock: Clock;
  /** The longest life of a session. */
  readonly sessionSeconds: number;
  /** The longest life of an access token. */
  readonly accessSeconds: number;
  /** The longest life of anything. */
  readonly longestSeconds: number;
}

/** The one way in which a single login ends, whoever asks for it. */
export class SessionEnding {
  private readonly parts: SessionEndingParts;

  constructor(parts: SessionEndingParts) {
    this.parts = parts;
  }

  /**
   * Ends the login of this id, if it is the user's. A family of refresh tokens is denied before it is deleted: the other
   * way round, a crash between the two would leave its access tokens alive, with nothing left by which to find them.
   * Once it is deleted, the denial is as long as an access token only, or a year of logouts would fill the record.
   */
  async end(userId: UserId, id: string): Promise<void> {
    const { secrets, revocations, registry, state, keys, clock } = this.parts;
    const key = keys.refresh(id);
    const stored = await state.get(key);
    const read = openFamily(secrets, id, stored);
    if (read === null) return this.endSession(userId, id, stored);
    // Another user's: there is nothing to end, and ids of others must not fill this user's record.
    if (read.userId !== userId) return;
    const now = secondsNow(clock);
    const { end, accessEnd } = read.family;
    // Not by our own options alone: a machine with others may have issued what is ended here.
    const shortest = Math.max(accessEnd - now, this.parts.accessSeconds);
    await revocations.deny(userId, id, Math.max(end - now, shortest));
    await registry.remove(userId, id);
    await state.delete(key);
    await revocations.deny(userId, id, shortest);
  }

  /** What is stored and cannot be read may be a family all the same, of a secret that only another process has. */
  private async endSession(userId: UserId, id: string, stored: string | null): Promise<void> {
    const { revocations, registry, sessionSeconds, accessSeconds, longestSeconds } = this.parts;
    const left = stored === null ? sessionSeconds : longestSeconds;
    await revocations.deny(userId, id, Math.max(left, accessSeconds));
    if (registry.enabled) await registry.remove(userId, id);
  }
}
