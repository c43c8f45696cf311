/** Signing in and out over express-session, without Passport. */

import type { AuthCore } from '../core/auth.ts';
import { readOptions } from '../core/options.ts';
import type { Authentication } from '../core/sessions/authentication.ts';
import { readOrigins, refuseCrossSite, refuseForgery } from '../http/csrf.ts';
import { keptOf, readKeep } from '../http/kept-keys.ts';
import {
  checkAuth,
  denyStamp,
  hostSession,
  isEmpty,
  regenerate,
  save,
  undoOnFailedSave,
} from '../http/login-session.ts';
import { answered } from '../http/problem.ts';
import { contextOf, type HttpRequest } from '../http/request.ts';

/** How sessions are signed in. */
export interface SessionLoginOptions {
  /** Keys of the session that a sign-in carries over, such as `['cart']`. Default: none. */
  readonly keep?: readonly string[];
  /** Further origins whose pages may sign people in and out. */
  readonly origins?: readonly string[];
}

/** The two acts. */
export interface SessionLogin<User> {
  /**
   * Starts a session for the user under a new id, and ends the one the browser had. Without `authentication` the
   * session says that the host vouches for the user.
   *
   * @throws {AuthError} `ERR_LOGIN_REJECTED` when the account is not active, `ERR_CSRF_REJECTED`,
   * `ERR_STATE_UNAVAILABLE`; what the session store throws comes through. In every case nobody is signed in.
   */
  signIn(request: HttpRequest, user: User, authentication?: Authentication): Promise<void>;
  /**
   * Ends the session, whatever a slower request may still save of it.
   *
   * @throws {AuthError} `ERR_CSRF_REJECTED`; `ERR_STATE_UNAVAILABLE`: this browser is out, a copy of the session may
   * not be.
   */
  signOut(request: HttpRequest): Promise<void>;
}

interface Chosen {
  readonly keep: readonly string[];
  readonly origins: readonly string[];
}

/**
 * Sign-in and sign-out for handlers of your own, over express-session.
 *
 * @throws {ConfigError} naming the option.
 *
 * @example
 * ```ts
 * const { signIn, signOut } = sessionLogin(auth);
 * app.post('/login', async (req, res, next) => {
 *   try {
 *     const result = await auth.login({ identifier: req.body.mail, password: req.body.password }, { ip: req.ip });
 *     if (result.status !== 'signed-in') return res.redirect('/login?fail=true');
 *     await signIn(req, result.user, result.authentication);
 *     res.redirect('/');
 *   } catch (error) {
 *     if (AuthError.is(error, 'ERR_LOGIN_REJECTED')) return res.redirect('/login?fail=true');
 *     next(error);
 *   }
 * });
 * app.post('/logout', (req, res, next) => {
 *   signOut(req).then(() => res.redirect('/login'), next);
 * });
 * ```
 */
export function sessionLogin<User>(auth: AuthCore<User>, options?: SessionLoginOptions): SessionLogin<User> {
  checkAuth(auth, 'sessionLogin');
  const chosen = readOptions<Chosen>('sessionLogin', options, { keep: readKeep, origins: readOrigins });
  return {
    signIn: (request, user, authentication) =>
      answering(auth, () => signIn(auth, chosen, request, user, authentication)),
    signOut: (request) => answering(auth, () => signOut(auth, chosen, request)),
  };
}

async function signIn<User>(
  auth: AuthCore<User>,
  { keep, origins }: Chosen,
  request: HttpRequest,
  user: User,
  authentication: Authentication | undefined,
): Promise<void> {
  // Also a login can be forged: the visitor would go on working in the attacker's account.
  refuseForgery(request, origins);
  const kept = keptOf(hostSession(request), keep);
  await denyStamp(auth, request);
  const stamp = await auth.sessions.start(user, authentication, contextOf(request));
  await regenerate(request);
  Object.assign(hostSession(request), kept, { ostiary: stamp });
  undoOnFailedSave(auth, request);
  await save(request);
}

async function signOut<User>(auth: AuthCore<User>, { origins }: Chosen, request: HttpRequest): Promise<void> {
  refuseCrossSite(request, origins);
  if (isEmpty(hostSession(request))) return;
  try {
    await denyStamp(auth, request);
  } finally {
    await regenerate(request);
  }
}

async function answering<User>(auth: AuthCore<User>, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw answered(error, { issuer: auth.issuer });
  }
}
