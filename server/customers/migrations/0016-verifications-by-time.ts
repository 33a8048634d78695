import type { Kysely } from 'kysely';

/** For the retention of verifications. */
export const up =
  () =>
  (db: Kysely<unknown>): Promise<void> =>
    db.schema.createIndex('verifications_by_time').on('verifications').column('verified_at').execute();
