/** A host's user table in memory, with the conditional writes of a real one. */

import type { AuthUser, UserCapabilities, UserId, UserStatus, UserStore } from '../../src/index.ts';

/** A row with names of the host's own. */
export interface Row {
  key: UserId;
  login: string;
  hash: string | null;
  state?: UserStatus;
  roles?: string[];
  counter?: number;
}

/** The table and the store over it. `calls` lists every call, in order. */
export interface UserTable extends UserStore<Row>, UserCapabilities {
  readonly rows: Row[];
  readonly calls: string[];
}

/** A table of these rows. Every row that is handed out is a copy, as from a database. */
export function userTable(...rows: Row[]): UserTable {
  const calls: string[] = [];
  const byId = (id: UserId): Row | undefined => rows.find((row) => row.key === id);
  return {
    rows,
    calls,
    findById: async (id) => {
      calls.push('findById');
      const row = byId(id);
      return row && { ...row };
    },
    findByIdentifier: async (identifier) => {
      calls.push('findByIdentifier');
      const row = rows.find((each) => each.login === identifier);
      return row ? { ...row } : null;
    },
    toAuthUser: (row): AuthUser => ({
      id: row.key,
      passwordHash: row.hash,
      ...(row.state === undefined ? {} : { status: row.state }),
      ...(row.roles === undefined ? {} : { roles: row.roles }),
      ...(row.counter === undefined ? {} : { epoch: row.counter }),
    }),
    updatePasswordHash: async (id, { next, expected }) => {
      calls.push('updatePasswordHash');
      const row = byId(id);
      if (row === undefined || row.hash !== expected) return false;
      row.hash = next;
      return true;
    },
    setStatus: async (id, status) => {
      calls.push('setStatus');
      const row = byId(id);
      if (row === undefined) return false;
      row.state = status;
      return true;
    },
    bumpEpoch: async (id) => {
      calls.push('bumpEpoch');
      const row = byId(id);
      if (row !== undefined) row.counter = (row.counter ?? 0) + 1;
    },
  };
}
