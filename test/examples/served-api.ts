/** The example `jwt-api` over a door, on ports of its own. */

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { AuthCore } from '../../src/index.ts';
import { type Door, type DoorParts, door } from '../support/door.ts';
import { type Row, userTable } from '../support/user-table.ts';

interface ApiSettings {
  readonly secure?: boolean;
}

interface Api {
  createApi(auth: AuthCore<Row>, settings?: ApiSettings): { listen(port: number): Server };
}

const { createApi }: Api = await import(
  fileURLToPath(new URL('../../examples/jwt-api/api.mjs', import.meta.url))
);

const opened: Server[] = [];

/** A door as the example makes its own, with these users. */
export function apiDoor(parts: DoorParts<Door['hasher']> = {}): Door {
  const table = userTable(
    { key: 1, login: 'abc', hash: 'plain:1:123' },
    { key: 2, login: 'gone', hash: 'plain:1:123', state: 'disabled' },
    { key: 3, login: 'new', hash: 'plain:1:123', state: 'pending' },
    { key: 4, login: 'hashless', hash: null },
    { key: 5, login: 'other', hash: 'plain:1:123' },
  );
  return door({ table, sessions: { registry: true }, ...parts });
}

/** Where it is served. */
export async function serveApi({ auth }: Pick<Door, 'auth'>, settings?: ApiSettings): Promise<string> {
  const server = createApi(auth, settings).listen(0);
  opened.push(server);
  await once(server, 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

export function stopApis(): void {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}
