/** The stores that a rotation is measured on. */

import { openMemory } from './memory.mjs';
import { clearPostgres, openPostgres, preparePostgres } from './postgres.mjs';
import { clearRedis, openRedis } from './redis.mjs';

const nothing = async () => {};

/** `prepare` answers which server it is, and fails where none does. */
export const stores = {
  memory: { called: 'memory', open: openMemory, prepare: nothing, clear: nothing, address: 'none' },
  redis: { called: 'Redis', open: openRedis, prepare: clearRedis, clear: clearRedis, address: 'REDIS_URL' },
  postgres: {
    called: 'PostgreSQL',
    open: openPostgres,
    prepare: preparePostgres,
    clear: clearPostgres,
    address: 'DATABASE_URL',
  },
};
