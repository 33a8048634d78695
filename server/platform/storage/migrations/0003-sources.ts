import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../schema.ts';

/**
 * Customers come from several sources now, so an id says which: `<source>:<id there>`. Every decision made before was
 * about the built-in directory. The audit trail is never rewritten; its older ids are the directory's.
 */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';

  return async (db: Kysely<unknown>): Promise<void> => {
    await sql`update link_decisions set customer_id = 'directory:' || customer_id where customer_id is not null`.execute(
      db,
    );
    // The consumer of an agent's link decision, so that it is found when the same consumer comes back.
    await db.schema.alterTable('link_decisions').addColumn('consumer_id', text).execute();
    await db.schema
      .createIndex('link_decisions_by_consumer')
      .on('link_decisions')
      .columns(['account', 'consumer_id', 'id'])
      .where(sql.ref('consumer_id'), 'is not', null)
      .execute();

    await db.schema
      .createTable('verifications')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('customer_id', text, (c) => c.notNull())
      .addColumn('method', text, (c) => c.notNull())
      .addColumn('verified_by', text, (c) => c.notNull())
      .addColumn('verified_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('verifications_key', ['account', 'engagement_id', 'customer_id'])
      .execute();

    // Sealed: a stolen copy of the database opens no CRM.
    await db.schema
      .createTable('connection_tokens')
      .addColumn('connection', text, (c) => c.notNull().primaryKey())
      .addColumn('sealed', text, (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();

    // Logged interactions of customers of the built-in directory. Not part of the file, so an import leaves it alone.
    await db.schema
      .createTable('directory_activities')
      .addColumn('key', text, (c) => c.notNull().primaryKey())
      .addColumn('customer_id', text, (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('activity', text, (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('directory_activities_by_customer')
      .on('directory_activities')
      .columns(['customer_id', 'at'])
      .execute();
  };
}
