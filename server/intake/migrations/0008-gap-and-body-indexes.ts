import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * Index for the gaps that overlap an engagement: every view reads those that end after its start. Partial index for the
 * retention of bodies: rows whose body is already empty are not scanned.
 */
export function up() {
  return async (db: Kysely<unknown>): Promise<void> => {
    // A gap that is still open sorts after all ends: the largest integer that JavaScript holds exactly.
    await sql`create index socket_gaps_by_end on socket_gaps (account, (coalesce(until_at, 9007199254740991)))`.execute(
      db,
    );
    await db.schema
      .createIndex('inbox_events_with_body')
      .on('inbox_events')
      .column('received_at')
      .where(sql.ref('body'), 'is not', null)
      .execute();
  };
}
