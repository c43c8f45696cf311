/** The Passport strategy for a form with an identifier and a password. */

import type { AuthCore } from '../core/auth.ts';
import { AuthError, ConfigError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import { readOrigins, refuseCrossSite } from '../http/csrf.ts';
import { denyStamp, hostSession } from '../http/login-session.ts';
import { answered } from '../http/problem.ts';
import { contextOf, type HttpRequest } from '../http/request.ts';
import { httpStatus } from '../http/status.ts';
import { warnOfCallback } from './callback-warning.ts';
import { leaveAuthentication } from './pending-login.ts';
import { nameOption, Strategy } from './strategy.ts';

/** What of `createAuth` the strategy needs. */
export type LoginAuth<User> = Pick<AuthCore<User>, 'issuer' | 'login' | 'realm' | 'sessions'>;

/** The names that the form uses. */
export interface LocalStrategyOptions {
  /** Default: `username`. */
  readonly usernameField?: string;
  /** Default: `password`. */
  readonly passwordField?: string;
  /** The strategy's name for `passport.authenticate`. Default: `local`. */
  readonly name?: string;
  /** Further origins whose pages may send the form. */
  readonly origins?: readonly string[];
}

/** A request whose body has been parsed. */
export interface RequestWithBody extends HttpRequest {
  readonly body?: unknown;
}

interface Chosen {
  readonly usernameField: string;
  readonly passwordField: string;
  readonly name: string;
  readonly origins: readonly string[];
}

/** The exits that Passport puts on the strategy for each request. */
interface Exits {
  success(user: unknown): void;
  fail(challenge: { readonly message: string }, status: number): void;
  error(error: unknown): void;
}

/** Refusals that are the visitor's to mend; everything else is an error. */
const refusals = ['ERR_INPUT_INVALID', 'ERR_LOGIN_REJECTED'] as const;

/**
 * Logs in with `auth.login`. Reads the parsed body and nothing else, never the URL. Fails with 400 for missing or
 * malformed fields, with 401 for a refused login and for every result other than `signed-in`; anything else is an error
 * for `next`.
 *
 * @throws {ConfigError} naming the option; also for passport-local's way of calling it with a verify function.
 *
 * @example
 * ```ts
 * passport.use(new LocalStrategy(auth));
 * app.post('/login', passport.authenticate('local', { successRedirect: '/', failureRedirect: '/login?fail=true' }));
 * ```
 */
export class LocalStrategy<User> extends Strategy {
  readonly name: string;
  // Passport calls `authenticate` on `Object.create(strategy)`, where fields with a `#` do not exist.
  private readonly auth: LoginAuth<User>;
  private readonly chosen: Chosen;

  constructor(auth: LoginAuth<User>, options?: LocalStrategyOptions) {
    super();
    refuseVerifyFunction(auth, options);
    this.auth = auth;
    this.chosen = readOptions<Chosen>('LocalStrategy', options, {
      usernameField: nameOption('username'),
      passwordField: nameOption('password'),
      name: nameOption('local'),
      origins: readOrigins,
    });
    this.name = this.chosen.name;
  }

  /** Called by Passport. */
  authenticate(
    request: RequestWithBody,
    options?: { readonly session?: boolean; readonly assignProperty?: string },
  ): void {
    // Now, before anything is awaited: on a shared instance the next request overwrites them, and this request's
    // user would be signed in there.
    const { success, fail, error } = this as unknown as Exits;
    const report = (problem: unknown): void => error(answered(problem, { issuer: this.auth.issuer }));
    // `passport.authorize` asks for a second account beside the session, which goes on.
    const startsSession = options?.session !== false && options?.assignProperty === undefined;
    attempt(this.auth, this.chosen, request, startsSession)
      .then(
        (outcome) =>
          'user' in outcome ? success(outcome.user) : fail({ message: outcome.message }, outcome.status),
        report,
      )
      .catch(warnOfCallback);
  }
}

type Outcome = { readonly user: unknown } | { readonly message: string; readonly status: number };

async function attempt<User>(
  auth: LoginAuth<User>,
  chosen: Chosen,
  request: RequestWithBody,
  startsSession: boolean,
): Promise<Outcome> {
  // Whatever the method: a login form that another site sends would sign the visitor in to the attacker's account.
  refuseCrossSite(request, chosen.origins);
  const identifier = field(request.body, chosen.usernameField);
  const password = field(request.body, chosen.passwordField);
  // Before the login: Passport would find out after it, and say only that `regenerate` is not a function.
  if (startsSession && request.session) hostSession(request);
  if (isMissing(identifier) || isMissing(password)) return { message: 'Missing credentials', status: 400 };
  try {
    const input = { identifier: identifier as string, password: password as string };
    const result = await auth.login(input, contextOf(request));
    // Also a status that a later version adds is not signed in.
    if (result.status !== 'signed-in') return { message: 'Verification required', status: 401 };
    // Here too, and not in the serialiser only: without passport.session() on this route nobody has looked at it.
    if (startsSession) await denyStamp(auth, request);
    leaveAuthentication(request, result);
    return { user: result.user };
  } catch (error) {
    if (!AuthError.is(error) || !refusals.some((code) => code === error.code)) throw error;
    return { message: error.message, status: httpStatus[error.code].status };
  }
}

/** An own field of the body: `user[name]` is a name like any other, and `constructor` is no field. */
function field(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  return Reflect.get(body, name);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function refuseVerifyFunction(auth: unknown, options: unknown): void {
  if (typeof auth === 'object' && auth !== null && 'login' in auth && typeof options !== 'function') return;
  throw new ConfigError(
    'LocalStrategy',
    'write new LocalStrategy(auth, options), where auth is what createAuth returned; it verifies the password itself, without a verify function',
  );
}
