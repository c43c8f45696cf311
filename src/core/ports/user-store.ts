/** The port to the host's own user table. */

/** An id in whatever type the host's table has. An ObjectId is handed over as its text. */
export type UserId = string | number | bigint;

/** What an identifier is; the host may add kinds of its own with `identifierKind`. */
export type IdentifierKind = 'email' | 'username' | (string & {});

/** Whether an account may be used: `pending` waits for a proof of its address, `disabled` is refused. */
export type UserStatus = 'active' | 'pending' | 'disabled';

/** What ostiary may know of a user. `toAuthUser` makes it from a row: pure, synchronous, no I/O. */
export interface AuthUser {
  readonly id: UserId;
  /** The stored hash; `null`: no usable password. */
  readonly passwordHash: string | null;
  readonly email?: string | null;
  /** `undefined`: this table does not know, so nobody is asked. */
  readonly emailVerified?: boolean;
  /** Default: `active`. */
  readonly status?: UserStatus;
  readonly roles?: readonly string[];
  /** An explicit revocation counter, if the table has one: every change of it ends all sessions. */
  readonly epoch?: string | number;
}

/**
 * The table the application already has, in three functions. Further methods ({@link UserCapabilities}) switch
 * further features on.
 *
 * `null` or `undefined` means "not found" and nothing else; a fault throws. Ids round-trip in the host's own type.
 */
export interface UserStore<User> {
  findById(id: UserId): Promise<User | null | undefined>;
  /** The identifier comes normalised: trimmed, NFKC, an e-mail address in lower case. */
  findByIdentifier(identifier: string, kind: IdentifierKind): Promise<User | null | undefined>;
  /** The counterpart of Passport's `serializeUser`. */
  toAuthUser(user: User): AuthUser;
}

/** What the host's own table has beyond what ostiary knows; its `create` checks it. */
export type Profile = Readonly<Record<string, unknown>>;

/** A conditional write of a password hash. */
export interface PasswordHashUpdate {
  /** The hash to store. */
  readonly next: string;
  /** The hash that must still be there, compared null-safe. */
  readonly expected: string | null;
  /**
   * Why, for the host's own log. A `rehash` changes how the same password is stored: nobody needs to be told. With
   * `registration` an address that was never verified was registered again, and the second registration counts: then
   * `and not verified` belongs into the statement, for a row that you verify by other means at this very moment.
   */
  readonly reason: 'rehash' | 'change' | 'reset' | 'registration';
  /**
   * Only for `registration`: what else the second registration brought, to be stored by the same statement in the place
   * of what the first one did. A store that leaves it out keeps what the first one brought.
   */
  readonly registration?: { readonly username?: string; readonly profile: Profile };
}

/** An account to be made. */
export interface NewUser {
  /** Normalised: NFKC, lower case. */
  readonly email?: string;
  /** NFKC; its case as it was typed. */
  readonly username?: string;
  readonly passwordHash: string;
  /** What the application handed to `auth.register`, without what ostiary decides: never a role or a status. */
  readonly profile: Profile;
}

/** Optional methods of the same object. Each is one conditional write that says whether it won. */
export interface UserCapabilities<User> {
  /**
   * Compare-and-set: `update … set hash = next where id = ? and hash is not distinct from expected`. `false` means
   * that someone else wrote first. Switches on the upgrade of old hashes at login, and changing and resetting passwords.
   */
  updatePasswordHash(id: UserId, update: PasswordHashUpdate): Promise<boolean>;
  /**
   * One insert, which a unique index decides; it never replaces a row. Says which identifier is taken. Where addresses
   * are verified, the new row is not yet: `toAuthUser` says `emailVerified: false` or `status: 'pending'` of it.
   * Switches on `auth.register`.
   */
  create(
    user: NewUser,
  ): Promise<
    { readonly ok: true; readonly user: User } | { readonly ok: false; readonly taken: 'email' | 'username' }
  >;
  /**
   * `update … set verified = true where id = ? and mail = ?`, and makes a `pending` account `active` by the same
   * statement, though not a `disabled` one. `false`: the account has another address by now. Switches on verified addresses.
   */
  markEmailVerified(id: UserId, email: string): Promise<boolean>;
  /**
   * `update … set mail = to where id = ? and mail is not distinct from from`, which a unique index may refuse. `stale`:
   * the account has another address by now; `taken`: somebody else has the new one. The new address counts as verified.
   * Switches on changing addresses.
   */
  replaceEmail(
    id: UserId,
    change: { readonly from: string | null; readonly to: string },
  ): Promise<'changed' | 'stale' | 'taken'>;
  /** Switches on `auth.accounts.setStatus`. `false`: there is no such user. */
  setStatus(id: UserId, status: UserStatus): Promise<boolean>;
  /** Deletes the row, or makes it one that no finder returns. `false`: there is none. Switches on closing accounts. */
  delete(id: UserId): Promise<boolean>;
  /** Changes `AuthUser.epoch`: a sign-out everywhere that survives a lost state store. */
  bumpEpoch(id: UserId): Promise<void>;
}

/** The name of an optional method of the user store. */
export type Capability = keyof UserCapabilities<unknown>;

/** The capabilities that a store's type really has; a method that may be `undefined` does not count. */
export type CapabilitiesOf<Store> = {
  [Name in Capability]: Name extends keyof Store ? (undefined extends Store[Name] ? never : Name) : never;
}[Capability];

/**
 * Stands where a method would be whose capability the user store lacks, so that calling it does not compile and
 * the compiler's message names what to add.
 */
export interface NeedsUserStoreMethod<Method extends Capability> {
  readonly addThisMethodToYourUserStore: Method;
}
