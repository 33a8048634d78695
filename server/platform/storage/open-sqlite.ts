import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Schema } from './schema.ts';

export function openSqlite(file: string) {
  const inMemory = file === ':memory:';
  // What is made here holds personal data: the folder is for its owner alone.
  if (!inMemory) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new Sqlite(file);
  try {
    setPragmas(sqlite);
  } catch (error) {
    sqlite.close();
    throw error;
  }

  const db = new Kysely<Schema>({
    dialect: {
      createDriver: () => new ImmediateDriver({ database: withStatementCache(sqlite) }),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new TransactionalDdlAdapter(),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    },
  });
  return {
    kind: 'sqlite' as const,
    db,
    async ping(): Promise<void> {
      // A deleted file still answers, but what is written to it ends with this process.
      if (!inMemory && !existsSync(file)) throw new Error('The database file is gone');
      await sql`select 1 from sqlite_schema`.execute(db);
    },
    close: () => db.destroy(),
  };
}

/**
 * better-sqlite3 opens a WAL file with synchronous=NORMAL (its build's default), which may lose the last commits in a
 * power cut. FULL is therefore set, and asserted, at every open. The time-out comes first: switching to WAL already
 * needs a lock that another process may hold.
 */
function setPragmas(sqlite: Sqlite.Database): void {
  sqlite.pragma('busy_timeout = 5000');
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  const synchronous = sqlite.pragma('synchronous', { simple: true });
  if (synchronous !== 2) throw new Error(`SQLite refused synchronous=FULL (it says ${synchronous})`);
}

/**
 * A plain `begin` takes the write lock only at the first write, and SQLite refuses it at once, without waiting, if
 * another process wrote since the first read. Taken at the start, the second writer waits for the first.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Kysely leaves migrations on SQLite outside a transaction; a kill between two tables would leave a half schema. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely prepares each statement anew; keeping them halves the price of a read. The texts are few: all are ours. */
function withStatementCache(sqlite: Sqlite.Database) {
  const statements = new Map<string, ReturnType<typeof withPostgresText>>();
  return {
    close: () => void sqlite.close(),
    prepare(text: string) {
      const known = statements.get(text);
      if (known) return known;
      const statement = withPostgresText(sqlite.prepare(text));
      if (statements.size >= 500) statements.clear();
      statements.set(text, statement);
      return statement;
    },
  };
}

function withPostgresText(statement: Sqlite.Statement) {
  return {
    reader: statement.reader,
    all: (values: readonly unknown[]) => statement.all(values.map(asPostgresText)),
    run: (values: readonly unknown[]) => statement.run(values.map(asPostgresText)),
    iterate: (values: readonly unknown[]) => statement.iterate(values.map(asPostgresText)),
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
