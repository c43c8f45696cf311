/** The services of one `createAuth`, and how they hang together. */

import { type AccountServices, accountServices } from './accounts/account-services.ts';
import type { ClassifyIdentifier } from './accounts/identifier.ts';
import type { LinkSettings } from './accounts/link-options.ts';
import { Links } from './accounts/links.ts';
import { Notifications } from './accounts/notifications.ts';
import type { PasswordSettings } from './accounts/password-options.ts';
import { PasswordPolicy } from './accounts/password-policy.ts';
import { UnverifiedAccounts } from './accounts/unverified-accounts.ts';
import { defaults } from './defaults.ts';
import { type AuthEventListener, type AuthEventName, Events } from './events.ts';
import { guardedState } from './guarded-state.ts';
import { Admission } from './login/admission.ts';
import type { LoginInput } from './login/login-input.ts';
import { type LoginResult, passwordLogin } from './login/password-login.ts';
import { Rehash } from './login/rehash.ts';
import type { RequestContext } from './login/request-context.ts';
import type { Clock } from './ports/clock.ts';
import type { Notifier } from './ports/notifier.ts';
import type { PasswordHasher } from './ports/password-hasher.ts';
import type { StateStore } from './ports/state-store.ts';
import type { TokenService } from './ports/token-service.ts';
import type { Capability, UserId, UserStore } from './ports/user-store.ts';
import { Secrets } from './secrets.ts';
import { CredentialEpochs } from './sessions/credential-epoch.ts';
import { SessionEnding } from './sessions/session-ending.ts';
import { SessionRegistry } from './sessions/session-registry.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { StateKeys } from './state-keys.ts';
import { endAllOf, endTokensOf } from './tokens/end-all.ts';
import { RefreshRotation, type RefreshSettings } from './tokens/refresh-rotation.ts';
import { Revocations } from './tokens/revocation.ts';
import { type CheckedUsers, checkedUsers } from './users.ts';

/** The services that every user store is enough for. Adapters take this type. */
export interface AuthCore<User> {
  readonly issuer: string;
  /** Empty for the one realm of an application that names none. */
  readonly realm: string;
  /** The host's own store, its answers checked. */
  readonly users: UserStore<User>;
  readonly sessions: Sessions<User>;
  /** Access tokens: what a login hands to a client that keeps no session. */
  readonly tokens: TokenService<User>;
  /** What the services go by. */
  readonly clock: Clock;
  /**
   * Checks a password. A refusal is one error for every reason; the event `login.failed` knows the true one.
   *
   * @throws {AuthError} `ERR_INPUT_INVALID`, `ERR_LOGIN_REJECTED`, `ERR_SERVER_BUSY`, `ERR_STATE_UNAVAILABLE`; what
   * the user store throws comes through as it is.
   *
   * @example
   * ```ts
   * const result = await auth.login({ identifier, password }, { ip: req.ip });
   * if (result.status === 'signed-in') await signIn(req, result.user, result.authentication);
   * ```
   */
  login(input: LoginInput, context?: RequestContext): Promise<LoginResult<User>>;
  /**
   * Listens to one kind of event; the answer unsubscribes.
   *
   * @throws {ConfigError} for a name that is no event.
   */
  on<Name extends AuthEventName>(name: Name, listener: AuthEventListener<Name>): () => void;
  /** Waits for messages under way, ten seconds at most, and ends the hasher's workers. Call it when the server has stopped. */
  close(): Promise<void>;
}

/** What `createAuth` returns: `Has` is what the user store can do. */
export interface Auth<User, Has extends Capability> extends AuthCore<User>, AccountServices<User, Has> {}

/** What a token service is made of. */
export interface TokenParts<User> {
  readonly users: CheckedUsers<User>;
  readonly secrets: Secrets;
  readonly revocations: Revocations;
  readonly rotation: RefreshRotation<User>;
  readonly ending: SessionEnding;
  readonly endAll: (userId: UserId) => Promise<void>;
  readonly events: Events;
  readonly clock: Clock;
  readonly issuer: string;
  readonly realm: string;
}

/** How tokens are made: by a service of ours, or by one that the host hands in. */
export type TokenChoice<User> =
  | {
      /** Seconds: the longest life of an access token, by any clock. */
      readonly accessLife: number;
      readonly refresh: RefreshSettings;
      /** Seconds since the epoch: when the last token from before ends. */
      readonly legacyEnd: number;
      make(parts: TokenParts<User>): TokenService<User>;
    }
  | { readonly given: TokenService<User> };

