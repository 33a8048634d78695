import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

/** Engagements that were erased with their customer, so that Zoom's reports do not bring them back. */
export const up =
  (kind: DatabaseKind) =>
  async (db: Kysely<unknown>): Promise<void> => {
    const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
    await db.schema
      .createTable('erased_engagements')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('erased_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('erased_engagements_key', ['account', 'engagement_id'])
      .execute();
    await db.schema.createIndex('erased_engagements_by_time').on('erased_engagements').column('erased_at').execute();
  };
