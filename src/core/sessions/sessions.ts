/** The framework-agnostic half of a cookie session. */

import { randomId } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { AuthError, ConfigError, InputError } from '../errors.ts';
import type { Events } from '../events.ts';
import { kindOf } from '../options.ts';
import type { Authentication } from '../ports/authentication.ts';
import type { Clock } from '../ports/clock.ts';
import type { RequestContext } from '../ports/request-context.ts';
import type { UserId } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import { checkedUserId } from '../tokens/end-all.ts';
import type { Revocations } from '../tokens/revocation.ts';
import { encodeUserId } from '../user-id.ts';
import { type CheckedUsers, findExactly, isActive } from '../users.ts';
import { readAuthentication } from './authentication.ts';
import type { CredentialEpochs } from './credential-epoch.ts';
import type { SessionEnding } from './session-ending.ts';
import type { ListEntry, ListedSession, SessionRegistry } from './session-registry.ts';
import { type ReadStamp, readStamp, type SessionStamp } from './session-stamp.ts';

/** A session that is alive, and its user as the table has it now. */
export interface ResumedSession<User> {
  readonly user: User;
  readonly authentication: Authentication;
  /** The stamp to keep. Another object than the one handed in when it was due to be rewritten. */
  readonly stamp: SessionStamp;
}

/**
 * Starts, resumes and ends sessions. The stamp lives in whatever session the host has; nothing else is stored, but for the
 * list of them with `sessions: { registry: true }`.
 */
export interface Sessions<User> {
  /**
   * A stamp for a user who has just been authenticated. Without `authentication` the session says that the host
   * vouches for the user: no methods, now. Of the request, the list of sessions shows the device.
   *
   * @throws {AuthError} `ERR_LOGIN_REJECTED` when the account is not active; `ERR_STATE_UNAVAILABLE`.
   */
  start(user: User, authentication?: Authentication, context?: RequestContext): Promise<SessionStamp>;
  /**
   * The session of a stamp, or `null` when it is over: expired, ended, its user gone or not active, the password
   * changed. Anything that is not a stamp is `null` too.
   *
   * @throws {AuthError} `ERR_STATE_UNAVAILABLE`: it cannot be known, so nobody is let in.
   */
  resume(stamp: unknown): Promise<ResumedSession<User> | null>;
  /**
   * Ends one session of the user, or one login with refresh tokens, and its access tokens with it.
   *
   * @throws {AuthError} `ERR_STATE_UNAVAILABLE`: it is still alive.
   */
  end(session: { readonly userId: UserId; readonly sessionId: string }): Promise<void>;
  /** Ends every session and token of the user. @throws {AuthError} `ERR_STATE_UNAVAILABLE`: they are still alive. */
  endAll(userId: UserId): Promise<void>;
  /**
   * The user's sessions and logins with refresh tokens that are alive, the last one seen first. `current` is the id of
   * the present one: `getAuth(req).sid`. Needs `sessions: { registry: true }`.
   *
   * @throws {AuthError} `ERR_STATE_UNAVAILABLE`.
   */
  list(
    userId: UserId,
    options?: { readonly current?: string | undefined },
  ): Promise<readonly ListedSession[]>;
}

