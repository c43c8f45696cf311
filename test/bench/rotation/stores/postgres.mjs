/**
 * A state store on PostgreSQL, for the bench only: one table, one statement for each verb, prepared once for each
 * connection. What has expired is not seen; nothing sweeps it away.
 */

import pg from 'pg';

/** Everything that the bench writes is in here. */
const schema = 'ostiary_bench_rotation';
const address = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const live = 'expires_at > now()';
const ends = (seconds) => `now() + make_interval(secs => ${seconds})`;

export async function openPostgres({ name, connections }) {
  const table = `${schema}.${name.replaceAll(/\W+/g, '_')}`;
  const pool = new pg.Pool(optionsFor(connections));
  await pool.query(
    `create table ${table} (key text primary key, value text not null, expires_at timestamptz not null)`,
  );
  const statements = statementsOf(table);
  const ask = (verb, ...values) => pool.query({ name: verb, text: statements[verb], values });
  const state = {
    get: async (key) => (await ask('get', key)).rows[0]?.value ?? null,
    put: async (key, value, ttlSeconds) => {
      await ask('put', key, value, ttlSeconds);
    },
    putIfAbsent: async (key, value, ttlSeconds) =>
      (await ask('putIfAbsent', key, value, ttlSeconds)).rowCount === 1,
    compareAndSet: async (key, expected, next, ttlSeconds) =>
      (await ask('compareAndSet', key, expected, next, ttlSeconds)).rowCount === 1,
    take: async (key) => {
      const [row] = (await ask('take', key)).rows;
      return row?.alive === true ? row.value : null;
    },
    increment: async (key, by, ttlSeconds) =>
      Number((await ask('increment', key, by, ttlSeconds)).rows[0].value),
    delete: async (key) => {
      await ask('delete', key);
    },
  };
  const columns = (rows) => [0, 1, 2].map((column) => rows.map((row) => row[column]));
  return {
    state,
    fill: (rows) => pool.query(statements.fill, columns(rows)),
    settle: () => pool.query(`vacuum analyze ${table}`),
    close: () => pool.end(),
  };
}

function statementsOf(table) {
  const insert = `insert into ${table} as old (key, value, expires_at) values ($1, $2, ${ends('$3')})
    on conflict (key) do update set`;
  const replace = 'value = excluded.value, expires_at = excluded.expires_at';
  return {
    get: `select value from ${table} where key = $1 and ${live}`,
    put: `${insert} ${replace}`,
    putIfAbsent: `${insert} ${replace} where not (old.${live})`,
    compareAndSet: `update ${table} set value = $3, expires_at = ${ends('$4')} where key = $1 and value = $2 and ${live}`,
    take: `delete from ${table} where key = $1 returning value, ${live} as alive`,
    increment: `${insert} value = case when old.${live} then (old.value::bigint + $2::bigint)::text else $2 end,
      expires_at = case when old.${live} then old.expires_at else excluded.expires_at end returning value`,
    delete: `delete from ${table} where key = $1`,
    fill: `insert into ${table} select key, value, ${ends('seconds')}
      from unnest($1::text[], $2::text[], $3::int[]) as filled (key, value, seconds)`,
  };
}

/** Makes an empty schema; what an interrupted run has left goes with the old one. Answers which server it is. */
export async function preparePostgres() {
  await once(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  const { server, commit } = (
    await once(
      `select current_setting('server_version') as server, current_setting('synchronous_commit') as commit`,
    )
  ).rows[0];
  return `PostgreSQL ${server}, synchronous_commit ${commit}`;
}

export async function clearPostgres() {
  await once(`drop schema if exists ${schema} cascade`);
}

async function once(statement) {
  const client = new pg.Client(optionsFor());
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

function optionsFor(max) {
  return { connectionString: address, connectionTimeoutMillis: 3000, max, application_name: schema };
}
