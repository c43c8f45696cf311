/** The links that are mailed: made, opened, and used once. */

import { equalSecrets, randomId } from '../crypto.ts';
import { defaults } from '../defaults.ts';
import { AuthError, ConfigError, InputError } from '../errors.ts';
import type { Events, LinkFailure, LinkPurpose } from '../events.ts';
import { kindOf } from '../options.ts';
import type { Clock } from '../ports/clock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { AuthUser, UserId } from '../ports/user-store.ts';
import { secondsNow } from '../seconds-now.ts';
import type { Secrets } from '../secrets.ts';
import type { CredentialEpochs } from '../sessions/credential-epoch.ts';
import type { StateKeys } from '../state-keys.ts';
import { boundTo, readLink, type SignedLink, signLink } from '../tokens/link-token.ts';
import { type CheckedUsers, findExactly, isOpen } from '../users.ts';
import type { LinkSettings } from './link-options.ts';

/** What goes into a message. */
export interface MailedLink {
  readonly token: string;
  readonly url: string;
  readonly lifetimeSeconds: number;
}

/** A link that could be used now, and its account as the table has it. */
export interface OpenLink<User> {
  readonly purpose: LinkPurpose;
  readonly claims: SignedLink;
  readonly row: User;
  readonly user: AuthUser;
  /** The stored address; `null` of an account that has none. */
  readonly address: string | null;
  /** The mark under which links of this user live now; `null`: there is none, or none any more. */
  readonly gen: string | null;
}

/** What {@link Links} works on. */
export interface LinksParts<User> {
  readonly users: CheckedUsers<User>;
  readonly secrets: Secrets;
  readonly epochs: CredentialEpochs;
  readonly state: StateStore;
  readonly keys: StateKeys;
  readonly events: Events;
  readonly clock: Clock;
  readonly settings: LinkSettings;
}

/**
 * A link is bound to the account's password (the epoch), to its address, and to the last change of its address, so that
 * an address that changes and changes back revives none. One mark in the state store makes it single.
 */
export class Links<User> {
  private readonly parts: LinksParts<User>;

  constructor(parts: LinksParts<User>) {
    this.parts = parts;
  }

  /** @throws {ConfigError} when the application has no page for this link. */
  checkPage(purpose: LinkPurpose): void {
    this.page(purpose);
  }

  /** A link for this user; `to` is the new address of `change-email`. */
  async make(purpose: LinkPurpose, user: AuthUser, to?: string): Promise<MailedLink> {
    const gen = await this.parts.state.get(this.parts.keys.address(user.id));
    return this.signed(purpose, user, gen, to);
  }

  /** The same work for an identifier that nobody has. What it makes opens nothing. */
  async makeForNobody(purpose: LinkPurpose, identifier: string): Promise<void> {
    const gen = await this.parts.state.get(this.parts.keys.addressOfNobody(identifier));
    this.signed(purpose, { id: identifier, passwordHash: null, email: identifier }, gen);
  }

  /**
   * The account of a link, which is not used by it.
   *
   * @throws {AuthError} `ERR_ACCOUNT_LINK_INVALID` for every reason; the event `account.link-rejected` has the true one.
   */
  async open(purpose: LinkPurpose, token: unknown): Promise<OpenLink<User>> {
    if (token === undefined || token === null || token === '') throw new InputError({ token: 'is missing' });
    if (typeof token !== 'string') throw new InputError({ token: `must be a text, got ${kindOf(token)}` });
    const { secrets, clock, users } = this.parts;
    const claims = readLink(secrets, purpose, token);
    if (claims === null) throw this.refused(purpose, 'not-genuine');
    const { userId } = claims;
    if (secondsNow(clock) >= claims.end) throw this.refused(purpose, 'expired', userId);
    const found = await findExactly(users, userId);
    if (found === null || !isOpen(found.user)) throw this.refused(purpose, 'no-account', userId);
    const gen = await this.parts.state.get(this.parts.keys.address(userId));
    const link = { purpose, claims, ...found, address: addressOf(found.user), gen };
    if (!(await this.isCurrent(link))) throw this.refused(purpose, 'superseded', userId);
    return link;
  }

