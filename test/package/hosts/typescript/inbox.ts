/** What a host's notifier has delivered, one message at a time. */

import type { Notification, Notifier } from 'ostiary';

export interface Inbox {
  readonly notifier: Notifier;
  /** Waits for it, if it is not there yet. */
  next(): Promise<Pick<Notification, 'kind' | 'token'>>;
}

export function openInbox(): Inbox {
  const { readable, writable } = new TransformStream<Notification, Notification>();
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  return {
    notifier: { deliver: (message) => writer.write(message) },
    next: async () => {
      const { value } = await reader.read();
      if (value === undefined) throw new Error('the inbox is closed');
      return { kind: value.kind, ...(value.token === undefined ? {} : { token: value.token }) };
    },
  };
}
