import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

/** How often each agent revealed, verified, linked and searched, by hour. */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('act_counts')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('act', text, (c) => c.notNull())
      .addColumn('hour_at', 'bigint', (c) => c.notNull())
      .addColumn('acts', 'integer', (c) => c.notNull())
      .addColumn('is_refused', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('act_counts_key', ['account', 'uid', 'act', 'hour_at'])
      .execute();
    await db.schema.createIndex('act_counts_by_hour').on('act_counts').column('hour_at').execute();
  };
}
