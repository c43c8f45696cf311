/** Token revocation (RFC 7009), for the router. */

import { InputError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { ownProperty } from '../core/own-property.ts';
import type { TokenService } from '../core/ports/token-service.ts';

/**
 * Ends the token that a revocation request names in its body. Whoever has a token may end it, and nothing is said of
 * whether there was one (§2.2); the hint `token_type_hint` is not needed, for a token shows its kind.
 *
 * @throws {AuthError} `ERR_INPUT_INVALID` without exactly one `token`; `ERR_STATE_UNAVAILABLE`: it is still alive, and
 * the client should ask again (§2.2.1: 503).
 */
export async function revokeByRequest(
  tokens: Pick<TokenService<never>, 'revoke'>,
  body: unknown,
): Promise<void> {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const token = ownProperty(fields, 'token');
  if (token === undefined || token === '') throw new InputError({ token: 'is missing' });
  if (typeof token !== 'string') throw new InputError({ token: `must be a text, got ${kindOf(token)}` });
  await tokens.revoke(token);
}
