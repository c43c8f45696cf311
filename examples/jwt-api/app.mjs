/**
 * The JSON API of the JWT tutorial, finished: its tokens are checked strictly, a logout ends them, and a login goes on
 * for days without a password. With a page of its own, at /app.
 */

import { once } from 'node:events';
import { createAuth } from 'ostiary';
import { createApi } from './api.mjs';
import { settings } from './settings.mjs';
import { userStore } from './users.mjs';

const auth = createAuth({
  secret: settings.authSecret,
  issuer: 'https://jwt-api.example',
  users: userStore,
  tokens: { expiresIn: '5m' },
  sessions: { registry: true }, // so that people see where they are signed in
  // In production, with several processes: a `state` that they share. The default one is the memory of this process.
});

await serve(createApi(auth, { secure: settings.isHttps }));

async function serve(app) {
  const server = app.listen(settings.port);
  try {
    await once(server, 'listening');
  } catch (error) {
    const problem = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.code})`;
    console.error(
      `Port ${settings.port} ${problem}. Stop what runs there, or choose another: PORT=3001 npm run start:api`,
    );
    process.exit(1);
  }
  process.once('SIGTERM', () => stop(server));
  process.once('SIGINT', () => stop(server));
  console.log(welcome(`http://localhost:${server.address().port}`));
}

function welcome(url) {
  const lines = [
    `Listening on ${url}`,
    'To try it, in another terminal: log in, ask for the clients, log out, and ask again.',
    '',
    `TOKEN=$(curl -s -H 'Content-Type: application/json' -d '{"user":"abc","password":"123"}' ${url}/login | node -p 'JSON.parse(fs.readFileSync(0)).token')`,
    `curl -i -H "x-access-token: $TOKEN" ${url}/clients`,
    `curl -i -H "x-access-token: $TOKEN" -X POST ${url}/logout`,
    `curl -i -H "Authorization: Bearer $TOKEN" ${url}/clients`,
    '',
    'To stay signed in: the refresh token of another login, and the next pair for it.',
    '',
    `REFRESH=$(curl -s -H 'Content-Type: application/json' -d '{"user":"abc","password":"123"}' ${url}/login | node -p 'JSON.parse(fs.readFileSync(0)).refreshToken')`,
    `curl -i -H 'Content-Type: application/json' -d "{\\"refreshToken\\":\\"$REFRESH\\"}" ${url}/token`,
    '',
    `GET ${url}/sessions lists where the user of a token is signed in.`,
    `Or in a browser, with two tabs: ${url}/app (abc, with the password 123)`,
    '',
  ];
  if (settings.secretIsRandom) {
    lines.push(
      'Not set: AUTH_SECRET. Made at random for this run: after a restart everybody has to log in anew.',
      'To keep tokens, see examples/jwt-api/.env.example.',
    );
  }
  return lines.join('\n').trimEnd();
}

/** Takes no more requests, lets those under way finish for three seconds, and ends the hasher's threads. */
async function stop(server) {
  setTimeout(() => server.closeAllConnections(), 3000).unref();
  server.close();
  await once(server, 'close');
  await auth.close();
}
