/** Replacing an old hash at the one moment at which the password is known. */

import type { Events, RehashObstacle } from '../events.ts';
import { faultName } from '../fault.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { AuthUser } from '../ports/user-store.ts';
import type { CredentialEpochs } from '../sessions/credential-epoch.ts';
import { type CheckedUsers, findExactly, passwordHashOf } from '../users.ts';
import type { Admission, Lane } from './admission.ts';

/** What {@link Rehash} works on. */
export interface RehashParts<User> {
  readonly users: CheckedUsers<User>;
  readonly hasher: PasswordHasher;
  readonly admission: Admission;
  readonly epochs: CredentialEpochs;
  readonly events: Events;
}

/** A login whose password was right. */
export interface RightPassword<User> {
  readonly row: User;
  readonly user: AuthUser;
  readonly password: string;
  readonly lane: Lane;
}

/**
 * Upgrades hashes at login. It never fails the login, loses to a change of the password that happens meanwhile, and
 * signs no other device out, because the new hash's epoch is first recorded as a successor of the old one.
 */
export class Rehash<User> {
  private readonly parts: RehashParts<User>;
  /** A column that cut one hash would cut the next. */
  private columnTooShort = false;

  constructor(parts: RehashParts<User>) {
    this.parts = parts;
  }

  /** The user's row as it stands afterwards: the new one, or on any obstacle the one handed in. */
  async upgrade(login: RightPassword<User>): Promise<User> {
    const { users, hasher, events } = this.parts;
    const old = passwordHashOf(login.user);
    if (users.can.updatePasswordHash === undefined || old === null || this.columnTooShort) return login.row;
    if (!hasher.needsRehash(old, login.password)) return login.row;
    const skip = (obstacle: RehashObstacle, error?: unknown): User => {
      const fault = error === undefined ? {} : { fault: faultName(error) };
      events.emit('password.rehash-skipped', { userId: login.user.id, obstacle, ...fault });
      return login.row;
    };
    let obstacle: RehashObstacle = 'busy';
    try {
      const next = await this.parts.admission.run(login.lane, () => hasher.hash(login.password));
      obstacle = 'predecessor-not-recorded';
      await this.parts.epochs.recordRehash(login.user, next);
      obstacle = 'store-failed';
      return await this.write(login, old, next, skip);
    } catch (error) {
      return skip(obstacle, error);
    }
  }

  private async write(
    { row, user }: RightPassword<User>,
    old: string,
    next: string,
    skip: (obstacle: RehashObstacle) => User,
  ): Promise<User> {
    const { users, events } = this.parts;
    const update = users.can.updatePasswordHash;
    if (update === undefined) return row;
    if (!(await update(user.id, { next, expected: old, reason: 'rehash' }))) return skip('changed-meanwhile');
    const written = await findExactly(users, user.id);
    const stored = written === null ? null : passwordHashOf(written.user);
    if (stored !== null && stored !== next && next.startsWith(stored)) {
      // The column cut it: put the old hash back, or nobody could ever log in to this account again.
      this.columnTooShort = true;
      await untilDone(() => update(user.id, { next: old, expected: stored, reason: 'rehash' }));
      return skip('column-too-short');
    }
    events.emit('password.rehashed', { userId: user.id });
    // Another hash than ours means that the password was changed meanwhile: the session must see that, not hide it.
    return written !== null && stored === next ? written.row : row;
  }
}

/** Three times: a fault of the store at this very moment would lock the account. */
export async function untilDone(act: () => Promise<unknown>): Promise<void> {
  await act().catch(act).catch(act);
}
