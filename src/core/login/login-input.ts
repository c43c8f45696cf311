/** What a login form sent, checked before any work. */

import { type ClassifyIdentifier, type Identifier, readIdentifier } from '../accounts/identifier.ts';
import { defaults } from '../defaults.ts';
import { InputError } from '../errors.ts';
import { isWellFormed } from '../well-formed.ts';

/** The body of a login. */
export interface LoginInput {
  readonly identifier: string;
  /** Taken exactly as it was typed: no trimming, no case change (ASVS 6.2.8). */
  readonly password: string;
}

/** The input, or an `InputError` that names each bad field. Only maximum lengths are checked at a login. */
export function readLogin(
  input: unknown,
  classify: ClassifyIdentifier,
): { readonly identifier: Identifier; readonly password: string } {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const identifier = fieldIdentifier(given['identifier'], classify);
  const passwordProblem = problemOfPassword(given['password']);
  if (!('problem' in identifier) && passwordProblem === null) {
    return { identifier, password: given['password'] as string };
  }
  throw new InputError({
    ...('problem' in identifier ? { identifier: identifier.problem } : {}),
    ...(passwordProblem === null ? {} : { password: passwordProblem }),
  });
}

function fieldIdentifier(
  value: unknown,
  classify: ClassifyIdentifier,
): Identifier | { readonly problem: string } {
  if (value === undefined || value === null) return { problem: 'is missing' };
  // An object would be an operator to some databases (CVE-2026-30941): the store never sees one.
  if (typeof value !== 'string') return { problem: 'must be a text' };
  return readIdentifier(value, classify);
}

/** What is wrong with a password as text, or `null`. It says nothing of how good the password is. */
export function problemOfPassword(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return 'is missing';
  if (typeof value !== 'string') return 'must be a text';
  if (value.length > defaults.passwordMaxBytes) return 'is too long';
  if ([...value].length > defaults.passwordMaxLength) return 'is too long';
  return isWellFormed(value) ? null : 'is not valid text';
}
