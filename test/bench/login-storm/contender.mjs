/** Starts a contender in a process of its own, so that neither it nor the load generator borrows the other's thread. */

import { fork } from 'node:child_process';

/** `ready` is the contender's first message; `ask` sends one message and answers with the next. */
export async function startContender(name, accounts) {
  const child = fork(new URL(`contenders/${name}.mjs`, import.meta.url), { stdio: ['ignore', 2, 2, 'ipc'] });
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
  const stored = accounts.map(({ id, name: username, hash, password }) => ({
    id,
    name: username,
    hash,
    password,
  }));
  const ready = await ask({ accounts: stored });
  return { name, ready, ask, stop: () => child.kill() };
}
