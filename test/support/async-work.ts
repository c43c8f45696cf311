/** What Node is asked to do behind the scenes: files, connections, names, inflating, signatures. */

import { AsyncLocalStorage, createHook } from 'node:async_hooks';

/** Turns of the event loop, and no work. */
const turns = ['PROMISE', 'TickObject', 'Microtask', 'Immediate', 'Timeout', 'Timer'];

/**
 * The kinds of asynchronous work that an act sets going, as `async_hooks` names them: `SIGNREQUEST` is a signature made
 * or checked, `TCPCONNECTWRAP` a connection, `FSREQPROMISE` a file. A refusal by the act is as good as success.
 */
export async function asyncWorkOf(act: () => Promise<unknown>): Promise<readonly string[]> {
  const here = new AsyncLocalStorage<true>();
  const kinds: string[] = [];
  const hook = createHook({
    init: (_id, kind) => {
      if (here.getStore() === true && !turns.includes(kind)) kinds.push(kind);
    },
  });
  hook.enable();
  try {
    await here.run(true, () => act().catch(() => undefined));
  } finally {
    hook.disable();
  }
  return kinds;
}
