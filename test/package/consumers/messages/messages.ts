/** What an editor shows of capabilities: each marked place is asked about. */

import { createAuth } from 'ostiary';

interface Customer {
  readonly id: number;
  readonly pwd: string | null;
}

declare const row: Customer;
const secret = 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA';
const issuer = 'https://shop.example';
const required = {
  findById: async (_id: unknown) => row,
  findByIdentifier: async (_mail: string) => row,
  toAuthUser: (customer: Customer) => ({ id: customer.id, passwordHash: customer.pwd }),
};

export const plain = createAuth({ secret, issuer, users: required });
export const auth = createAuth({
  secret,
  issuer,
  users: {
    ...required,
    updatePasswordHash: async () => true,
    setStatus: async () => true,
    bumpEpoch: async () => undefined,
  },
});
export const refused = () => plain.accounts.setStatus({ user: row, status: 'disabled' });
export const allowed = () => auth.accounts.setStatus({ user: row, status: 'disabled' });
export const signIn = () => auth.login({ identifier: 'ann', password: 'secret' });
