import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/**
 * How long to wait, in ms: for a connection and for the answer to a ping; for the answer to a statement. The panel gives
 * up after ten seconds. A migration that may take longer than a statement's time must lift the limit for itself.
 */
const patience = { connection: 2_000, statement: 5_000 };

/** PostgreSQL's types for 64-bit integers and for sums of them */
const int8 = 20;
const numeric = 1700;

export function openPostgres(url: string, statementMs = patience.statement) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: patience.connection,
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

  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: limitStatements(pool, statementMs) }) });
  return {
    kind: 'postgres' as const,
    db,
    async ping(): Promise<void> {
      await within(patience.connection, sql`select 1`.execute(db));
    },
    close: () => db.destroy(),
  };
}

/**
 * A server that vanished behind the network never answers and never refuses, and TCP notices after a quarter of an hour.
 * A connection that once was silent for too long is therefore given up, with everything that still waits on it; pg's own
 * `query_timeout` would put it back among the good ones.
 */
function limitStatements(pool: pg.Pool, statementMs: number): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect();
      let silence: Error | undefined;
      const query = async (text: string, values: readonly unknown[]) => {
        if (silence) throw silence;
        return within(statementMs, client.query(text, [...values])).catch((error: unknown) => {
          if (error instanceof Silence) silence = error;
          throw error;
        });
      };
      // Kysely's type also knows cursors, which only streams use; there are none here.
      return { query, release: () => client.release(silence) } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

class Silence extends Error {
  readonly code = 'ETIMEDOUT';
}

async function within<Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Silence(`The database did not answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
