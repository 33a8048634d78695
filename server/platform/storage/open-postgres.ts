import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/** How long to wait for a connection and for the answer to a ping, in ms. */
const patience = 2_000;

/** PostgreSQL's types for 64-bit integers and for sums of them */
const int8 = 20;
const numeric = 1700;

export function openPostgres(url: string) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: patience,
    keepAlive: true,
    // Times are ms in 64-bit integers and stay far below 2^53, so they are numbers, not pg's strings.
    types: {
      getTypeParser: (type, format) =>
        type === int8 || type === numeric ? Number : pg.types.getTypeParser(type, format),
    },
  });
  // A dropped connection is replaced by the next query. Without these listeners it would end the process: the pool
  // listens to a connection only while it is idle, so one lost between two statements of a transaction needs its own.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres' as const,
    db,
    ping: () => withinPatience(sql`select 1`.execute(db)),
    close: () => db.destroy(),
  };
}

/** A server that vanished behind the network never answers and never refuses. */
async function withinPatience(answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The database did not answer within ${patience} ms`)), patience);
  });
  try {
    await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
