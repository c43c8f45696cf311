/** `requireAuth`, which asks the state store about every request. */

import { requireOstiary } from '../../ostiary.mjs';
import { createTokenAuth } from '../../tokens/auth.mjs';
import { serveRoute } from './route.mjs';

const { requireAuth } = requireOstiary('ostiary/express');

serveRoute(async ({ algorithm, keys, revoked }) => {
  const auth = createTokenAuth({ algorithm, keys });
  await auth.tokens.revoke(revoked);
  return [requireAuth(auth)];
});
