/** The port behind which passwords are hashed. */

/**
 * Hashes and verifies passwords. `bcrypt()`, `scrypt()` and `hasherChain()` in `ostiary/hashers` are such hashers.
 *
 * An implementation keeps these promises; the login relies on each:
 *
 * - `verify` always costs the same, whatever it is given: a `null`, malformed, foreign or cheaper hash is topped
 *   up to the work of the dearest hash the hasher accepts, so that the time of an answer tells a stranger nothing
 *   about an account (CVE-2016-2513, CVE-2025-22234).
 * - `verify` answers `false` for a hash it does not recognise and never throws because of what the hash looks like.
 * - `hash` and `verify` count the whole password, every byte of it.
 * - Neither blocks the event loop.
 */
export interface PasswordHasher {
  /** A short name, for events: `bcrypt`. */
  readonly id: string;

  /** How many calls may run at once; further ones wait in the admission queue. Default: 2. */
  readonly concurrency?: number;

  /** A new hash of the password, with its salt and cost in the text. */
  hash(password: string): Promise<string>;

  /** Whether the password is the one that was hashed. `null` means that there is no hash: full work, then `false`. */
  verify(password: string, hash: string | null): Promise<boolean>;

  /** Whether `verify` could ever say `true` for this hash: its format is known and its cost is acceptable. */
  recognises(hash: string): boolean;

  /**
   * Whether the login should replace this hash by a new one: it is cheaper than `hash` makes today, or it cannot
   * count the whole password. Asked only after the password was right.
   */
  needsRehash(hash: string, password: string): boolean;

  /** Ends workers and other resources. Calls under way are refused. */
  close?(): Promise<void>;
}
