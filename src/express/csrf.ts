/** The guard against forged requests, for the host's other routes. */

import { readOptions } from '../core/options.ts';
import { readOrigins, refuseForgery } from '../http/csrf.ts';
import { answered } from '../http/problem.ts';
import type { Middleware } from './middleware.ts';

/** Which requests count as the application's own. */
export interface CsrfOptions {
  /** Further origins whose pages may send unsafe requests: `['https://admin.shop.example']`. */
  readonly origins?: readonly string[];
}

/**
 * Refuses requests that may change something and come from another site: `ERR_CSRF_REJECTED` goes to `next` with
 * status 403. By `Origin` and `Sec-Fetch-Site`, without tokens. `requireAuth`, `sessionLogin` and the Passport adapters
 * do this themselves; mount it for routes that use the session in another way.
 *
 * @throws {ConfigError} naming the option.
 */
export function csrf(options?: CsrfOptions): Middleware {
  const { origins } = readOptions<{ readonly origins: readonly string[] }>('csrf', options, {
    origins: readOrigins,
  });
  return function csrf(request, _response, next) {
    try {
      refuseForgery(request, origins);
    } catch (error) {
      next(answered(error, { issuer: '' }));
      return;
    }
    next();
  };
}
