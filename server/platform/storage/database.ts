import { type Kysely, type Migration, Migrator } from 'kysely';
import { createFirstTables } from './migrations/0001-first.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import type { DatabaseKind, Schema } from './schema.ts';

/** The one way to the tables. `kind` is for the few statements that the two databases spell differently. */
export type Database = {
  kind: DatabaseKind;
  db: Kysely<Schema>;
  /** Resolves when the database answers; rejects when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens `sqlite:<file>`, `sqlite::memory:` or `postgres://…` and applies every migration that is missing.
 * Several processes may start at once: the migrator works under a lock, and a migration is applied whole or not at all.
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function migrate({ db, kind }: Database): Promise<void> {
  const migrations: Record<string, Migration> = {
    '0001-first': { up: createFirstTables(kind) },
  };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
