/** Composition: the only place where defaults are chosen. */

import type { ClassifyIdentifier } from './core/accounts/identifier.ts';
import { classifyIdentifier } from './core/accounts/identifier.ts';
import { type LinkOptions, type LinkSettings, readLinkOptions } from './core/accounts/link-options.ts';
import { type PasswordOptions, readPasswordOptions } from './core/accounts/password-options.ts';
import { type Auth, type TokenChoice, wireAuth } from './core/auth.ts';
import { defaults } from './core/defaults.ts';
import { ConfigError } from './core/errors.ts';
import {
  flag,
  kindOf,
  type OptionCheck,
  optional,
  readOptions,
  seconds,
  wholeNumber,
  withMethods,
} from './core/options.ts';
import type { Clock } from './core/ports/clock.ts';
import type { Duration } from './core/ports/duration.ts';
import type { Notifier } from './core/ports/notifier.ts';
import type { PasswordHasher } from './core/ports/password-hasher.ts';
import type { StateStore } from './core/ports/state-store.ts';
import type { TokenService } from './core/ports/token-service.ts';
import type { CapabilitiesOf, Capability, UserCapabilities, UserStore } from './core/ports/user-store.ts';
import { bcrypt } from './hashers/index.ts';
import { jwtTokenService } from './jwt/jwt-token-service.ts';
import { readTokenOptions, type TokenOptions } from './jwt/token-options.ts';
import { memoryState } from './stores/memory/index.ts';

/** How long sessions live. */
export interface SessionOptions {
  /** Without a request. Seconds or `'30m'`; from 1 second to 30 days. Default: 30 minutes. */
  readonly idle?: Duration;
  /** Whatever happens. Seconds or `'12h'`; from 1 second to 30 days. Default: 12 hours. */
  readonly absolute?: Duration;
  /**
   * Keeps a list of each user's sessions and logins with refresh tokens, at most 100, for `sessions.list`. Costs a write
   * for each login and logout, and one in five minutes of use. Default: `false`.
   */
  readonly registry?: boolean;
}

/** What {@link createAuth} takes. */
export interface AuthOptions<User, Store> {
  /** The table the application already has: three functions, and an optional one for each further feature. */
  readonly users: Store & UserStore<User> & Partial<UserCapabilities<NoInfer<User>>>;
  /** At least 32 bytes. Every key is derived from it. Of a list the first signs and all verify. */
  readonly secret: string | readonly string[] | undefined;
  /** Who signs people in here: `https://shop.example`. */
  readonly issuer: string;
  /** For whom access tokens are: this application's name as a resource. Default: the issuer, or `issuer#realm`. */
  readonly audience?: string;
  /** Tells several kinds of users in one process apart; letters, digits, `.`, `_`, `-`. Default: none. */
  readonly realm?: string;
  /** Where revocations live. Default: `memoryState()`, for one process. */
  readonly state?: StateStore;
  /** Default: `bcrypt({ cost: 12 })`. */
  readonly hasher?: PasswordHasher;
  readonly sessions?: SessionOptions;
  readonly tokens?: TokenOptions<NoInfer<User>>;
  /** Another service in the place of ours: tokens of a format or a store of your own. */
  readonly tokenService?: TokenService<NoInfer<User>>;
  /** What new passwords have to be. */
  readonly passwords?: PasswordOptions;
  /** The pages that mailed links lead to. Setting one asks for its flow, for which the user store needs a method. */
  readonly links?: LinkOptions;
  /** Delivers messages. Needed for `links`; without them it is told of changes. Default: none. */
  readonly notifier?: Notifier<NoInfer<User>>;
  /** Says what an identifier is. Default: an e-mail address when it has an `@`, otherwise a user name. */
  readonly identifierKind?: ClassifyIdentifier;
  /** Default: `Date`. */
  readonly clock?: Clock;
}

const month = 30 * 86_400;

/**
 * Makes the doorkeeper: logs people in against the user table the application already has, and keeps their sessions.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, naming the option.
 *
 * @example
 * ```ts
 * const auth = createAuth({
 *   secret: process.env.AUTH_SECRET,
 *   issuer: 'https://shop.example',
 *   users: {
 *     findById: async (id) => db.customers.find((row) => row.id === id),
 *     findByIdentifier: async (mail) => db.customers.find((row) => row.mail === mail),
 *     toAuthUser: (row) => ({ id: row.id, passwordHash: row.pwd, email: row.mail }),
 *   },
 * });
 * ```
 */
export function createAuth<User, Store>(
  options: AuthOptions<User, Store>,
  // `& Capability` makes editors show the names of the methods instead of `CapabilitiesOf<…>` with the whole store.
): Auth<User, CapabilitiesOf<Store> & Capability> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigError('options', `createAuth takes one object of options, got ${kindOf(options)}`);
  }
  const clock = clockOption(options.clock, 'clock');
  const { audience, tokenService, tokens, ...read } = readOptions<Read<User>>('', options, {
    users: (value) => value as UserStore<User>,
    secret: (value) => value,
    issuer: issuerOption,
    audience: audienceOption,
    realm: realmOption,
    state: (value, path) => (value === undefined ? memoryState({ clock }) : stateOption(value, path)),
    hasher: (value, path) => (value === undefined ? bcrypt() : hasherOption(value, path)),
    sessions: sessionsOption,
    tokens: (value) => value,
    tokenService: optional(tokenServiceMethods<User>()),
    passwords: readPasswordOptions,
    links: readLinkOptions,
    notifier: optional(withMethods<Notifier<User>>('a notifier', ['deliver'])),
    identifierKind: identifierKindOption,
    clock: () => clock,
  });
  checkLinks(read);
  const { issuer, realm } = read;
  const choice = tokensOf<User>(
    tokenService,
    tokens,
    audience ?? (realm === '' ? issuer : `${issuer}#${realm}`),
  );
  return wireAuth({ ...read, tokens: choice }) as unknown as Auth<User, CapabilitiesOf<Store> & Capability>;
}

