import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('bookmarks')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('bookmarks_key', ['account', 'uid', 'engagement_id'])
      .execute();
  };
}
