/** The doorkeeper of a host, over a table of one row; it counts how often the table is read. */

'use strict';

const { createAuth } = require('ostiary');
const { bcrypt, scrypt } = require('ostiary/hashers');
const { memoryState } = require('ostiary/stores/memory');

const bcryptOfAnn = '$2b$04$mpIqDV4PORb7U8pVy2y73.jeM4vWq2ijWlgE8oBFP99ZnFGU3YpmG';

exports.openDoor = async (hashes = 'bcrypt') => {
  const hasher = hashes === 'scrypt' ? scrypt({ logN: 10 }) : bcrypt({ cost: 4 });
  const pwd = hashes === 'scrypt' ? await hasher.hash('right password') : bcryptOfAnn;
  const ann = { customer_id: 7, name: 'ann', pwd };
  const table = { reads: 0 };
  const auth = createAuth({
    secret: 'wIe6pYJm0f4nKqT1xZr8sVbGd3hLc7uA',
    issuer: 'https://shop.example',
    users: {
      findById: async (id) => {
        table.reads += 1;
        return id === '7' || id === 7 ? ann : null;
      },
      findByIdentifier: async (name) => (name === 'ann' ? ann : null),
      toAuthUser: (row) => ({ id: row.customer_id, passwordHash: row.pwd }),
    },
    hasher,
    state: memoryState(),
  });
  return { auth, table, hashes };
};
