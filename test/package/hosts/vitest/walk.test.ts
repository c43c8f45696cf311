/** The TypeScript host inside vitest. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthError, ConfigError, createAuth } from 'ostiary';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expected } from '../expected.cjs';
import { createApp } from '../typescript/app.js';
import { openDoor } from '../typescript/auth.js';
import { walk } from '../walk.cjs';

const door = openDoor();
let server: Server;

beforeAll(async () => {
  server = createApp(door).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await door.auth.close();
});

test('walks through every flow', async () => {
  const { port } = server.address() as AddressInfo;
  expect(await walk(`http://127.0.0.1:${port}`)).toEqual(expected);
});

test('throws errors of our classes', () => {
  const make = (): unknown => createAuth({} as never);
  expect(make).toThrow(ConfigError);
  expect(make).toThrow(AuthError);
});
