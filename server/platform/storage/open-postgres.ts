import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { withDeadline } from '../timing/deadline.ts';
import { runDirectly } from './prepare-query.ts';
import type { Schema } from './schema.ts';

/**
 * ms: for a connection and for the answer to a ping; for the answer to a statement. The panel gives up after ten
 * seconds. Migrations have a longer limit (database.ts).
 */
const timeouts = { connection: 2_000, statement: 5_000 };

/** Ten processes of eight connections and a listener each stay below PostgreSQL's default of 100. */
const defaultConnections = 8;

/** PostgreSQL's types for 64-bit integers and for sums of them */
const int8 = 20;
const numeric = 1700;

type PostgresOptions = { connections?: number | undefined; statementMs?: number };

export function openPostgres(url: string, options: PostgresOptions = {}) {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? defaultConnections,
    connectionTimeoutMillis: timeouts.connection,
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

  const statementMs = options.statementMs ?? timeouts.statement;
  const wrapped = wrapPool(pool, statementMs);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: wrapped }) });
  runDirectly(db.getExecutor().adapter, async ({ sql: text, parameters }) => {
    const client = await wrapped.connect();
    try {
      const { rows, rowCount } = await client.query<unknown>(text, parameters);
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } finally {
      client.release();
    }
  });
  return {
    kind: 'postgres' as const,
    db,
    async ping(): Promise<void> {
      await failAfter(timeouts.connection, sql`select 1`.execute(db));
    },
    async close(): Promise<void> {
      await db.destroy();
      // Kysely ends the pool only if it has used it itself; prepared queries do not go through Kysely.
      if (!pool.ending) await pool.end();
    },
  };
}

/**
 * Adds two things to pg's pool.
 *
 * Statement timeouts: a server that vanished behind the network never answers and never refuses, and TCP notices after
 * a quarter of an hour. A connection that did not answer in time is discarded with everything that still waits on it;
 * pg's own `query_timeout` would return it to the pool.
 *
 * Named statements, which PostgreSQL parses and plans once for each connection instead of at every execution.
 */
function wrapPool(pool: pg.Pool, statementMs: number): PostgresPool {
  const nameStatement = createStatementNames();
  return {
    async connect() {
      const client = await pool.connect();
      let failure: Error | undefined;
      const query = async (text: string, values: readonly unknown[]) => {
        if (failure) throw failure;
        const name = nameStatement(text);
        const answer = client.query({ text, values: [...values], ...(name !== undefined && { name }) });
        return failAfter(statementMs, answer).catch((error: unknown) => {
          if (error instanceof TimeoutError) failure = error;
          if (isStalePlan(error)) failure = error;
          throw error;
        });
      };
      // Kysely's type also knows cursors, which only streams use; there are none here.
      return { query, release: () => client.release(failure) } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

/** Beyond so many texts statements stay unnamed: every connection keeps every name until it is closed. */
const maxNames = 500;

function createStatementNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= maxNames || !/^\s*(select|insert|update|delete|with)\b/i.test(text)) {
      return known;
    }
    const name = createHash('sha256').update(text).digest('base64url');
    names.set(text, name);
    return name;
  };
}

/** A migration by another process changed what a named statement returns: its connection can no longer run it. */
function isStalePlan(error: unknown): error is Error {
  return error instanceof Error && (error as { code?: unknown }).code === '0A000' && /cached plan/.test(error.message);
}

class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

function failAfter<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  return withDeadline(
    ms,
    () => answer,
    () => {
      throw new TimeoutError(`The database did not answer within ${ms} ms`);
    },
  );
}
