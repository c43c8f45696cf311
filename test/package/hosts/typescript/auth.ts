/** The doorkeeper of a host, over a table of one row; it counts how often the table is read. */

import { type Auth, createAuth } from 'ostiary';
import { bcrypt } from 'ostiary/hashers';
import { memoryState } from 'ostiary/stores/memory';

export interface Customer {
  readonly customer_id: number;
  readonly name: string;
  readonly pwd: string;
}

export interface Door {
  readonly auth: Auth<Customer, never>;
  readonly table: { reads: number };
}

const ann: Customer = {
  customer_id: 7,
  name: 'ann',
  pwd: '$2b$04$mpIqDV4PORb7U8pVy2y73.jeM4vWq2ijWlgE8oBFP99ZnFGU3YpmG',
};

export function openDoor(): Door {
  const table = { reads: 0 };
  const auth = createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer: 'https://shop.example',
    users: {
      findById: async (id) => {
        table.reads += 1;
        return String(id) === '7' ? ann : null;
      },
      findByIdentifier: async (name) => (name === 'ann' ? ann : null),
      toAuthUser: (row: Customer) => ({ id: row.customer_id, passwordHash: row.pwd }),
    },
    hasher: bcrypt({ cost: 4 }),
    state: memoryState(),
  });
  return { auth, table };
}
