/** The public keys, for those who check tokens elsewhere. */

import type { TokenService } from '../core/ports/token-service.ts';
import { jwksDocument } from '../http/jwks.ts';
import { answered } from '../http/problem.ts';
import type { Middleware } from './middleware.ts';

/**
 * Answers the JWK Set of `auth.tokens`: public keys only, none when tokens are signed with the secret.
 *
 * @example
 * ```ts
 * app.get('/.well-known/jwks.json', jwks(auth));
 * ```
 */
export function jwks(auth: {
  readonly issuer: string;
  readonly tokens: Pick<TokenService<never>, 'jwks'>;
}): Middleware {
  return function jwks(_request, response, next) {
    jwksDocument(auth.tokens)
      .then(({ headers, body }) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.statusCode = 200;
        response.end(body);
      })
      .catch((error: unknown) => next(answered(error, auth)));
  };
}
