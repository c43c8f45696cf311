/** The user table of a JavaScript host, in memory; it counts how often somebody is read by id. */

'use strict';

exports.customerTable = (...rows) => {
  const rowOf = (id) => rows.find((row) => String(row.customer_id) === String(id));
  const table = { reads: 0 };
  table.users = {
    findById: async (id) => {
      table.reads += 1;
      return rowOf(id) ?? null;
    },
    findByIdentifier: async (name) => rows.find((row) => row.name === name) ?? null,
    toAuthUser: ({ customer_id: id, pwd: passwordHash, mail: email, verified: emailVerified }) => ({
      id,
      passwordHash,
      email,
      emailVerified,
    }),
    create: async ({ email, passwordHash }) => {
      if (rows.some((row) => row.name === email)) return { ok: false, taken: 'email' };
      const user = {
        customer_id: rows.length + 7,
        name: email,
        pwd: passwordHash,
        mail: email,
        verified: false,
      };
      rows.push(user);
      return { ok: true, user };
    },
    updatePasswordHash: async (id, { next, expected }) => {
      const row = rowOf(id);
      if (row?.pwd !== expected) return false;
      row.pwd = next;
      return true;
    },
    markEmailVerified: async (id, mail) => {
      const row = rowOf(id);
      if (row?.mail !== mail) return false;
      row.verified = true;
      return true;
    },
  };
  return table;
};
