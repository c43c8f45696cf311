/** Threads that compare, and nothing else: no server, no look-up, and nobody probes. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { receiveAccounts } from './accounts.mjs';

const accounts = await receiveAccounts();
const workers = Array.from({ length: availableParallelism() }, () => {
  return new Worker(new URL('bare-worker.mjs', import.meta.url));
});

process.on('message', async () => {
  const start = performance.now();
  await compareAll();
  process.send({ took: performance.now() - start });
});
process.on('disconnect', () => process.exit());
process.send({});

function compareAll() {
  const jobs = [...accounts];
  let open = jobs.length;
  return new Promise((resolve) => {
    const feed = (worker) => {
      const job = jobs.shift();
      if (job !== undefined) worker.postMessage(job);
    };
    for (const worker of workers) {
      worker.removeAllListeners('message');
      worker.on('message', (right) => {
        if (right !== true) throw new Error('A right password was refused.');
        open -= 1;
        if (open === 0) resolve();
        else feed(worker);
      });
      feed(worker);
    }
  });
}
