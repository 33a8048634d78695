import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

/**
 * The version of the rules by which the directory's index was written, and how far a rebuild has come; the country in
 * which a customer's national numbers were read. A directory filled before has version 0, so that it is rebuilt.
 */
export const up =
  (kind: DatabaseKind) =>
  async (db: Kysely<unknown>): Promise<void> => {
    const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
    await db.schema.alterTable('customers').addColumn('country', 'text').execute();
    for (const name of ['index_version', 'rebuild_version']) {
      await db.schema
        .alterTable('directory_settings')
        .addColumn(name, 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
    }
    await db.schema.alterTable('directory_settings').addColumn('rebuilt_to', text).execute();
    await sql`
      insert into directory_settings (id, version)
      select 'directory', 1 where exists (select 1 from customers)
      on conflict (id) do nothing`.execute(db);
  };
