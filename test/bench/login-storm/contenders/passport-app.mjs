/** The server that all contenders share: they differ in the Passport strategy and in nothing else. */

import express from 'express';
import { Passport } from 'passport';

/** Listens and tells the bench its port. */
export function servePassport(strategy) {
  const passport = new Passport();
  passport.use('login', strategy);
  const app = express();
  app.get('/probe', (_request, response) => {
    response.send('alive');
  });
  app.post(
    '/login',
    express.json(),
    passport.authenticate('login', { session: false }),
    (request, response) => {
      response.json({ id: request.user.id, name: request.user.name });
    },
  );
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  // Longer than a round: the generator's connections stay.
  server.keepAliveTimeout = 600_000;
  process.on('disconnect', () => process.exit());
}
