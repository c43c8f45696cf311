/** A fingerprint of a user's credential, carried by everything that must die when the password changes. */

import { equalSecrets, mac } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { ConfigError } from '../errors.ts';
import { kindOf } from '../options.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { AuthUser } from '../ports/user-store.ts';
import type { DerivedKey, Secrets } from '../secrets.ts';
import type { StateKeys } from '../state-keys.ts';
import { encodeUserId } from '../user-id.ts';
import { passwordHashOf } from '../users.ts';

const purpose = 'epoch';

/** An epoch as an artefact carries it: the value, and the name of the secret that made it. */
export interface EpochClaim {
  readonly epoch: string;
  readonly secretId: string;
}

/** What {@link CredentialEpochs} works on. */
export interface CredentialEpochsParts {
  readonly secrets: Secrets;
  readonly state: StateStore;
  readonly keys: StateKeys;
  /** The longest life of anything that carries an epoch. */
  readonly lifeSeconds: number;
}

/**
 * The epoch of a user is an HMAC of the id, the stored hash and the table's own counter. A changed password, also one
 * that was changed outside ostiary, changes it, and whatever carries the old one is dead: no table, no sweep.
 *
 * A rehash at login changes the stored hash too, though not the password. It records the epochs that the new hash
 * follows, and they stay alive. Nothing else may record a predecessor: that would revive sessions a change has ended.
 */
export class CredentialEpochs {
  private readonly parts: CredentialEpochsParts;

  constructor(parts: CredentialEpochsParts) {
    this.parts = parts;
  }

  /** The claim that a new artefact of this user carries. */
  current(user: AuthUser): EpochClaim {
    const key = this.parts.secrets.current(purpose);
    return { epoch: epochOf(key, user, passwordHashOf(user)), secretId: key.secretId };
  }

  /** Whether the claim is the user's current epoch or one that a rehash has recorded as its predecessor. */
  async isAlive(claim: EpochClaim, user: AuthUser): Promise<boolean> {
    const key = this.parts.secrets.byId(purpose, claim.secretId);
    if (key === undefined) return false;
    const current = epochOf(key, user, passwordHashOf(user));
    if (equalSecrets(current, claim.epoch)) return true;
    return (await this.predecessors(current)).includes(claim.epoch);
  }

  /**
   * Records, before the new hash is written, that its epoch follows the present one: for every secret, because the
   * sessions alive were made with any of them. The whole list is written anew with a full life, so that one read
   * finds every predecessor that can still be in use.
   */
  async recordRehash(user: AuthUser, nextHash: string): Promise<void> {
    for (const key of this.parts.secrets.all(purpose)) {
      const old = epochOf(key, user, passwordHashOf(user));
      const list = [old, ...(await this.predecessors(old))].slice(0, defaults.epochPredecessors);
      const next = epochOf(key, user, nextHash);
      await this.parts.state.put(this.parts.keys.epoch(next), JSON.stringify(list), this.parts.lifeSeconds);
    }
  }

  private async predecessors(epoch: string): Promise<readonly string[]> {
    const list = await this.parts.state.get(this.parts.keys.epoch(epoch));
    return list === null ? [] : (JSON.parse(list) as readonly string[]);
  }
}

function epochOf(key: DerivedKey, user: AuthUser, passwordHash: string | null): string {
  checkField('passwordHash', user.passwordHash, 'a text or null', ['string']);
  checkField('epoch', user.epoch, 'a text or a number', ['string', 'number']);
  return mac(key.key, ...encodeUserId(user.id), JSON.stringify([passwordHash, user.epoch ?? null]));
}

/** A `Buffer` of a binary column, or a promise, would look the same after a change and keep the session alive. */
function checkField(name: string, value: unknown, what: string, types: readonly string[]): void {
  if (value === undefined || value === null || types.includes(typeof value)) return;
  throw new ConfigError(`users.toAuthUser.${name}`, `must be ${what}, got ${kindOf(value)}`);
}
