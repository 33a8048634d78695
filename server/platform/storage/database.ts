import { type Kysely, Migrator, sql } from 'kysely';
import { findMigrations } from './find-migrations.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import type { DatabaseKind, Schema } from './schema.ts';

/** ms. An index of a table with months of rows takes minutes; so does waiting for the process that makes it. */
const maxMigrationMs = 30 * 60_000;

/** Access to all tables. `kind` is for the few statements that differ between the two databases. */
export type Database = {
  kind: DatabaseKind;
  db: Kysely<Schema>;
  /** Resolves when the database answers; rejects when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens `sqlite:<file>`, `sqlite::memory:` or `postgres://…` and applies the missing migrations. Several processes may
 * start at once: the migrator holds a lock, and each migration is one transaction.
 */
export async function openDatabase(url: string, options: { connections?: number | undefined } = {}): Promise<Database> {
  let database: Database | undefined;
  try {
    if (url.startsWith('sqlite:')) {
      database = openSqlite(url.slice('sqlite:'.length));
      await migrate(database);
    } else {
      await migratePostgres(url);
      database = openPostgres(url, options);
    }
    return database;
  } catch (error) {
    await database?.close();
    throw new Error(`The database of DATABASE_URL cannot be opened: ${reasonOf(error)}`, { cause: error });
  }
}

/** A host with several addresses fails with an AggregateError, which has no message of its own. */
function reasonOf(error: unknown): string {
  const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return reason instanceof Error ? reason.message : String(reason);
}

/**
 * On connections of its own, which are not bound by the limit of a statement at work. The migrator reads the catalog
 * before it takes its lock, which fails while another process alters a table: one process at a time calls it.
 */
async function migratePostgres(url: string): Promise<void> {
  const database = openPostgres(url, { connections: 2, statementMs: maxMigrationMs });
  try {
    await database.db.connection().execute(async (holder) => {
      // Held until the connection is closed.
      await sql`select pg_advisory_lock(hashtext('deskside migrations'))`.execute(holder);
      await migrate(database);
    });
  } finally {
    await database.close();
  }
}

async function migrate({ db, kind }: Database): Promise<void> {
  const migrations = await findMigrations(kind);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
