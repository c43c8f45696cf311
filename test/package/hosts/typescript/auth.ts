/** The doorkeeper of a host, over a table that has one row at first. */

import { type Auth, createAuth } from 'ostiary';
import { bcrypt } from 'ostiary/hashers';
import { memoryState } from 'ostiary/stores/memory';
import { type Ability, type Customer, type CustomerTable, customerTable } from './customer-table.js';
import { type Inbox, openInbox } from './inbox.js';

export interface Door {
  readonly auth: Auth<Customer, Ability>;
  readonly table: CustomerTable;
  readonly inbox: Inbox;
}

const pwd = '$2b$04$mpIqDV4PORb7U8pVy2y73.jeM4vWq2ijWlgE8oBFP99ZnFGU3YpmG';

export function openDoor(): Door {
  const table = customerTable({ customer_id: 7, name: 'ann', pwd });
  const inbox = openInbox();
  const auth = createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer: 'https://shop.example',
    users: table.users,
    hasher: bcrypt({ cost: 4 }),
    state: memoryState(),
    links: {
      verifyEmail: 'https://shop.example/account/verify',
      resetPassword: 'https://shop.example/account/reset',
    },
    notifier: inbox.notifier,
  });
  return { auth, table, inbox };
}
