/** The arbiter over an account whose address nobody has proven. */

import { defaults } from '../defaults.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { UserId } from '../ports/user-store.ts';
import type { StateKeys } from '../state-keys.ts';

/** What may happen to an unverified account: its address is proven, or it is registered anew. */
type Claim = 'verified' | 'replaced';

/** What {@link UnverifiedAccounts} works on. */
export interface UnverifiedAccountsParts {
  readonly state: StateStore;
  readonly keys: StateKeys;
}

/**
 * The proof of an address and the second registration of it are two writes to one row, to columns of their own, and a
 * store takes both. Then an attacker who registers an address at the moment at which its owner proves it would have a
 * verified account with the attacker's password. So each claims the account first, under the password hash that it
 * has seen: of the two one wins, for this hash, for as long as any request can have seen the account as it was before.
 */
export class UnverifiedAccounts {
  private readonly parts: UnverifiedAccountsParts;

  constructor(parts: UnverifiedAccountsParts) {
    this.parts = parts;
  }

  /** Whether this may happen to the account with this hash. A crash leaves the claim, and whoever repeats it has it. */
  async claim(userId: UserId, passwordHash: string | null, claim: Claim): Promise<boolean> {
    const { state, keys } = this.parts;
    const key = keys.claim(userId, passwordHash);
    return (
      (await state.putIfAbsent(key, claim, defaults.unverifiedClaim)) || (await state.get(key)) === claim
    );
  }
}
