/** Sessions through Passport. */

import { ConfigError } from '../core/errors.ts';
import { kindOf } from '../core/options.ts';
import { denyStamp, resumeSession, type SessionAuth, undoOnFailedSave } from '../http/login-session.ts';
import { answered } from '../http/problem.ts';
import { contextOf, type HttpRequest } from '../http/request.ts';
import { warnOfCallback } from './callback-warning.ts';
import { takeAuthentication } from './pending-login.ts';

/** A method's type, because methods are compared loosely: Passport's own type names the host's `Express.User` here. */
type Done = { done(error: unknown, value?: unknown): void }['done'];

/** The two methods of a Passport instance that are used. */
export interface PassportSessions {
  serializeUser(serialize: (request: HttpRequest, user: unknown, done: Done) => void): void;
  deserializeUser(deserialize: (request: HttpRequest, stamp: unknown, done: Done) => void): void;
}

/**
 * Makes Passport keep a session stamp in place of `serializeUser` and `deserializeUser` of your own: a password change,
 * a disabled account, a sign-out everywhere and the idle and absolute ends all end the session. `req.user` is the row
 * of your table.
 *
 * @throws {ConfigError} when the first argument is no Passport instance, or one that has serializers already.
 *
 * @example
 * ```ts
 * serializeSessions(passport, auth);
 * app.use(session({ secret, resave: false, saveUninitialized: false }));
 * app.use(passport.session());
 * ```
 */
export function serializeSessions<User>(passport: PassportSessions, auth: SessionAuth<User>): void {
  if (typeof passport?.serializeUser !== 'function' || typeof passport?.deserializeUser !== 'function') {
    throw new ConfigError('serializeSessions', `takes a Passport instance first, got ${kindOf(passport)}`);
  }
  if (typeof auth?.sessions?.start !== 'function') {
    throw new ConfigError('serializeSessions', `takes what createAuth returned second, got ${kindOf(auth)}`);
  }
  refuseOthers(passport);
  // Passport hands the request over only to functions of three parameters.
  passport.serializeUser((request: HttpRequest, user: unknown, done: Done) => {
    finish(auth, done, async () => {
      const authentication = takeAuthentication(request, user);
      // A login by any other strategy ends the session the browser had, like one by ours.
      await denyStamp(auth, request);
      const stamp = await auth.sessions.start(user as User, authentication, contextOf(request));
      undoOnFailedSave(auth, request);
      return stamp;
    });
  });
  passport.deserializeUser((request: HttpRequest, _stamp: unknown, done: Done) => {
    finish(auth, done, async () => (await resumeSession(auth, request))?.user ?? false);
  });
}

/** Calls back once: what the callback itself throws is not ours to report to it. */
function finish(auth: { readonly issuer: string }, done: Done, work: () => Promise<unknown>): void {
  work()
    .then(
      (value) => done(null, value),
      (error: unknown) => done(answered(error, { issuer: auth.issuer })),
    )
    .catch(warnOfCallback);
}

/** Passport asks the first that was registered, and would never ask ours: every promise here would be off, silently. */
function refuseOthers(passport: object): void {
  for (const list of ['_serializers', '_deserializers']) {
    const registered: unknown = Reflect.get(passport, list);
    if (!Array.isArray(registered) || registered.length === 0) continue;
    throw new ConfigError(
      'serializeSessions',
      'this Passport instance has serializers already: remove your own serializeUser and deserializeUser, and give each createAuth a Passport of its own (new passport.Passport())',
    );
  }
}
