/** What is known of a request while it is answered. */

import type { Authentication } from '../core/ports/authentication.ts';
import type { ReadStamp } from '../core/sessions/session-stamp.ts';
import type { ResumedSession, Sessions } from '../core/sessions/sessions.ts';

/** Whoever can end a session. */
export interface SessionEnder {
  readonly realm: string;
  readonly sessions: Pick<Sessions<never>, 'end'>;
}

/** The ESM and the CommonJS copy read each other's: another shape needs another name, or a sign-out would end nothing. */
export interface RequestMemory {
  /** One resume per request, whoever asks: the Passport deserialiser, a guard, another guard. */
  resumed?:
    | {
        readonly auth: object;
        readonly stampId: string;
        readonly session: Promise<ResumedSession<unknown> | null>;
      }
    | undefined;
  /** Whoever resumed or started this request's session, for those who have only the request. */
  readonly enders: Set<SessionEnder>;
  /** The stamp that it came with and that is alive: Passport has replaced its session when it serialises a login. */
  arrived?: ReadStamp | undefined;
  /** What a strategy learnt at a login, kept until Passport serialises the user. */
  login?: { readonly user: unknown; readonly authentication: Authentication | undefined } | undefined;
}

/**
 * Not a WeakMap, which each copy would have for itself: an application that imports one entry and requires another
 * would resume twice, forget how a user signed in, and be unable to end a session.
 */
const memory = Symbol.for('ostiary.request/1');

/** The request's own: one that was derived from it is another request. */
export function memoryOf(request: object): RequestMemory {
  if (Object.hasOwn(request, memory)) return Reflect.get(request, memory) as RequestMemory;
  // Without a prototype: a polluted one would say who was here and with which session.
  const fresh: RequestMemory = Object.assign(Object.create(null), { enders: new Set() });
  // Configurable, or a `Proxy` around the request could not hand it on.
  Object.defineProperty(request, memory, { value: fresh, configurable: true, writable: true });
  return fresh;
}
