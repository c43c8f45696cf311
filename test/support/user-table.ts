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
  /** The address, where it is not the `login`. */
  mail?: string | null;
  verified?: boolean;
  /** What a registration brought. */
  profile?: Readonly<Record<string, unknown>>;
}

/** The table and the store over it. `calls` lists every call, in order. */
export interface UserTable extends UserStore<Row>, UserCapabilities<Row> {
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
      const row = rows.find((each) => each.login === identifier || addressOf(each) === identifier);
      return row ? { ...row } : null;
    },
    toAuthUser: (row): AuthUser => ({
      id: row.key,
      passwordHash: row.hash,
      email: addressOf(row),
      ...(row.verified === undefined ? {} : { emailVerified: row.verified }),
      ...(row.state === undefined ? {} : { status: row.state }),
      ...(row.roles === undefined ? {} : { roles: row.roles }),
      ...(row.counter === undefined ? {} : { epoch: row.counter }),
    }),
    updatePasswordHash: async (id, { next, expected, registration }) => {
      calls.push('updatePasswordHash');
      const row = byId(id);
      if (row === undefined || row.hash !== expected) return false;
      row.hash = next;
      if (registration !== undefined) row.profile = registration.profile;
      return true;
    },
    create: async ({ email, username, passwordHash, profile }) => {
      calls.push('create');
      const taken = (['email', 'username'] as const).find((kind) => {
        const value = { email, username }[kind];
        return value !== undefined && rows.some((row) => row.login === value || addressOf(row) === value);
      });
      if (taken !== undefined) return { ok: false, taken };
      const row: Row = {
        key: Math.max(0, ...rows.map(({ key }) => Number(key) || 0)) + 1,
        login: username ?? email ?? '',
        hash: passwordHash,
        mail: email ?? null,
        verified: false,
        profile,
      };
      rows.push(row);
      return { ok: true, user: { ...row } };
    },
    markEmailVerified: async (id, email) => {
      calls.push('markEmailVerified');
      const row = byId(id);
      if (row === undefined || addressOf(row) !== email) return false;
      row.verified = true;
      if (row.state === 'pending') row.state = 'active';
      return true;
    },
    replaceEmail: async (id, { from, to }) => {
      calls.push('replaceEmail');
      const row = byId(id);
      if (row === undefined || addressOf(row) !== from) return 'stale';
      if (rows.some((each) => each !== row && addressOf(each) === to)) return 'taken';
      if (row.login === from) row.login = to;
      row.mail = to;
      row.verified = true;
      return 'changed';
    },
    delete: async (id) => {
      calls.push('delete');
      const index = rows.findIndex((row) => row.key === id);
      return index !== -1 && rows.splice(index, 1).length > 0;
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

function addressOf({ mail, login }: Row): string | null {
  if (mail !== undefined) return mail;
  return login.includes('@') ? login : null;
}
