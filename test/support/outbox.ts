/** A notifier that keeps what it is given. */

import type { Notification, NotificationKind, Notifier } from '../../src/index.ts';

export interface Outbox<User> extends Notifier<User> {
  /** Every message, in order. */
  readonly sent: Notification<User>[];
  /** The token of the last message of this kind; it must be there. */
  token(kind: NotificationKind): string;
  /** `kind to` of each message. */
  list(): readonly string[];
}

export function outbox<User>(): Outbox<User> {
  const sent: Notification<User>[] = [];
  return {
    sent,
    deliver: async (message) => {
      sent.push(message);
    },
    token: (kind) => {
      const token = sent.findLast((message) => message.kind === kind)?.token;
      if (token === undefined) throw new Error(`no ${kind} with a link was sent`);
      return token;
    },
    list: () => sent.map(({ kind, to }) => `${kind} ${to}`),
  };
}
