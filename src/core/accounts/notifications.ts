/** Messages on their way: nobody waits for them. */

import { defaults } from '../defaults.ts';
import type { Events, NotificationObstacle } from '../events.ts';
import { faultName } from '../fault.ts';
import type { Notification, NotificationKind, Notifier } from '../ports/notifier.ts';
import type { AuthUser, UserId } from '../ports/user-store.ts';
import { inTime, late } from '../time-limit.ts';
import { encodeUserId } from '../user-id.ts';
import { isMailable } from './identifier.ts';
import type { MailedLink } from './links.ts';

/** What {@link Notifications} works on. */
export interface NotificationsParts<User> {
  readonly notifier: Notifier<User> | undefined;
  readonly events: Events;
}

/** A message to be sent. */
export interface Outgoing<User> {
  readonly kind: NotificationKind;
  readonly row: User;
  readonly user: AuthUser;
  /** Another address than the stored one. */
  readonly to?: string | null | undefined;
  readonly link?: MailedLink;
}

/**
 * The answer to a visitor must not wait for a message, nor for what has to be looked up for it: whether there is one
 * says whether there is an account, and a mailer that hangs says it loudest (CVE-2024-45231). So all of this happens
 * after the answer, one failure is an event, and no more than a bounded number is under way.
 */
export class Notifications<User> {
  private readonly parts: NotificationsParts<User>;
  private readonly pending = new Map<Promise<void>, string>();

  constructor(parts: NotificationsParts<User>) {
    this.parts = parts;
  }

  /** Sends a message once the present answer is out. */
  send(outgoing: Outgoing<User>): void {
    this.later(outgoing.kind, outgoing.user.id, async () => this.deliver(outgoing));
  }

  /** Does what a message needs, and sends it, once the present answer is out. `to` says whose it is without a user. */
  later(kind: NotificationKind, userId: UserId | undefined, act: () => Promise<void>, to = ''): void {
    const account = `${kind} ${userId === undefined ? to : encodeUserId(userId).join(' ')}`;
    const same = [...this.pending.values()].filter((each) => each === account).length;
    if (this.pending.size >= defaults.notificationsPending || same >= defaults.notificationsPerAccount) {
      this.failed(kind, 'queue-full', userId);
      return;
    }
    const job = answered()
      .then(() => act())
      .catch((error: unknown) => this.failed(kind, 'store-failed', userId, error))
      .finally(() => this.pending.delete(job));
    this.pending.set(job, account);
  }

  /** Delivers at once. For use in {@link later}; never fails. */
  async deliver({ kind, row, user, to = user.email, link }: Outgoing<User>): Promise<void> {
    const { notifier } = this.parts;
    if (notifier === undefined) return;
    // A column of a fixed width fills up with spaces.
    const address = typeof to === 'string' ? to.trim() : '';
    if (!isMailable(address)) return this.failed(kind, 'no-address', user.id);
    const message: Notification<User> = Object.freeze({ kind, to: address, user: row, ...link });
    try {
      const answer = await inTime(defaults.notificationTimeout, async () => notifier.deliver(message));
      if (answer === late) this.failed(kind, 'timed-out', user.id);
    } catch (error) {
      this.failed(kind, 'failed', user.id, error);
    }
  }

  /** Waits for what is under way, though not for a mailer that hangs. */
  async close(): Promise<void> {
    await inTime(defaults.notificationClose, async () => {
      while (this.pending.size > 0) await Promise.all(this.pending.keys());
    });
  }

  private failed(
    kind: NotificationKind,
    obstacle: NotificationObstacle,
    userId: UserId | undefined,
    error?: unknown,
  ): void {
    this.parts.events.emit('notification.failed', {
      kind,
      obstacle,
      ...(userId === undefined ? {} : { userId }),
      ...(error === undefined ? {} : { fault: faultName(error) }),
    });
  }
}

/** Not in this turn of the event loop: what a mailer does before its first wait would be part of the answer's time. */
function answered(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
