/** What the package leaves alone as long as nobody asks: the requests of the whole program. */

import type { Request } from 'express';
import { requireAuth } from 'ostiary/express';
import { LocalStrategy } from 'ostiary/passport';
import { auth } from '../shop/auth.js';

export const guard = requireAuth(auth);
export const strategy = new LocalStrategy(auth);

declare const request: Request;
// @ts-expect-error typed by 'ostiary/express/augment' and by nothing else
request.auth;
