import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../schema.ts';

/**
 * Text is in byte order on both: PostgreSQL's default collation depends on the machine, and a prefix range is only
 * right in byte order (SQLite's BINARY is that already).
 */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
  const serial = kind === 'postgres' ? 'bigserial' : 'integer';
  const identity = (column: ColumnDefinitionBuilder) =>
    kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement();

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('customers')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('name', text, (c) => c.notNull())
      .addColumn('company', text)
      .addColumn('fields', text, (c) => c.notNull())
      .addColumn('cases', text, (c) => c.notNull())
      .addColumn('interactions', text, (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .execute();

    await db.schema
      .createTable('customer_identifiers')
      .addColumn('customer_id', text, (c) => c.notNull().references('customers.id').onDelete('cascade'))
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('raw', text, (c) => c.notNull())
      .addColumn('value', text)
      .addPrimaryKeyConstraint('customer_identifiers_key', ['customer_id', 'kind', 'position'])
      .execute();
    await db.schema
      .createIndex('customer_identifiers_by_value')
      .on('customer_identifiers')
      .columns(['kind', 'value', 'customer_id'])
      .execute();

    await db.schema
      .createTable('customer_name_words')
      .addColumn('word', text, (c) => c.notNull())
      .addColumn('customer_id', text, (c) => c.notNull().references('customers.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('customer_name_words_key', ['word', 'customer_id'])
      .execute();
    await db.schema
      .createIndex('customer_name_words_by_customer')
      .on('customer_name_words')
      .column('customer_id')
      .execute();

    await db.schema
      .createTable('directory_settings')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('default_country', text)
      .execute();

    await db.schema
      .createTable('engagements')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('facts', text, (c) => c.notNull())
      .addColumn('first_seen_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('engagements_key', ['account', 'engagement_id'])
      .execute();

    await db.schema
      .createTable('link_decisions')
      .addColumn('id', serial, identity)
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('customer_id', text)
      .addColumn('decided_by', text, (c) => c.notNull())
      .addColumn('decided_at', 'bigint', (c) => c.notNull())
      .addColumn('undone_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('link_decisions_by_engagement')
      .on('link_decisions')
      .columns(['account', 'engagement_id', 'id'])
      .execute();

    await db.schema
      .createTable('sessions')
      .addColumn('token_hash', text, (c) => c.primaryKey())
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();

    await db.schema
      .createTable('app_contexts')
      .addColumn('digest', text, (c) => c.primaryKey())
      .addColumn('address', text, (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();

    await db.schema
      .createTable('audit_entries')
      .addColumn('id', serial, identity)
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('actor', text, (c) => c.notNull())
      .addColumn('action', text, (c) => c.notNull())
      .addColumn('engagement_id', text)
      .addColumn('customer_id', text)
      .addColumn('details', text, (c) => c.notNull())
      .execute();
  };
}
