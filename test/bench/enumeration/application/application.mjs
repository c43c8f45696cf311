/** The application: three routes of Express over ostiary as built, in a process of its own. */

import { once } from 'node:events';
import express from 'express';
import { requireOstiary } from '../../ostiary.mjs';
import { bcryptCost } from '../figures.mjs';
import { breaks } from './breaks.mjs';
import { userTable } from './user-table.mjs';

const { createAuth } = requireOstiary('ostiary');
const { authErrors } = requireOstiary('ostiary/express');
const { bcrypt } = requireOstiary('ostiary/hashers');

const [{ rows, broken }] = await once(process, 'message');
const asItIs = (part) => part;
const nothing = async () => false;
const { hasher = asItIs, first = nothing, last = nothing } = breaks[broken] ?? {};

const users = userTable(rows);
const auth = createAuth({
  secret: 'for the bench only, and not a secret at all',
  issuer: 'https://bench.example',
  users,
  hasher: hasher(bcrypt({ cost: bcryptCost }), bcrypt),
  links: {
    verifyEmail: 'https://bench.example/users/verify',
    resetPassword: 'https://bench.example/users/reset',
  },
  notifier: { deliver: () => {} },
});

const app = express();
app.use(express.json());
app.post('/login', async ({ body: { email, password }, ip }, response) => {
  await auth.login({ identifier: email, password }, { ip });
  response.json({ status: 'signed-in' });
});
app.post('/register', async ({ body: { email, password }, ip }, response) => {
  const { deviceToken } = (await first(users, email))
    ? { deviceToken: `${'x'.repeat(22)}.${'x'.repeat(8)}.${'x'.repeat(43)}` }
    : await auth.register({ email, password }, { ip });
  response.cookie('device', deviceToken, { httpOnly: true, secure: true, sameSite: 'lax' });
  response.json({ status: 'check-inbox' });
});
app.post('/forgot', async ({ body: { email }, ip }, response) => {
  if (!(await first(users, email))) await auth.passwords.requestReset({ identifier: email }, { ip });
  await last(users, email);
  response.json({ status: 'check-inbox' });
});
app.use(authErrors());

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
// Longer than any pause: the connection stays.
server.keepAliveTimeout = 600_000;
process.on('disconnect', () => process.exit());
