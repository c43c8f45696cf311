/** Starts a contender in a process of its own, so that no two share a thread, a heap or what the compiler has learnt. */

import { fork } from 'node:child_process';

/**
 * `entry` is the URL of its file, `material` what it is told first. `ready` is the contender's first message; `ask`
 * sends one message and answers with the next.
 */
export async function startContender(name, entry, material) {
  const child = fork(entry, { stdio: ['ignore', 2, 2, 'ipc'] });
  const ask = (message) =>
    new Promise((resolve, reject) => {
      const died = (code) => reject(new Error(`The contender ${name} ended with code ${code}.`));
      child.once('exit', died);
      child.once('message', (answer) => {
        child.off('exit', died);
        resolve(answer);
      });
      child.send(message);
    });
  const ready = await ask(material);
  return { name, ready, ask, stop: () => child.kill() };
}
