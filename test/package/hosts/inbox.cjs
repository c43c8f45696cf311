/** What a host's notifier has delivered, one message at a time. */

'use strict';

exports.openInbox = () => {
  let messages;
  const reader = new ReadableStream({
    start: (controller) => {
      messages = controller;
    },
  }).getReader();
  return {
    notifier: { deliver: (message) => messages.enqueue(message) },
    /** Waits for it, if it is not there yet. */
    next: async () => (await reader.read()).value,
  };
};
