/** The doorkeeper of a host, over a table that has one row at first. */

import { createAuth } from 'ostiary';
import { bcrypt, scrypt } from 'ostiary/hashers';
import { memoryState } from 'ostiary/stores/memory';
import { customerTable } from '../customer-table.cjs';
import { openInbox } from '../inbox.cjs';

const bcryptOfAnn = '$2b$04$mpIqDV4PORb7U8pVy2y73.jeM4vWq2ijWlgE8oBFP99ZnFGU3YpmG';

export const openDoor = async (hashes = 'bcrypt') => {
  const hasher = hashes === 'scrypt' ? scrypt({ logN: 10 }) : bcrypt({ cost: 4 });
  const pwd = hashes === 'scrypt' ? await hasher.hash('right password') : bcryptOfAnn;
  const table = customerTable({ customer_id: 7, name: 'ann', pwd });
  const inbox = openInbox();
  const auth = createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer: 'https://shop.example',
    users: table.users,
    hasher,
    state: memoryState(),
    links: {
      verifyEmail: 'https://shop.example/account/verify',
      resetPassword: 'https://shop.example/account/reset',
    },
    notifier: inbox.notifier,
  });
  return { auth, table, inbox, hashes };
};