/** What the sessions work on. */
export interface SessionsParts<User> {
  readonly users: CheckedUsers<User>;
  readonly epochs: CredentialEpochs;
  readonly revocations: Revocations;
  readonly registry: SessionRegistry;
  readonly ending: SessionEnding;
  readonly endAll: (userId: UserId) => Promise<void>;
  readonly events: Events;
  readonly clock: Clock;
  readonly realm: string;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

/** The sessions of one `createAuth`. */
export function createSessions<User>(parts: SessionsParts<User>): Sessions<User> {
  const sessions: Sessions<User> = {
    start: (user, authentication, context) => start(parts, user, authentication, context),
    resume: (stamp) => resume(parts, stamp),
    end: (session) => end(parts, session),
    endAll: parts.endAll,
    list: (userId, options) => list(parts, userId, options),
  };
  return Object.freeze(sessions);
}

async function start<User>(
  parts: SessionsParts<User>,
  row: User,
  given: Authentication | undefined,
  context: RequestContext = {},
): Promise<SessionStamp> {
  const user = parts.users.toAuthUser(row);
  if (!isActive(user)) throw new AuthError('ERR_LOGIN_REJECTED', 'the account is not active');
  const now = secondsNow(parts.clock);
  const authentication = given === undefined ? { methods: [], at: now } : readAuthentication(given);
  const stamp: SessionStamp = {
    id: randomId(),
    realm: parts.realm,
    user: encodeUserId(user.id),
    ...parts.epochs.current(user),
    gen: authentication.gen === undefined ? await parts.revocations.mark(user.id) : authentication.gen,
    methods: [...authentication.methods],
    at: authentication.at,
    start: now,
    end: now + parts.absoluteSeconds,
    seen: now,
  };
  const { registry, ending, events } = parts;
  if (registry.enabled) {
    await registry.add(user.id, entryOf(stamp), context, (oldest) => ending.end(user.id, oldest));
  }
  events.emit('session.started', { userId: user.id, sessionId: stamp.id });
  return stamp;
}

async function resume<User>(
  parts: SessionsParts<User>,
  value: unknown,
): Promise<ResumedSession<User> | null> {
  const read = readStamp(value);
  if (read === null) return null;
  const { stamp, userId } = read;
  if (stamp.realm !== parts.realm) return null;
  const now = secondsNow(parts.clock);
  if (isOver(parts, stamp, now)) return null;
  const [found, revoked] = await Promise.all([
    findExactly(parts.users, userId),
    parts.revocations.isRevoked(userId, stamp.gen, stamp.id),
  ]);
  if (revoked || found === null) return null;
  // Live, at every request: a disabled account must not go on until its session ends.
  if (!isActive(found.user)) return null;
  if (!(await parts.epochs.isAlive(stamp, found.user))) return null;
  return {
    user: found.row,
    authentication: { methods: stamp.methods, at: stamp.at, gen: stamp.gen },
    stamp: await seen(parts, read, now),
  };
}

/** The stamp, rewritten when it is due, and then noted in the list too. */
async function seen<User>(
  parts: SessionsParts<User>,
  { stamp, userId }: ReadStamp,
  now: number,
): Promise<SessionStamp> {
  if (!isDue(parts, stamp, now)) return stamp;
  const next = { ...stamp, seen: now };
  await parts.registry.touch(userId, entryOf(next));
  return next;
}

function entryOf({ id, gen, start, seen, end }: SessionStamp): ListEntry {
  return { id, kind: 'session', gen, first: start, seen, end };
}

/** Both ends are on the server: what a cookie says of its expiry is the visitor's to forge. */
function isOver<User>(parts: SessionsParts<User>, stamp: SessionStamp, now: number): boolean {
  const end = Math.min(stamp.end, stamp.start + parts.absoluteSeconds);
  return now >= end || now > stamp.seen + parts.idleSeconds;
}

/** Rarely, because every rewrite is a chance for a slow request to save an older session over a newer one. */
function isDue<User>(parts: SessionsParts<User>, stamp: SessionStamp, now: number): boolean {
  return now - stamp.seen >= Math.min(defaults.sessionTouch, parts.idleSeconds / 10);
}

async function end<User>(
  parts: SessionsParts<User>,
  session: { readonly userId: UserId; readonly sessionId: string },
): Promise<void> {
  const userId = checkedUserId(session?.userId, parts.users.idTypes);
  const { sessionId } = session;
  if (typeof sessionId !== 'string' || !/^[\w-]{1,64}$/.test(sessionId)) {
    throw new InputError({ sessionId: `must be the id of a session, got ${kindOf(sessionId)}` });
  }
  await parts.ending.end(userId, sessionId);
  parts.events.emit('session.ended', { userId, sessionId });
}

async function list<User>(
  parts: SessionsParts<User>,
  given: UserId,
  options: { readonly current?: string | undefined } = {},
): Promise<readonly ListedSession[]> {
  const userId = checkedUserId(given, parts.users.idTypes);
  const { current } = options;
  if (current === undefined || typeof current === 'string') return parts.registry.list(userId, current);
  throw new ConfigError('sessions.list.current', `must be the id of a session, got ${kindOf(current)}`);
}
