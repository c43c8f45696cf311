/** The stamp inside the host's session, as express-session keeps it. */

import type { AuthCore } from '../core/auth.ts';
import { ConfigError } from '../core/errors.ts';
import { faultOf } from '../core/fault.ts';
import { kindOf } from '../core/options.ts';
import { readStamp, type SessionStamp } from '../core/sessions/session-stamp.ts';
import type { ResumedSession } from '../core/sessions/sessions.ts';
import type { HttpRequest } from './request.ts';
import { memoryOf, type SessionEnder } from './request-memory.ts';

/** What the session adapters need of `createAuth`. */
export type SessionAuth<User> = Pick<AuthCore<User>, 'issuer' | 'realm' | 'sessions' | 'users' | 'clock'>;

/** A server-side session with the methods of express-session. */
export interface HostSession extends Record<string, unknown> {
  regenerate(callback: (error?: unknown) => void): unknown;
  save(callback?: (error?: unknown) => void): unknown;
}

/**
 * The session of the request.
 *
 * @throws {ConfigError} when there is none, or one that cannot change its id (session fixation, CVE-2022-25896).
 */
export function hostSession(request: HttpRequest): HostSession {
  const { session } = request;
  if (typeof session !== 'object' || session === null) {
    throw new ConfigError('req.session', 'is missing: mount express-session before this route');
  }
  for (const method of ['regenerate', 'save'] as const) {
    if (typeof Reflect.get(session, method) !== 'function') {
      throw new ConfigError(
        `req.session.${method}`,
        'is missing: the session must be a server-side one like express-session',
      );
    }
  }
  return session as HostSession;
}

/** @throws {ConfigError} when the first argument of an adapter is not what `createAuth` returned. */
export function checkAuth(auth: unknown, adapter: string): void {
  const sessions: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, 'sessions') : null;
  if (typeof sessions === 'object' && sessions !== null) return;
  throw new ConfigError(adapter, `takes what createAuth returned as its first argument, got ${kindOf(auth)}`);
}

/** The stamp of a Passport session or of `sessionLogin`: the two places in which one may be, and no other. */
export function stampOf(request: HttpRequest): unknown {
  const session = request.session as Record<string, unknown> | null | undefined;
  return passportSession(session)?.['user'] ?? session?.['ostiary'];
}

/**
 * The request's session if it is alive. Keeps the stamp that `resume` rewrote, and forgets one that is over, so that
 * a dead session is not asked about again.
 */
export async function resumeSession<User>(
  auth: SessionAuth<User>,
  request: HttpRequest,
): Promise<ResumedSession<User> | null> {
  const stamp = stampOf(request);
  if (stamp === undefined || stamp === null) return null;
  const read = readStamp(stamp);
  // A customer who comes to the administrators' pages is nobody there, and stays signed in as a customer.
  if (read !== null && read.stamp.realm !== auth.realm) return null;
  const memory = memoryOf(request);
  memory.enders.add(auth);
  const stampId = read?.stamp.id ?? '';
  const known = memory.resumed;
  if (known?.auth === auth && known.stampId === stampId)
    return known.session as Promise<ResumedSession<User> | null>;
  const session = auth.sessions.resume(stamp);
  memory.resumed = { auth, stampId, session };
  const live = await session;
  // While the answer was awaited the request may have signed somebody in or out: that stamp is not ours to touch.
  if (stampOf(request) !== stamp) return live;
  if (live !== null && read !== null) memory.arrived = read;
  if (live === null) forgetStamp(request);
  else if (live.stamp !== stamp) replaceStamp(request, live.stamp);
  return live;
}

/** Whether somebody who has seen the request can end its session. One that nobody has looked at nobody can. */
export function canBeEnded(request: HttpRequest): boolean {
  const realm = readStamp(stampOf(request))?.stamp.realm;
  const { enders } = memoryOf(request);
  return realm === undefined ? enders.size > 0 : [...enders].some((ender) => ender.realm === realm);
}

/**
 * Denies the stamp of the request: in its session, or the one it came with. By this `auth`, and by each other of that
 * realm who has let it in: two that were made with the same secret may have a state store each. Comes before the session
 * is touched: a slow request that still holds the old session may save it afterwards, and its stamp must be dead by then.
 */
export async function denyStamp(auth: SessionEnder | undefined, request: HttpRequest): Promise<void> {
  const memory = memoryOf(request);
  memory.resumed = undefined;
  const read = readStamp(stampOf(request)) ?? memory.arrived;
  memory.arrived = undefined;
  if (read === null || read === undefined) return;
  const { userId, stamp } = read;
  const enders = new Set(auth === undefined ? memory.enders : [auth, ...memory.enders]);
  const ended = [...enders]
    .filter(({ realm }) => realm === stamp.realm)
    .map(({ sessions }) => sessions.end({ userId, sessionId: stamp.id }));
  const failed = (await Promise.allSettled(ended)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Takes the stamp out of the session. */
function forgetStamp(request: HttpRequest): void {
  memoryOf(request).resumed = undefined;
  const session = request.session as Record<string, unknown> | null | undefined;
  const passport = passportSession(session);
  if (passport !== undefined) delete passport['user'];
  if (session !== null && session !== undefined && 'ostiary' in session) delete session['ostiary'];
}

/**
 * Makes a failing `save` undo the login. express-session saves once more when the response ends: without this, a login
 * that was answered with an error could be stored all the same.
 */
export function undoOnFailedSave(auth: SessionEnder, request: HttpRequest): void {
  memoryOf(request).enders.add(auth);
  const session = hostSession(request);
  const plain = session.save;
  setSave(session, (callback) => {
    // Only the login's own save: what a later one loses is not the login, which has been answered by then.
    setSave(session, plain);
    settled((done) => plain.call(session, done)).then(
      () => callback?.(),
      (error: unknown) => undo(auth, request).then(() => callback?.(error)),
    );
  });
}

/** Never fails: the stamp leaves the session also when it cannot be denied. */
async function undo(auth: SessionEnder, request: HttpRequest): Promise<void> {
  await denyStamp(auth, request).catch(() => undefined);
  forgetStamp(request);
}

function setSave(session: HostSession, save: HostSession['save']): void {
  Object.defineProperty(session, 'save', {
    value: save,
    configurable: true,
    writable: true,
    enumerable: false,
  });
}

/** Whether the session holds nothing: to give it a new id would store it, for every stranger who asks. */
export function isEmpty(session: HostSession): boolean {
  return Object.keys(session).every((key) => key === 'cookie');
}

/** `session.regenerate` as a promise: a new id, nothing carried over. */
export function regenerate(request: HttpRequest): Promise<void> {
  return settled((callback) => hostSession(request).regenerate(callback));
}

/** `session.save` as a promise. */
export function save(request: HttpRequest): Promise<void> {
  return settled((callback) => hostSession(request).save(callback));
}

/** A callback of Connect's kind as a promise. */
export function settled(call: (callback: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === undefined || error === null ? resolve() : reject(faultOf(error))));
  });
}

function replaceStamp(request: HttpRequest, stamp: SessionStamp): void {
  const session = request.session as Record<string, unknown>;
  const passport = passportSession(session);
  if (passport?.['user'] !== undefined) passport['user'] = stamp;
  else session['ostiary'] = stamp;
}

function passportSession(
  session: Record<string, unknown> | null | undefined,
): Record<string, unknown> | undefined {
  const passport = session?.['passport'];
  return typeof passport === 'object' && passport !== null
    ? (passport as Record<string, unknown>)
    : undefined;
}
