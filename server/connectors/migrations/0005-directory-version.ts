import type { Kysely } from 'kysely';

/** The directory's version increases with every change of a customer or activity; a lookup can be reused until then. */
export const up =
  () =>
  async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .alterTable('directory_settings')
      .addColumn('version', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();
  };
