/** The Passport strategy for access tokens. */

import { AuthError, ConfigError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import type { VerifyOptions } from '../core/ports/token-service.ts';
import type { UserStore } from '../core/ports/user-store.ts';
import { type CheckedUsers, checkedUsers } from '../core/users.ts';
import {
  type BearerOptions,
  type BearerRules,
  bearerChecks,
  checkedToken,
  type TokenClaims,
  type TokenVerifier,
  tokenUser,
  verifyOptionsOf,
} from '../http/bearer-auth.ts';
import { answered, httpAnswerOf } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';
import { refuseUndefined } from '../http/undefined-options.ts';
import { warnOfCallback } from './callback-warning.ts';
import { nameOption, Strategy } from './strategy.ts';

/** What of `createAuth` the strategy needs. */
export interface TokenAuth<User> {
  readonly issuer: string;
  readonly tokens: TokenVerifier;
  readonly users: UserStore<User>;
}

/** How tokens are found and checked. */
export interface BearerStrategyOptions extends BearerOptions {
  /** The strategy's name for `passport.authenticate`. Default: `bearer`. */
  readonly name?: string;
}

interface Chosen extends BearerRules {
  readonly name: string;
}

/** What does not depend on the request. */
interface Parts<User> {
  readonly issuer: string;
  readonly tokens: TokenVerifier;
  readonly users: CheckedUsers<User>;
  readonly rules: BearerRules;
  readonly verifyOptions: VerifyOptions;
}

/** The exits that Passport puts on the strategy for each request. */
interface Exits {
  success(user: unknown, info: TokenClaims): void;
  fail(challenge: string, status: number): void;
  error(error: unknown): void;
}

/**
 * Takes an access token and loads its user: `req.user` is the row, `req.authInfo` the claims. A request without a token
 * or with a bad one fails with 401 and a challenge, one with two different tokens with 400; anything else is an error
 * for `next`. Always with `session: false`: a token lives for minutes and must not become a session of hours.
 *
 * @throws {ConfigError} naming the option; also for another strategy's way of calling it with a verify function.
 *
 * @example
 * ```ts
 * passport.use(new BearerStrategy(auth));
 * app.get('/orders', passport.authenticate('bearer', { session: false }), listOrders);
 * ```
 */
export class BearerStrategy<User> extends Strategy {
  readonly name: string;
  // Passport calls `authenticate` on `Object.create(strategy)`, where fields with a `#` do not exist.
  private readonly parts: Parts<User>;

  constructor(auth: TokenAuth<User>, options?: BearerStrategyOptions) {
    super();
    refuseVerifyFunction(auth, options);
    refuseUndefined('BearerStrategy', options, ['maxStaleness']);
    const { name, ...rules } = readOptions<Chosen>('BearerStrategy', options, {
      ...bearerChecks,
      name: nameOption('bearer'),
    });
    const { issuer, tokens } = auth;
    this.name = name;
    this.parts = {
      issuer,
      tokens,
      users: checkedUsers(auth.users),
      rules,
      verifyOptions: verifyOptionsOf(rules),
    };
  }

  /** Called by Passport. */
  authenticate(request: HttpRequest, options?: { readonly session?: boolean }): void {
    // Now, before anything is awaited: on a shared instance the next request overwrites them, and this request's
    // user would be handed to it.
    const { success, fail, error } = this as unknown as Exits;
    const { issuer } = this.parts;
    attempt(this.parts, request)
      .then(
        ({ row, claims }) => (options?.session === false ? success(row, claims) : error(wouldBeSession())),
        (problem: unknown) => {
          const refusal = refusalOf(problem, issuer);
          if (refusal === undefined) error(answered(problem, { issuer }));
          else fail(refusal.challenge, refusal.status);
        },
      )
      .catch(warnOfCallback);
  }
}

async function attempt<User>(
  { tokens, users, rules, verifyOptions }: Parts<User>,
  request: HttpRequest,
): Promise<{ readonly row: User; readonly claims: TokenClaims }> {
  const token = await checkedToken(tokens, rules, verifyOptions, request);
  if (token === undefined) throw new AuthError('ERR_TOKEN_MISSING', 'the request has no token');
  const { claims } = token;
  const { row } = await tokenUser(users, claims);
  // Passport's `transformAuthInfo` writes to it, and the claims of a token are shared by all requests that bring it.
  return { row, claims: { ...claims } };
}

/** Passport would go on to log the user in: a token of minutes would become a session of hours. */
function wouldBeSession(): ConfigError {
  return new ConfigError(
    'passport.authenticate',
    "would make a session of an access token: write passport.authenticate('bearer', { session: false })",
  );
}

/**
 * What the client has to mend has a challenge, as a text: of another kind Passport makes no `WWW-Authenticate`.
 * Everything else is an error.
 */
function refusalOf(
  problem: unknown,
  issuer: string,
): { readonly challenge: string; readonly status: number } | undefined {
  if (!AuthError.is(problem)) return undefined;
  const { status, headers } = httpAnswerOf(problem, { issuer });
  const challenge = headers['WWW-Authenticate'];
  return challenge === undefined ? undefined : { challenge, status };
}

function refuseVerifyFunction(auth: unknown, options: unknown): void {
  const tokens: unknown = typeof auth === 'object' && auth !== null ? Reflect.get(auth, 'tokens') : undefined;
  if (typeof tokens === 'object' && tokens !== null && typeof options !== 'function') return;
  throw new ConfigError(
    'BearerStrategy',
    'write new BearerStrategy(auth, options), where auth is what createAuth returned; it verifies the token and loads the user itself, without a key and a verify function',
  );
}
