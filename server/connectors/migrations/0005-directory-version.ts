import type { Kysely } from 'kysely';

/** The directory's version rises with every change of a customer or activity, so that a look-up can be reused until then. */
export const up =
  () =>
  async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .alterTable('directory_settings')
      .addColumn('version', 'bigint', (c) => c.notNull().defaultTo(0))
      .execute();
  };
