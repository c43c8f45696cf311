/** A user table, as an object and as a class. */

import type {
  AuthUser,
  IdentifierKind,
  NewUser,
  PasswordHashUpdate,
  UserCapabilities,
  UserId,
  UserStatus,
  UserStore,
} from 'ostiary';

export interface Customer {
  readonly customerId: number;
  mail: string;
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

  async create({ email = '', passwordHash, profile }: NewUser) {
    if (rows.some(({ mail }) => mail === email)) return { ok: false, taken: 'email' } as const;
    const status: UserStatus = profile['invited'] === true ? 'active' : 'pending';
    const user: Customer = { customerId: rows.length + 7, mail: email, pwd: passwordHash, status };
    rows.push(user);
    return { ok: true, user } as const;
  }

  async markEmailVerified(id: UserId, email: string): Promise<boolean> {
    const row = rows.find(({ customerId, mail }) => customerId === id && mail === email);
    if (row !== undefined) row.status = 'active';
    return row !== undefined;
  }

  async replaceEmail(
    id: UserId,
    { from, to }: { readonly from: string | null; readonly to: string },
  ): Promise<'changed' | 'stale' | 'taken'> {
    const row = rows.find(({ customerId, mail }) => customerId === id && mail === from);
    if (rows.some(({ mail }) => mail === to)) return 'taken';
    if (row !== undefined) row.mail = to;
    return row === undefined ? 'stale' : 'changed';
  }

  async delete(id: UserId): Promise<boolean> {
    const index = rows.findIndex(({ customerId }) => customerId === id);
    return index !== -1 && rows.splice(index, 1).length > 0;
  }

  async setStatus(id: UserId, status: UserStatus): Promise<boolean> {
    const row = await this.findById(id);
    if (row !== null) row.status = status;
    return row !== null;
  }

  async bumpEpoch(_id: UserId): Promise<void> {}
}
