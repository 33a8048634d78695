import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

/** The contact center's own numbers, learned from inbound engagements. */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('own_numbers')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('number', text, (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('own_numbers_key', ['account', 'number'])
      .execute();
    await db.schema.createIndex('own_numbers_by_time').on('own_numbers').column('seen_at').execute();
  };
}
