/** The least that compares in threads behind the same server: each thread takes the next job when it is done. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { receiveAccounts } from './accounts.mjs';
import { servePassport } from './passport-app.mjs';
import { tutorialStrategy } from './tutorial-strategy.mjs';

const idle = Array.from({ length: availableParallelism() }, () => {
  return new Worker(new URL('bare-worker.mjs', import.meta.url));
});
const waiting = [];

servePassport(tutorialStrategy(await receiveAccounts(), compare));

function compare(password, hash) {
  return new Promise((resolve) => {
    waiting.push({ password, hash, resolve });
    assign();
  });
}

function assign() {
  if (idle.length === 0 || waiting.length === 0) return;
  const worker = idle.pop();
  const { password, hash, resolve } = waiting.shift();
  worker.once('message', (right) => {
    idle.push(worker);
    resolve(right);
    assign();
  });
  worker.postMessage({ password, hash });
}
