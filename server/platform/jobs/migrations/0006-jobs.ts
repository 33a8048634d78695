import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../../storage/schema.ts';

/** Text is in byte order on both databases, as in 0001. */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
  const serial = kind === 'postgres' ? 'bigserial' : 'integer';
  const identity = (column: ColumnDefinitionBuilder) =>
    kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement();

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('jobs')
      .addColumn('id', serial, identity)
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('key', text, (c) => c.notNull())
      .addColumn('payload', text, (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('owner', text)
      .addColumn('claimed_until', 'bigint', (c) => c.notNull())
      .addColumn('fence', 'bigint', (c) => c.notNull())
      .addColumn('outcome', text)
      .addColumn('reason', text)
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('finished_at', 'bigint')
      .addUniqueConstraint('jobs_key', ['kind', 'account', 'key'])
      .execute();
    await db.schema
      .createIndex('jobs_due')
      .on('jobs')
      .columns(['kind', 'account', 'due_at'])
      .where(sql.ref('outcome'), 'is', null)
      .execute();
    await db.schema
      .createIndex('jobs_dead')
      .on('jobs')
      .column('id')
      .where(sql.ref('outcome'), '=', sql.lit('dead'))
      .execute();
    await db.schema
      .createIndex('jobs_finished')
      .on('jobs')
      .column('finished_at')
      .where(sql.ref('outcome'), 'is not', null)
      .execute();
  };
}
