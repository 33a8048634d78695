import { setImmediate as nextTurn } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';
import { pause } from '../timing/pause.ts';
import type { RunQuery } from './prepare-query.ts';

/** One connection to the file. Every call blocks until SQLite is done. */
export type SqliteHandle = {
  run(query: CompiledQuery): QueryResult<unknown>;
  isInTransaction(): boolean;
  close(): void;
};

/** An import holds the lock for about a tenth of a second at a time. */
const lockTimeoutMs = 5_000;
const retryEveryMs = 4;
/** How long queries may occupy the event loop before it turns. */
const maxTurnMs = 10;

/**
 * SQLite has one writer at a time, over all processes, and better-sqlite3 waits for its lock inside a blocking call:
 * while an import in another process writes, the server would answer no request. So nothing here waits inside SQLite:
 *
 * - Reads use a handle of their own. In WAL mode they wait for no lock and see the last commit.
 * - Writes queue within the process, and are repeated every few milliseconds while another process writes.
 * - Results come within the call, so a loop of queries would never let the event loop turn: after `maxTurnMs` the next
 *   connection is handed out one turn later. Within a transaction nothing waits, because all other writes wait for its
 *   end.
 *
 * Transactions begin with `immediate`: a plain one takes the lock at its first write, and SQLite refuses it at once if
 * another process has written since its first read.
 */
export function createSqliteDriver(parts: {
  writer: SqliteHandle;
  /** Undefined in memory, where a second handle would be a second database: there reads queue with the writes. */
  reader: SqliteHandle | undefined;
}): Driver & { run: RunQuery } {
  const { writer, reader } = parts;
  const waitForTurn = createQueue();
  const { mustYield, yieldToEventLoop } = createYielding();
  /** The functions that end the turns of connections with an open transaction. */
  const openTurns = new WeakMap<DatabaseConnection, () => void>();

  async function runInTurn(query: CompiledQuery): Promise<QueryResult<unknown>> {
    const endTurn = await waitForTurn();
    try {
      return await retryWhileBusy(() => writer.run(query));
    } finally {
      endTurn();
    }
  }

  const runOutsideTransaction = async (query: CompiledQuery): Promise<QueryResult<unknown>> =>
    reader && /^\s*select\b/i.test(query.sql) ? reader.run(query) : runInTurn(query);

  function createConnection(): DatabaseConnection {
    const run = async (query: CompiledQuery): Promise<QueryResult<unknown>> =>
      openTurns.has(connection) ? writer.run(query) : runOutsideTransaction(query);
    const connection: DatabaseConnection = {
      executeQuery: async <Row>(query: CompiledQuery) => (await run(query)) as QueryResult<Row>,
      // All rows at once: an open cursor would block the handle for all other queries.
      async *streamQuery<Row>(query: CompiledQuery) {
        yield (await run(query)) as QueryResult<Row>;
      },
    };
    return connection;
  }

  return {
    async run(query) {
      if (mustYield()) await yieldToEventLoop();
      return runOutsideTransaction(query);
    },
    init: async () => {},
    async acquireConnection() {
      if (mustYield()) await yieldToEventLoop();
      return createConnection();
    },
    async beginTransaction(connection) {
      const endTurn = await waitForTurn();
      try {
        await retryWhileBusy(() => writer.run(CompiledQuery.raw('begin immediate')));
      } catch (error) {
        endTurn();
        throw error;
      }
      openTurns.set(connection, endTurn);
    },
    // When it fails, the turn continues: Kysely rolls back next.
    async commitTransaction(connection) {
      writer.run(CompiledQuery.raw('commit'));
      endTurnOf(connection);
    },
    async rollbackTransaction(connection) {
      try {
        // After an error such as a full disk SQLite has rolled back by itself.
        if (writer.isInTransaction()) writer.run(CompiledQuery.raw('rollback'));
      } finally {
        endTurnOf(connection);
      }
    },
    releaseConnection: async () => {},
    async destroy() {
      reader?.close();
      writer.close();
    },
  };

  function endTurnOf(connection: DatabaseConnection): void {
    openTurns.get(connection)?.();
    openTurns.delete(connection);
  }
}

/** First in, first out. Resolves with the function that ends the turn. */
function createQueue(): () => Promise<() => void> {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    let end = () => {};
    last = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  };
}

function createYielding() {
  let turnedAt = performance.now();
  return {
    mustYield: () => performance.now() - turnedAt >= maxTurnMs,
    async yieldToEventLoop(): Promise<void> {
      await nextTurn();
      turnedAt = performance.now();
    },
  };
}

async function retryWhileBusy<Result>(run: () => Result): Promise<Result> {
  const until = performance.now() + lockTimeoutMs;
  for (;;) {
    try {
      return run();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!String(code).startsWith('SQLITE_BUSY') || performance.now() >= until) throw error;
    }
    await pause(retryEveryMs);
  }
}
