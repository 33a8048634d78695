import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';

/** One open file. Every call blocks until SQLite is done. */
export type SqliteHandle = {
  run(query: CompiledQuery): QueryResult<unknown>;
  isInTransaction(): boolean;
  close(): void;
};

/** ms. An import holds the lock for about a tenth of a second at a time. */
const patience = 5_000;
const pause = 4;
/** ms of one turn of the event loop that queries may fill before somebody else gets one. */
const longestTurn = 10;

/**
 * SQLite has one writer at a time, over all processes, and better-sqlite3 waits for it inside a blocking call: while an
 * import in another process writes, the server would answer nobody. So nothing here waits inside SQLite:
 *
 * - Reads go to a handle of their own. In WAL mode they wait for nobody and see what was last committed.
 * - Writes take turns within the process, and try again every few milliseconds while another process writes.
 * - Answers come within the call, so a loop of queries would never let the event loop turn: now and then a connection is
 *   handed out a turn later. Within a transaction nothing waits, for everybody else's writes wait for its end.
 *
 * A transaction begins with `immediate`: a plain one takes the lock at its first write, and SQLite refuses it at once if
 * somebody wrote since its first read.
 */
export function createSqliteDriver(parts: {
  writer: SqliteHandle;
  /** Undefined in memory, where a second handle would be a second database: there reads take their turn too. */
  reader: SqliteHandle | undefined;
}): Driver {
  const { writer, reader } = parts;
  const takeTurn = createTurns();
  const letOthers = createYielding();
  /** How the turn of a connection with an open transaction is ended. */
  const turns = new WeakMap<DatabaseConnection, () => void>();

  async function runInTurn(query: CompiledQuery): Promise<QueryResult<unknown>> {
    const endTurn = await takeTurn();
    try {
      return await onceFree(() => writer.run(query));
    } finally {
      endTurn();
    }
  }

  function createConnection(): DatabaseConnection {
    const run = async (query: CompiledQuery): Promise<QueryResult<unknown>> => {
      if (turns.has(connection)) return writer.run(query);
      return reader && /^\s*select\b/i.test(query.sql) ? reader.run(query) : runInTurn(query);
    };
    const connection: DatabaseConnection = {
      executeQuery: async <Row>(query: CompiledQuery) => (await run(query)) as QueryResult<Row>,
      // Whole, in one piece: an open cursor would keep the handle from everybody else.
      async *streamQuery<Row>(query: CompiledQuery) {
        yield (await run(query)) as QueryResult<Row>;
      },
    };
    return connection;
  }

  return {
    init: async () => {},
    async acquireConnection() {
      await letOthers();
      return createConnection();
    },
    async beginTransaction(connection) {
      const endTurn = await takeTurn();
      try {
        await onceFree(() => writer.run(CompiledQuery.raw('begin immediate')));
      } catch (error) {
        endTurn();
        throw error;
      }
      turns.set(connection, endTurn);
    },
    // When it fails, the turn goes on: Kysely rolls back next.
    async commitTransaction(connection) {
      writer.run(CompiledQuery.raw('commit'));
      endTurnOf(connection);
    },
    async rollbackTransaction(connection) {
      try {
        // A full disk or a broken file has made SQLite roll back by itself.
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
    turns.get(connection)?.();
    turns.delete(connection);
  }
}

/** First come, first served. What is answered ends the turn. */
function createTurns(): () => Promise<() => void> {
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

function createYielding(): () => Promise<void> {
  let turnedAt = performance.now();
  return async () => {
    if (performance.now() - turnedAt < longestTurn) return;
    await nextTurn();
    turnedAt = performance.now();
  };
}

async function onceFree<Result>(run: () => Result): Promise<Result> {
  const until = performance.now() + patience;
  for (;;) {
    try {
      return run();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!String(code).startsWith('SQLITE_BUSY') || performance.now() >= until) throw error;
    }
    await wait(pause);
  }
}
