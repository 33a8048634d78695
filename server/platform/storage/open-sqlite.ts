import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type CompiledQuery, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import { runDirectly } from './prepare-query.ts';
import type { Schema } from './schema.ts';
import { createSqliteDriver, type SqliteHandle } from './sqlite-driver.ts';

export function openSqlite(file: string) {
  const inMemory = file === ':memory:';
  if (!inMemory) protectFile(file);
  const writer = openHandle(file);
  const reader = inMemory ? undefined : openHandle(file);
  const opened = inMemory ? undefined : identify(file);
  const assertInPlace = () => {
    if (opened !== undefined && identify(file) !== opened) throw new MovedError('The database file is gone');
  };

  const driver = createSqliteDriver({ writer: toHandle(writer, assertInPlace), reader: reader && toHandle(reader) });
  const adapter = new TransactionalDdlAdapter();
  runDirectly(adapter, driver.run);
  const db = new Kysely<Schema>({
    dialect: {
      createDriver: () => driver,
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => adapter,
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

/**
 * The database holds personal data: only its owner may read it, also in a folder that others may enter. SQLite gives
 * the files beside it the same permissions when it creates them.
 */
function protectFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const stats = statSync(path, { throwIfNoEntry: false });
    // A file of another user cannot be changed by this one, nor has it to be.
    if (stats && (stats.mode & 0o077) !== 0 && stats.uid === process.getuid?.()) chmodSync(path, 0o600);
  }
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

/** While SQLite waits for a lock, it blocks the event loop; a short wait spares most writers a second attempt. */
const blockingWaitMs = 10;

/**
 * better-sqlite3 opens a WAL file with synchronous=NORMAL (its build's default), which may lose the last commits in a
 * power cut, so FULL is set and asserted at every open. The first timeout is for switching to WAL, which needs a lock
 * that another process may hold; afterwards the driver waits instead (sqlite-driver.ts).
 */
function setPragmas(sqlite: Sqlite.Database): void {
  sqlite.pragma('busy_timeout = 5000');
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  // Deleted rows are overwritten; else their content stays in the file.
  sqlite.pragma('secure_delete = ON');
  const synchronous = sqlite.pragma('synchronous', { simple: true });
  if (synchronous !== 2) throw new Error(`SQLite refused synchronous=FULL (it is ${synchronous})`);
  sqlite.pragma(`busy_timeout = ${blockingWaitMs}`);
}

/** Identifies the file at a path. A removed file still accepts writes, which are lost with this process. */
function identify(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}

class MovedError extends Error {
  /** SQLite's own code for this, which it does not raise in WAL mode. */
  readonly code = 'SQLITE_READONLY_DBMOVED';
}

/** By default Kysely runs migrations on SQLite without a transaction; a crash would leave half a schema. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely prepares each statement anew; this cache of prepared statements halves the cost of a read. */
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
 * SQLite accepts any text: U+0000, at which some of its functions stop, and half a surrogate pair, which it stores as
 * invalid UTF-8. PostgreSQL refuses the first, and its client replaces the second; this does the same.
 */
function asPostgresText(value: unknown): unknown {
  if (typeof value !== 'string' || !/[\0\p{Surrogate}]/u.test(value)) return value;
  if (value.includes('\0')) throw new Error('Text with U+0000 cannot be stored');
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}
