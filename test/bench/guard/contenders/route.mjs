/** The route that all contenders share: they differ in what stands before it and in nothing else. */

import { once } from 'node:events';
import { PerformanceObserver } from 'node:perf_hooks';
import express from 'express';

/** `createGuards` is told the key, what to check and the settings, and answers the middleware, none or more. */
export async function serveRoute(createGuards) {
  const [material] = await once(process, 'message');
  const app = express();
  app.get('/orders', ...(await createGuards(material)), (_request, response) => {
    response.json({ orders: [] });
  });
  // Express' own would print every refusal.
  app.use((error, _request, response, _next) => {
    response.sendStatus(error.status ?? 500);
  });
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  server.keepAliveTimeout = 600_000;
  tellUsage();
}

/** What this process has used since it began, in microseconds; `collecting` is the part of the garbage collector's pauses. */
function tellUsage() {
  let collecting = 0;
  const add = (entries) => {
    for (const { duration } of entries) collecting += duration * 1000;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  process.on('message', () => {
    add(observer.takeRecords());
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system, collecting });
  });
  process.on('disconnect', () => process.exit());
}
