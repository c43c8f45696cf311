/** What a new password has to be. */

import { defaults } from '../defaults.ts';
import type { PasswordReason } from '../errors.ts';
import type { Events } from '../events.ts';
import { faultName } from '../fault.ts';
import { CommonPasswords } from './common-passwords.ts';
import type { BreachedPasswords } from './password-options.ts';
import {
  charactersLeft,
  foldPassword,
  type PasswordOwner,
  placesOfWords,
  usableWords,
  wordsOfIssuer,
  wordsOfOwner,
} from './password-words.ts';

/** What {@link PasswordPolicy} works on. */
export interface PasswordPolicyParts {
  /** Code points. */
  readonly minLength: number;
  readonly words: readonly string[];
  readonly issuer: string;
  readonly breached?: BreachedPasswords | undefined;
  readonly events: Events;
}

/**
 * NIST SP 800-63B-4 §3.1.1.2 and ASVS 6.2: long, not one of those that are guessed first, and no rule about kinds of
 * characters. What is no text, or too long, was refused before. The password is hashed as it was typed; only for
 * comparisons it is folded, see {@link foldPassword}.
 */
export class PasswordPolicy {
  private readonly parts: PasswordPolicyParts;
  private readonly words: readonly string[];
  private readonly common = new CommonPasswords();

  constructor(parts: PasswordPolicyParts) {
    this.parts = parts;
    this.words = usableWords([...wordsOfIssuer(parts.issuer), ...parts.words]);
  }

  /**
   * Everything that is wrong with the password of that user. Only one that is otherwise fine is `breached`: the service
   * is not asked about others.
   *
   * @throws {ConfigError} when the list of common passwords cannot be loaded.
   */
  async problems(password: string, owner: PasswordOwner = {}): Promise<readonly PasswordReason[]> {
    const problems: readonly PasswordReason[] = [
      ...([...password].length < this.parts.minLength ? (['too-short'] as const) : []),
      ...((await this.common.has(password)) ? (['too-common'] as const) : []),
      ...this.guessableParts(password, owner),
    ];
    if (problems.length > 0) return problems;
    return (await this.isBreached(password)) ? ['breached'] : [];
  }

  /** What a form can show under the field, after its label. */
  advice(reasons: readonly PasswordReason[]): string {
    const { minLength } = this.parts;
    const sentences: Readonly<Record<PasswordReason, string>> = {
      'too-short': `must have at least ${minLength} characters`,
      'too-common': 'is one of the most common passwords',
      'contains-identifier': `needs at least ${minLength} characters beside your own name or address`,
      'contains-word': `needs at least ${minLength} characters beside words that are easy to guess here`,
      breached: 'is known from a breach of another site',
    };
    return reasons.map((reason) => sentences[reason]).join('; ');
  }

  /** Words that are easy to guess add nothing to the length. A long passphrase may hold them. */
  private guessableParts(password: string, owner: PasswordOwner): readonly PasswordReason[] {
    const text = foldPassword(password);
    const own = placesOfWords(text, wordsOfOwner(owner));
    const known = placesOfWords(text, this.words);
    if (charactersLeft(text, own, known) >= this.parts.minLength) return [];
    return [
      ...(own.size > 0 ? (['contains-identifier'] as const) : []),
      ...(known.size > 0 ? (['contains-word'] as const) : []),
    ];
  }

  /** Fails open: whoever can stop the service must not be able to stop registrations and resets. */
  private async isBreached(password: string): Promise<boolean> {
    const { breached, events } = this.parts;
    if (breached === undefined) return false;
    try {
      const answer: unknown = await inTime(async () => breached(password));
      if (typeof answer === 'boolean') return answer;
      throw new TypeError('passwords.breached must answer true or false');
    } catch (error) {
      events.emit('password.breach-check-failed', { fault: error === late ? 'timeout' : faultName(error) });
      return false;
    }
  }
}

const late = Symbol('late');

async function inTime(act: () => Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_resolve, reject) => {
    timer = setTimeout(reject, defaults.breachCheckTimeout, late);
    timer.unref();
  });
  try {
    return await Promise.race([act(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