/** Said at start, and not to the first visitor who needs a link. */
function checkLinks<User>({
  links,
  notifier,
  users,
}: Pick<Read<User>, 'links' | 'notifier' | 'users'>): void {
  const has = (method: Capability): boolean => typeof Reflect.get(users ?? {}, method) === 'function';
  for (const [page, method] of Object.entries(linkMethods)) {
    if (links[page as keyof typeof linkMethods] === undefined) continue;
    if (!has(method)) {
      throw new ConfigError(
        `users.${method}`,
        `is missing: links.${page} needs this method of your user store`,
      );
    }
    if (notifier === undefined) {
      throw new ConfigError(
        'notifier',
        `is missing: links.${page} needs one to deliver messages; consoleNotifier() prints them, for development`,
      );
    }
  }
  if (links.verifyEmail === undefined || has('updatePasswordHash')) return;
  process.emitWarning(
    'users.updatePasswordHash is missing: an account that somebody has prepared for the address of another can be neither registered again nor reset by its owner',
    { code: 'OSTIARY_UNVERIFIED_FOREVER' },
  );
}

const linkMethods = {
  verifyEmail: 'markEmailVerified',
  resetPassword: 'updatePasswordHash',
  changeEmail: 'replaceEmail',
} as const satisfies Partial<Record<keyof LinkSettings, Capability>>;

type Chosen<User> = Parameters<typeof wireAuth<User>>[0];

interface Read<User> extends Omit<Chosen<User>, 'tokens'> {
  readonly audience: string | undefined;
  readonly tokens: unknown;
  readonly tokenService: TokenService<User> | undefined;
}

function tokensOf<User>(
  given: TokenService<User> | undefined,
  options: unknown,
  audience: string,
): TokenChoice<User> {
  if (given === undefined) {
    const read = readTokenOptions<User>(options, 'tokens', audience);
    return {
      // Twice: a machine whose clock is ahead must not drop what one whose clock is behind still has to refuse.
      accessLife: read.expiresIn + 2 * read.clockTolerance,
      refresh: read.refresh,
      legacyEnd: Math.max(0, ...read.legacy.map(({ until }) => until)),
      make: (parts) => jwtTokenService(parts, read),
    };
  }
  if (options === undefined) return { given };
  throw new ConfigError(
    'tokens',
    'are options of the service that tokenService replaces: leave one of them out',
  );
}

const stateOption: OptionCheck<StateStore> = withMethods('a state store', [
  'get',
  'put',
  'putIfAbsent',
  'compareAndSet',
  'take',
  'increment',
  'delete',
]);
const hasherMethods: OptionCheck<PasswordHasher> = withMethods('a password hasher', [
  'hash',
  'verify',
  'recognises',
  'needsRehash',
]);

function tokenServiceMethods<User>(): OptionCheck<TokenService<User>> {
  return withMethods('a token service', ['issue', 'refresh', 'verify', 'revoke', 'revokeAll', 'jwks']);
}

function hasherOption(value: unknown, path: string): PasswordHasher {
  const hasher = hasherMethods(value, path);
  // With 0 or NaN every login would wait for a place that never comes free.
  wholeNumber({ min: 1, max: 1024, fallback: defaults.hasherConcurrency })(
    hasher.concurrency,
    `${path}.concurrency`,
  );
  return hasher;
}

function clockOption(value: unknown, path: string): Clock {
  return value === undefined ? Date : withMethods<Clock>('a clock', ['now'])(value, path);
}

function issuerOption(value: unknown, path: string): string {
  // Printable and without quotes: it stands in the `WWW-Authenticate` header.
  if (typeof value === 'string' && /^[!#-[\]-~]{1,255}$/.test(value)) return value;
  throw new ConfigError(
    path,
    `must be the address of this application like 'https://shop.example', got ${kindOf(value)}`,
  );
}

function audienceOption(value: unknown, path: string): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new ConfigError(path, `must be the name of this application for its tokens, got ${kindOf(value)}`);
}

function realmOption(value: unknown, path: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value)) return value;
  throw new ConfigError(path, `must be 1 to 64 letters, digits, '.', '_' or '-', got ${kindOf(value)}`);
}

function identifierKindOption(value: unknown, path: string): ClassifyIdentifier {
  if (value === undefined) return classifyIdentifier;
  if (typeof value === 'function') return value as ClassifyIdentifier;
  throw new ConfigError(path, `must be a function, got ${kindOf(value)}`);
}

function sessionsOption(value: unknown, path: string): Chosen<unknown>['sessions'] {
  const read = readOptions<Chosen<unknown>['sessions']>(path, value, {
    idle: seconds({ min: 1, max: month, fallback: defaults.sessionIdle }),
    absolute: seconds({ min: 1, max: month, fallback: defaults.sessionAbsolute }),
    registry: flag(false),
  });
  if (read.idle <= read.absolute) return read;
  throw new ConfigError(
    `${path}.idle`,
    `is ${read.idle} seconds and longer than sessions.absolute, ${read.absolute}`,
  );
}
