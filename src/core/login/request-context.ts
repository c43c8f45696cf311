/** Where a request comes from, and what that is used for. */

import type { EventOrigin } from '../events.ts';
import { networkOf } from './address.ts';
import type { Lane } from './admission.ts';

/** Where a request comes from; adapters fill it from the request. */
export interface RequestContext {
  /** The visitor's address as the host's framework knows it (Express: `req.ip`, with `trust proxy` set right). */
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** What `auth.register` gave to this browser, out of a cookie: `HttpOnly`, and for no other site. */
  readonly deviceToken?: string | undefined;
}

/** What events say of it. */
export function originOf(context: RequestContext): EventOrigin {
  const { ip, userAgent } = context ?? {};
  return {
    ...(typeof ip === 'string' ? { ip } : {}),
    ...(typeof userAgent === 'string' ? { userAgent: userAgent.slice(0, 512) } : {}),
  };
}

/** Whose turn it is to hash. */
export function laneOf({ ip }: EventOrigin, identifier: string): Lane {
  return { address: networkOf(ip), identifier };
}
