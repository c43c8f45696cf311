/**
 * Types what the guards put on Express' requests, for every file of the program: `req.auth`, and `req.user` as
 * `Express.User`, an interface that starts empty and that you fill with your row. It is types only, and one import of it
 * is enough. Leave it out where another package types `req.auth` already, as express-oauth2-jwt-bearer does (TS2717):
 * there `getAuth(req)` is typed without it.
 *
 * @example
 * ```ts
 * import 'ostiary/express/augment';
 * import type { Customer } from './your-app.js';
 *
 * declare global {
 *   namespace Express {
 *     interface User extends Customer {}
 *   }
 * }
 * ```
 *
 * @module
 */

import type { RequestAuth } from './request-auth.ts';

declare global {
  namespace Express {
    /** Your row, once you fill it. Merges with the one of @types/passport. */
    interface User {}
    /** What a guard puts on it. */
    interface Request {
      auth?: RequestAuth | undefined;
      // `| undefined`, to the letter as in @types/passport: with exactOptionalPropertyTypes TS2687 and TS2717 otherwise.
      user?: User | undefined;
    }
  }
}
