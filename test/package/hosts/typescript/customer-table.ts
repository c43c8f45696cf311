/** The user table of a TypeScript host, in memory; it counts how often somebody is read by id. */

import type { UserCapabilities, UserId, UserStore } from 'ostiary';

export interface Customer {
  readonly customer_id: number;
  readonly name: string;
  pwd: string;
  readonly mail?: string;
  verified?: boolean;
}

export type Ability = 'create' | 'updatePasswordHash' | 'markEmailVerified';

export interface CustomerTable {
  reads: number;
  readonly users: UserStore<Customer> & Pick<UserCapabilities<Customer>, Ability>;
}

export function customerTable(...rows: Customer[]): CustomerTable {
  const rowOf = (id: UserId) => rows.find((row) => String(row.customer_id) === String(id));
  const table: CustomerTable = {
    reads: 0,
    users: {
      findById: async (id) => {
        table.reads += 1;
        return rowOf(id) ?? null;
      },
      findByIdentifier: async (name) => rows.find((row) => row.name === name) ?? null,
      toAuthUser: ({ customer_id: id, pwd: passwordHash, mail = null, verified }) => ({
        id,
        passwordHash,
        email: mail,
        ...(verified === undefined ? {} : { emailVerified: verified }),
      }),
      create: async ({ email = '', passwordHash }) => {
        if (rows.some((row) => row.name === email)) return { ok: false, taken: 'email' };
        const user: Customer = {
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
    },
  };
  return table;
}
