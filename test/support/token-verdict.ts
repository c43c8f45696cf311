/** What becomes of an access token at a door. */

import type { AuthCore, AuthErrorCode, VerifyOptions } from '../../src/index.ts';
import { AuthError } from '../../src/index.ts';

/** `accepted`, or the code of the refusal. Anything else that is thrown is a fault of ours. */
export async function verdictOn(
  { tokens }: Pick<AuthCore<never>, 'tokens'>,
  token: string,
  options?: VerifyOptions,
): Promise<'accepted' | AuthErrorCode> {
  try {
    await tokens.verify(token, options);
    return 'accepted';
  } catch (error) {
    if (AuthError.is(error)) return error.code;
    throw error;
  }
}

/** How often each verdict was given. */
export function tally<Verdict extends string>(
  verdicts: readonly Verdict[],
): Partial<Record<Verdict, number>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
