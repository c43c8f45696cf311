/**
 * A state store on Redis, for the bench only: one command for each verb. A script is needed where Redis has to look
 * before it writes.
 */

import { createClient, defineScript } from 'redis';

/** Everything that the bench writes begins so. */
const prefix = 'ostiary-bench-rotation:';
const address = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

const compareAndSet = script(`
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return 1`);
const increment = script(`
  local value = redis.call('incrby', KEYS[1], ARGV[1])
  if value == tonumber(ARGV[1]) then redis.call('expire', KEYS[1], ARGV[2], 'NX') end
  return value`);

export async function openRedis({ name }) {
  const client = await connect();
  const keyOf = (key) => `${prefix}${name}:${key}`;
  const state = {
    get: (key) => client.get(keyOf(key)),
    put: async (key, value, ttlSeconds) => {
      await client.sendCommand(['SET', keyOf(key), value, 'EX', String(ttlSeconds)]);
    },
    putIfAbsent: async (key, value, ttlSeconds) =>
      (await client.sendCommand(['SET', keyOf(key), value, 'EX', String(ttlSeconds), 'NX'])) === 'OK',
    compareAndSet: async (key, expected, next, ttlSeconds) =>
      (await client.compareAndSet(keyOf(key), expected, next, String(ttlSeconds))) === 1,
    take: (key) => client.getDel(keyOf(key)),
    increment: (key, by, ttlSeconds) => client.increment(keyOf(key), String(by), String(ttlSeconds)),
    delete: async (key) => {
      await client.del(keyOf(key));
    },
  };
  return {
    state,
    fill: (rows) => Promise.all(rows.map(([key, value, ttlSeconds]) => state.put(key, value, ttlSeconds))),
    settle: async () => {},
    close: () => client.close(),
  };
}

/** Removes what this run, or one that was interrupted, has written. Answers which server it is. */
export async function clearRedis() {
  const client = await connect();
  try {
    const [, version] = /redis_version:(\S+)/.exec(await client.info('server')) ?? [];
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
    return `Redis ${version}`;
  } finally {
    await client.close();
  }
}

async function connect() {
  const client = createClient({
    url: address,
    scripts: { compareAndSet, increment },
    // Who is not there is not waited for: the bench says so and leaves the rows out.
    socket: { connectTimeout: 3000, reconnectStrategy: false },
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The first argument is the key. */
function script(text) {
  return defineScript({
    SCRIPT: text,
    NUMBER_OF_KEYS: 1,
    parseCommand: (parser, key, ...args) => {
      parser.pushKey(key);
      parser.push(...args);
    },
    transformReply: (reply) => reply,
  });
}
