import type { Kysely } from 'kysely';

/** Decisions made before count for every agent of their engagement, as they did. */
export const up =
  () =>
  (db: Kysely<unknown>): Promise<void> =>
    db.schema
      .alterTable('link_decisions')
      .addColumn('is_confirmed', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
