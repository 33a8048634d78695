import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * The index by engagement leaves out pending rows. Engagement ids are random, so each entry writes a page of its own,
 * which the sender of the event would wait for.
 */
export function up() {
  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.dropIndex('inbox_events_by_engagement').execute();
    await db.schema
      .createIndex('inbox_events_by_engagement')
      .on('inbox_events')
      .columns(['engagement_id', 'id'])
      .where(sql.ref('state'), '<>', sql.lit('pending'))
      .execute();
  };
}
