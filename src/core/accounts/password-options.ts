/** The group `passwords` of `createAuth`. */

import { defaults } from '../defaults.ts';
import { ConfigError } from '../errors.ts';
import { kindOf, type OptionCheck, readOptions, wholeNumber } from '../options.ts';

/** Says whether a password is known to be in the hands of attackers. It fails open: see `passwords.breached`. */
export type BreachedPasswords = (password: string) => Promise<boolean>;

/** What new passwords have to be. Passwords that are there already are not asked about. */
export interface PasswordOptions {
  /** Code points, from 8 to 64. Default: 15. Less needs a second factor (NIST SP 800-63B-4, ASVS 6.2.1). */
  readonly minLength?: number;
  /** Words that are easy to guess here, such as the names of products (ASVS 6.2.11): they add nothing to the length. */
  readonly words?: readonly string[];
  /**
   * Asked about each new password that is otherwise acceptable: `pwnedPasswords({ fetch })`, or your own. When it fails,
   * or takes longer than 2 seconds, the password is accepted and the event `password.breach-check-failed` says so.
   */
  readonly breached?: BreachedPasswords;
}

/** The group, read. */
export interface PasswordSettings {
  readonly minLength: number;
  readonly words: readonly string[];
  readonly breached: BreachedPasswords | undefined;
}

/** @throws {ConfigError} naming the option. */
export function readPasswordOptions(value: unknown, path: string): PasswordSettings {
  const read = readOptions<PasswordSettings>(path, value, {
    minLength: wholeNumber({ min: 8, max: 64, fallback: defaults.passwordMinLength }),
    words,
    breached,
  });
  if (read.minLength < defaults.passwordMinLength) {
    process.emitWarning(
      `${path}.minLength is ${read.minLength}: NIST SP 800-63B-4 asks for 15 where a password is the only factor, and OWASP ASVS 6.2.1 recommends it`,
      { code: 'OSTIARY_SHORT_PASSWORDS' },
    );
  }
  return read;
}

const words: OptionCheck<readonly string[]> = (value, path) => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(path, `must be a list of words, got ${kindOf(value)}`);
  value.forEach((word, index) => {
    if (typeof word === 'string' && word.trim() !== '') return;
    throw new ConfigError(`${path}.${index}`, `must be a word, got ${kindOf(word)}`);
  });
  return Object.freeze([...value]) as readonly string[];
};

const breached: OptionCheck<BreachedPasswords | undefined> = (value, path) => {
  if (value === undefined || typeof value === 'function') return value as BreachedPasswords | undefined;
  throw new ConfigError(path, `must be a function of a password, got ${kindOf(value)}`);
};
