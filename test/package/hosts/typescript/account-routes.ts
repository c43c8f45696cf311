/** Sign-up and reset in a TypeScript host. An inbox is what its visitors have at home. */

import { Router } from 'express';
import type { Door } from './auth.js';

export function accountRoutes({ auth, inbox }: Door): Router {
  const router = Router();
  router.post('/account', async (req, res) => {
    const { status } = await auth.register(req.body);
    res.json({ status });
  });
  router.post('/account/verify', async (req, res) => {
    const { status } = await auth.emails.verify(req.body);
    res.json({ status });
  });
  router.post('/account/forgotten', async (req, res) => {
    await auth.passwords.requestReset(req.body);
    res.sendStatus(204);
  });
  router.post('/account/reset', async (req, res) => {
    await auth.passwords.reset(req.body);
    res.sendStatus(204);
  });
  router.get('/inbox', async (_req, res) => {
    res.json(await inbox.next());
  });
  return router;
}
