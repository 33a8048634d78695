import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type CompiledQuery, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { createSqliteDriver, type SqliteHandle } from './sqlite-driver.ts';

export function openSqlite(file: string) {
  const inMemory = file === ':memory:';
  // What is made here holds personal data: the folder is for its owner alone.
  if (!inMemory) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const writer = openHandle(file);
  const reader = inMemory ? undefined : openHandle(file);
  const opened = inMemory ? undefined : identify(file);
  const assertInPlace = () => {
    if (opened !== undefined && identify(file) !== opened) throw new MovedError('The database file is gone');
  };

  const db = new Kysely<Schema>({
    dialect: {
      createDriver: () =>
        createSqliteDriver({ writer: toHandle(writer, assertInPlace), reader: reader && toHandle(reader) }),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new TransactionalDdlAdapter(),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    },
  });
  return {
    kind: 'sqlite' as const,
    db,
    async ping(): Promise<void> {
      assertInPlace();
      await sql`select 1 from sqlite_schema`.execute(db);
    },
    close: () => db.destroy(),
  };
}

function openHandle(file: string): Sqlite.Database {
  const sqlite = new Sqlite(file);
  try {
    setPragmas(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** ms. While SQLite waits for a lock, nobody is answered; a short wait spares most writers a second try. */
const blockingWait = 10;

/**
 * better-sqlite3 opens a WAL file with synchronous=NORMAL (its build's default), which may lose the last commits in a
 * power cut. FULL is therefore set, and asserted, at every open. The first time-out is for switching to WAL, which
 * already needs a lock that another process may hold; from then on it is the driver that waits (sqlite-driver.ts).
 */
function setPragmas(sqlite: Sqlite.Database): void {
  sqlite.pragma('busy_timeout = 5000');
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  const synchronous = sqlite.pragma('synchronous', { simple: true });
  if (synchronous !== 2) throw new Error(`SQLite refused synchronous=FULL (it says ${synchronous})`);
  sqlite.pragma(`busy_timeout = ${blockingWait}`);
}

/** Which file stands at a path. A file that was removed still takes writes, which end with this process. */
function identify(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}

class MovedError extends Error {
  /** SQLite's own name for this; it looks only in the other journal modes. */
  readonly code = 'SQLITE_READONLY_DBMOVED';
}

/** Kysely leaves migrations on SQLite outside a transaction; a kill between two tables would leave a half schema. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely prepares each statement anew; keeping them halves the price of a read. The texts are few: all are ours. */
function toHandle(sqlite: Sqlite.Database, check?: () => void): SqliteHandle {
  const statements = new Map<string, Sqlite.Statement>();
  const prepare = (text: string) => {
    const statement = statements.get(text) ?? sqlite.prepare(text);
    if (statements.size >= 500) statements.clear();
    statements.set(text, statement);
    return statement;
  };
  return {
    run({ sql: text, parameters }: CompiledQuery) {
      // Once for each transaction, before `begin`: a stat for each statement costs 1.4 % of a webhook.
      if (check && !sqlite.inTransaction) check();
      const statement = prepare(text);
      const values = parameters.map(asPostgresText);
      if (statement.reader) return { rows: statement.all(values) };
      const { changes, lastInsertRowid } = statement.run(values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    },
    isInTransaction: () => sqlite.inTransaction,
    close: () => void sqlite.close(),
  };
}

/**
 * SQLite would take any text: U+0000, where some of its functions stop reading, and half a surrogate pair, which it
 * stores as invalid UTF-8. PostgreSQL refuses the first, and its client replaces the second; so do we.
 */
function asPostgresText(value: unknown): unknown {
  if (typeof value !== 'string' || !/[\0\p{Surrogate}]/u.test(value)) return value;
  if (value.includes('\0')) throw new Error('Text with U+0000 cannot be stored');
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}
