/** The application's user table: a row is found as fast as none, and nothing grows slower as people register. */

import { busyMilliseconds } from '../figures.mjs';

export function userTable(rows) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byLogin = new Map(rows.map((row) => [row.login, row]));
  return {
    findById: async (id) => copyOf(byId.get(id)),
    findByIdentifier: async (login) => {
      const row = byLogin.get(login);
      if (row?.busy === 'findByIdentifier') beBusy();
      return copyOf(row);
    },
    toAuthUser: ({ id, hash, mail, verified, status }) => ({
      id,
      passwordHash: hash,
      email: mail,
      emailVerified: verified,
      status,
    }),
    create: async ({ email, passwordHash }) => {
      // Made in any case, as by a database that refuses an insert at its index.
      const row = newRow(byId.size + 1, email, passwordHash);
      const taken = byLogin.get(email);
      if (taken?.busy === 'create') beBusy();
      if (taken !== undefined) return { ok: false, taken: 'email' };
      byId.set(row.id, row);
      byLogin.set(email, row);
      return { ok: true, user: copyOf(row) };
    },
    updatePasswordHash: async (id, { next, expected }) => {
      const row = byId.get(id);
      if (row === undefined || row.hash !== expected) return false;
      row.hash = next;
      return true;
    },
    markEmailVerified: async () => false,
  };
}

function newRow(id, email, hash) {
  return { id, login: email, mail: email, hash, verified: false, status: 'active', busy: null };
}

function copyOf(row) {
  return row === undefined ? null : { ...row };
}

function beBusy() {
  const end = performance.now() + busyMilliseconds;
  while (performance.now() < end);
}
