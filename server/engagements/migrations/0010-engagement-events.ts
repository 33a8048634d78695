import type { Kysely } from 'kysely';

/** The column is named after what it holds, the engagement events. */
export const up =
  () =>
  (db: Kysely<unknown>): Promise<void> =>
    db.schema.alterTable('engagements').renameColumn('statements', 'events').execute();
