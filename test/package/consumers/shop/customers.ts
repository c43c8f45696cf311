/** A user table, as an object and as a class. */

import type {
  AuthUser,
  IdentifierKind,
  PasswordHashUpdate,
  UserCapabilities,
  UserId,
  UserStatus,
  UserStore,
} from 'ostiary';

export interface Customer {
  readonly customerId: number;
  readonly mail: string;
  pwd: string | null;
  status: UserStatus;
}

const rows: Customer[] = [{ customerId: 7, mail: 'ann@example.com', pwd: null, status: 'active' }];

/** Without an annotation: what it can do is inferred. */
export const customers = {
  findById: async (id: UserId) => rows.find((row) => row.customerId === id),
  findByIdentifier: async (mail: string) => rows.find((row) => row.mail === mail) ?? null,
  toAuthUser: (row: Customer): AuthUser => ({
    id: row.customerId,
    passwordHash: row.pwd,
    email: row.mail,
    status: row.status,
    roles: ['customer'],
  }),
};

export class Customers implements UserStore<Customer>, UserCapabilities<Customer> {
  async findById(id: UserId): Promise<Customer | null> {
    return rows.find((row) => row.customerId === id) ?? null;
  }

  async findByIdentifier(identifier: string, kind: IdentifierKind): Promise<Customer | null> {
    return kind === 'email' ? (rows.find((row) => row.mail === identifier) ?? null) : null;
  }

  toAuthUser(row: Customer): AuthUser {
    return customers.toAuthUser(row);
  }

  async updatePasswordHash(id: UserId, { next, expected }: PasswordHashUpdate): Promise<boolean> {
    const row = rows.find(({ customerId, pwd }) => customerId === id && pwd === expected);
    if (row !== undefined) row.pwd = next;
    return row !== undefined;
  }

  async setStatus(id: UserId, status: UserStatus): Promise<boolean> {
    const row = await this.findById(id);
    if (row !== null) row.status = status;
    return row !== null;
  }

  async bumpEpoch(_id: UserId): Promise<void> {}
}
