/** Where a request comes from, and what that is used for. */

import type { EventOrigin } from '../events.ts';
import type { RequestContext } from '../ports/request-context.ts';
import { networkOf } from './address.ts';
import type { Lane } from './admission.ts';

export type { RequestContext } from '../ports/request-context.ts';

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