/** Everything chosen: what `createAuth` hands over. */
export interface AuthParts<User> {
  readonly users: UserStore<User>;
  readonly secret: unknown;
  readonly issuer: string;
  readonly realm: string;
  readonly state: StateStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly sessions: { readonly idle: number; readonly absolute: number; readonly registry: boolean };
  readonly tokens: TokenChoice<User>;
  readonly identifierKind: ClassifyIdentifier;
  readonly notifier: Notifier<User> | undefined;
  readonly links: LinkSettings;
  readonly passwords: PasswordSettings;
}

/** Wires the services. */
export function wireAuth<User>(parts: AuthParts<User>): Auth<User, Capability> {
  const { issuer, realm, clock, hasher, links: settings } = parts;
  const users = checkedUsers(parts.users);
  const secrets = new Secrets(parts.secret, realm);
  const events = new Events(clock, realm);
  const given = 'given' in parts.tokens ? parts.tokens.given : undefined;
  const { idle, absolute, registry: enabled } = parts.sessions;
  const { accessLife, refresh, legacyEnd } = 'make' in parts.tokens ? parts.tokens : noTokens;
  const lifeSeconds = Math.max(absolute, accessLife, refresh.absolute);
  const [state, keys] = [guardedState(parts.state), new StateKeys(realm)];
  const revocations = new Revocations({ state, keys, clock, lifeSeconds, legacyEndSeconds: legacyEnd });
  const registry = new SessionRegistry({
    ...{ state, keys, revocations, clock, enabled },
    idle: { session: idle, tokens: refresh.idle },
  });
  const ending = new SessionEnding({
    ...{ secrets, revocations, registry, state, keys, clock },
    sessionSeconds: absolute,
    accessSeconds: accessLife,
    longestSeconds: lifeSeconds,
  });
  // Links carry an epoch too.
  const epochLife = Math.max(lifeSeconds, settings.resetLifetime, settings.verifyLifetime);
  const epochs = new CredentialEpochs({ state, keys, secrets, lifeSeconds: epochLife });
  const links = new Links({ users, secrets, epochs, state, keys, events, clock, settings });
  const ends = { users, revocations, links, events, otherTokens: given };
  const endAll = endAllOf(ends);
  const endEverything = async (userId: UserId): Promise<void> => {
    await endAll(userId);
  };
  const admission = new Admission(hasher.concurrency ?? defaults.hasherConcurrency);
  const common = { users, hasher, admission, revocations, epochs, events, secrets, clock };
  const sessions = createSessions({
    ...{ users, epochs, revocations, registry, ending, events, clock, realm, endAll: endEverything },
    idleSeconds: idle,
    absoluteSeconds: absolute,
  });
  const rotation = new RefreshRotation({
    ...{ users, secrets, epochs, revocations, registry, ending, state, keys, events, clock },
    settings: refresh,
    accessSeconds: accessLife,
  });
  const notifications = new Notifications({ notifier: parts.notifier, events });
  const verifiesEmail = settings.verifyEmail !== undefined;
  const classify = parts.identifierKind;
  const rehash = new Rehash(common);
  const login = { ...common, rehash, classify, verifiesEmail };
  const accounts = {
    ...{ ...common, endAll, endTokens: endTokensOf(ends), links, notifications, classify, verifiesEmail },
    policy: new PasswordPolicy({ ...parts.passwords, issuer, events }),
    unverified: new UnverifiedAccounts({ state, keys }),
  };
  return Object.freeze({
    ...{ issuer, realm, clock, sessions, users: publicUsers(users) },
    tokens: tokensOf(parts.tokens, { ...common, rotation, ending, endAll: endEverything, issuer, realm }),
    ...accountServices(accounts),
    login: (input: LoginInput, context?: RequestContext) => passwordLogin(login, input, context),
    on: events.on.bind(events),
    close: async () => {
      await notifications.close();
      await hasher.close?.();
    },
  });
}

/** The host's own token service keeps its tokens itself. */
const noTokens = { accessLife: 0, refresh: { idle: 0, absolute: 0, grace: 0 }, legacyEnd: 0 };

function tokensOf<User>(choice: TokenChoice<User>, parts: TokenParts<User>): TokenService<User> {
  return 'given' in choice ? choice.given : choice.make(parts);
}

function publicUsers<User>({ findById, findByIdentifier, toAuthUser }: CheckedUsers<User>): UserStore<User> {
  return Object.freeze({ findById, findByIdentifier, toAuthUser });
}