  /**
   * Uses the link for an act: of all that try, at whatever time, one does. A fault of a store gives it back, so that the
   * visitor can try again: each act is refused a second time by what it has changed.
   *
   * @throws {AuthError} `ERR_ACCOUNT_LINK_INVALID`, and what the act throws.
   */
  async useFor<T>({ purpose, claims }: OpenLink<User>, act: () => Promise<T>): Promise<T> {
    const { state, keys, clock } = this.parts;
    const key = keys.link(claims.id);
    const left = claims.end - secondsNow(clock) + defaults.usedLinkMargin;
    if (!(await state.putIfAbsent(key, 'used', Math.max(1, left)))) {
      throw this.refused(purpose, 'used', claims.userId);
    }
    try {
      return await act();
    } catch (error) {
      if (!isRefusal(error)) await Promise.allSettled([state.delete(key)]);
      throw error;
    }
  }

  /** Ends every link of a user. */
  async endAll(userId: UserId): Promise<void> {
    await this.parts.state.put(this.parts.keys.address(userId), randomId(), this.longestLife());
  }

  /**
   * Ends every link of the user of this one, whose address is about to change. Whether it could: not when another change
   * has done so since the link was opened, of which the address may tell nothing by now.
   */
  async endAllSince({ user, gen }: OpenLink<User>): Promise<boolean> {
    const { state, keys } = this.parts;
    const [key, next, life] = [keys.address(user.id), randomId(), this.longestLife()];
    return gen === null ? state.putIfAbsent(key, next, life) : state.compareAndSet(key, gen, next, life);
  }

  /** The longest that anything about a link has to be remembered. */
  longestLife(): number {
    const { resetLifetime, verifyLifetime } = this.parts.settings;
    return Math.max(resetLifetime, verifyLifetime) + defaults.usedLinkMargin;
  }

  /** One error for every reason. */
  refused(purpose: LinkPurpose, reason: LinkFailure, userId?: UserId): AuthError {
    this.parts.events.emit('account.link-rejected', {
      purpose,
      reason,
      ...(userId === undefined ? {} : { userId }),
    });
    return new AuthError('ERR_ACCOUNT_LINK_INVALID', 'the link is not valid, or not any more');
  }

  private signed(
    purpose: LinkPurpose,
    user: AuthUser,
    gen: string | null,
    to: string | undefined = undefined,
  ): MailedLink {
    const { secrets, epochs, clock } = this.parts;
    const lifetimeSeconds = this.lifetime(purpose);
    const token = signLink(secrets, purpose, {
      id: randomId(),
      userId: user.id,
      bound: boundTo(secrets.current(`link/${purpose}`), addressOf(user)),
      gen,
      epoch: epochs.current(user).epoch,
      end: secondsNow(clock) + lifetimeSeconds,
      ...(to === undefined ? {} : { to }),
    });
    const url = new URL(this.page(purpose));
    url.searchParams.set('token', token);
    return { token, url: url.href, lifetimeSeconds };
  }

  private async isCurrent({ purpose, claims, user, address, gen }: OpenLink<User>): Promise<boolean> {
    const { secrets, epochs } = this.parts;
    const key = secrets.byId(`link/${purpose}`, claims.secretId);
    // A mark that is gone was written longer ago than any link lives: nothing has ended this one since.
    if (gen !== null && gen !== claims.gen) return false;
    if (key === undefined || !equalSecrets(boundTo(key, address), claims.bound)) return false;
    return epochs.isAlive({ epoch: claims.epoch, secretId: claims.secretId }, user);
  }

  private page(purpose: LinkPurpose): string {
    const { settings } = this.parts;
    const option = pageOptions[purpose];
    const page = settings[option];
    if (page !== undefined) return page;
    throw new ConfigError(`links.${option}`, 'is not set: the address of the page that the link leads to');
  }

  private lifetime(purpose: LinkPurpose): number {
    const { resetLifetime, verifyLifetime } = this.parts.settings;
    return purpose === 'reset-password' ? resetLifetime : verifyLifetime;
  }
}

const pageOptions = {
  'verify-email': 'verifyEmail',
  'reset-password': 'resetPassword',
  'change-email': 'changeEmail',
} as const satisfies Record<LinkPurpose, keyof LinkSettings>;

function isRefusal(error: unknown): boolean {
  return (
    AuthError.is(error, 'ERR_ACCOUNT_LINK_INVALID') || AuthError.is(error, 'ERR_ACCOUNT_IDENTIFIER_TAKEN')
  );
}

function addressOf({ email }: AuthUser): string | null {
  return typeof email === 'string' ? email : null;
}
