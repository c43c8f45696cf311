/** User stores that break a promise of the port, each one: the tests of that promise must notice. */

import type { Row, UserTable } from './user-table.ts';

/** A moment between a look and what follows it, in which others come first. */
type Gap = () => Promise<void>;

/** Looks whether somebody has the identifiers and inserts then, with no unique index that decides. */
export function findingThenCreating(table: UserTable, gap: Gap): UserTable {
  return {
    ...table,
    create: async ({ email, username, passwordHash, profile }) => {
      for (const [taken, identifier] of [
        ['email', email],
        ['username', username],
      ] as const) {
        if (identifier === undefined) continue;
        if (await table.findByIdentifier(identifier, taken)) return { ok: false, taken };
      }
      await gap();
      const user: Row = {
        key: table.rows.length + 1,
        login: username ?? email ?? '',
        hash: passwordHash,
        mail: email ?? null,
        verified: false,
        profile,
      };
      table.rows.push(user);
      return { ok: true, user: { ...user } };
    },
  };
}

/** `update … set verified = true where id = ?`: whichever address the account has by now. */
export function verifyingAnyAddress(table: UserTable): UserTable {
  return {
    ...table,
    markEmailVerified: async (id) => {
      const row = table.rows.find(({ key }) => key === id);
      if (row === undefined) return false;
      row.verified = true;
      if (row.state === 'pending') row.state = 'active';
      return true;
    },
  };
}

/** Compares the hash and writes the new one in a statement of its own. */
export function comparingThenWriting(table: UserTable, gap: Gap): UserTable {
  return {
    ...table,
    updatePasswordHash: async (id, { next, expected, registration }) => {
      const row = table.rows.find(({ key }) => key === id);
      if (row === undefined || row.hash !== expected) return false;
      await gap();
      row.hash = next;
      if (registration !== undefined) row.profile = registration.profile;
      return true;
    },
  };
}

/** Looks whether the address is still the old one and the new one is free, and moves the account then. */
export function checkingThenReplacing(table: UserTable, gap: Gap): UserTable {
  return {
    ...table,
    replaceEmail: async (id, { from, to }) => {
      const row = table.rows.find(({ key }) => key === id);
      if (row === undefined || table.toAuthUser(row).email !== from) return 'stale';
      if (await table.findByIdentifier(to, 'email')) return 'taken';
      await gap();
      if (row.login === from) row.login = to;
      row.mail = to;
      row.verified = true;
      return 'changed';
    },
  };
}
