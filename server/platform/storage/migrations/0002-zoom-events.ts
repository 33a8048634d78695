import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../schema.ts';

/**
 * Zoom events. The engagements of 0001 held only observations of panels, mixed: they are not migrated, because a panel
 * posts the same observation again at its next look-up. Text is in byte order, as in 0001.
 */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
  const serial = kind === 'postgres' ? 'bigserial' : 'integer';
  const identity = (column: ColumnDefinitionBuilder) =>
    kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement();

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.dropTable('engagements').execute();
    await db.schema
      .createTable('engagements')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('statements', text, (c) => c.notNull())
      .addColumn('facts', text, (c) => c.notNull())
      .addColumn('facts_at', text, (c) => c.notNull())
      .addColumn('record', text, (c) => c.notNull())
      .addColumn('agents', text, (c) => c.notNull())
      .addColumn('started_at', 'bigint')
      .addColumn('ended_at', 'bigint')
      .addColumn('first_seen_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('engagements_key', ['account', 'engagement_id'])
      .execute();
    // Open engagements are few among those of ninety days, and are queried at every start of a stream.
    await db.schema
      .createIndex('engagements_open')
      .on('engagements')
      .columns(['account', 'updated_at'])
      .where(sql.ref('ended_at'), 'is', null)
      .execute();

    await db.schema.createIndex('engagements_by_age').on('engagements').columns(['ended_at', 'updated_at']).execute();

    await db.schema
      .createTable('engagement_agents')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('engagement_agents_key', ['account', 'uid', 'engagement_id'])
      .execute();
    await db.schema
      .createTable('observations')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('facts', text, (c) => c.notNull())
      .addColumn('facts_at', text, (c) => c.notNull())
      .addColumn('first_seen_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('observations_key', ['account', 'engagement_id', 'uid'])
      .execute();
    await db.schema
      .createIndex('observations_by_agent')
      .on('observations')
      .columns(['account', 'uid', 'updated_at'])
      .execute();

    await db.schema.createIndex('observations_by_age').on('observations').column('updated_at').execute();

    await db.schema
      .createTable('agents')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('uid', text, (c) => c.notNull())
      .addColumn('record', text, (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('agents_key', ['account', 'uid'])
      .execute();

    await db.schema
      .createTable('inbox_events')
      .addColumn('id', serial, identity)
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('dedupe_key', text, (c) => c.notNull().unique())
      .addColumn('way', text, (c) => c.notNull())
      .addColumn('event', text, (c) => c.notNull())
      .addColumn('engagement_id', text)
      .addColumn('happened_at', 'bigint')
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('body', text)
      .addColumn('state', text, (c) => c.notNull())
      .addColumn('reason', text)
      .addColumn('processed_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('inbox_events_pending')
      .on('inbox_events')
      .column('id')
      .where(sql.ref('state'), '=', sql.lit('pending'))
      .execute();
    await db.schema
      .createIndex('inbox_events_dead')
      .on('inbox_events')
      .column('id')
      .where(sql.ref('state'), '=', sql.lit('dead'))
      .execute();
    await db.schema
      .createIndex('inbox_events_by_engagement')
      .on('inbox_events')
      .columns(['engagement_id', 'id'])
      .execute();
    await db.schema.createIndex('inbox_events_by_age').on('inbox_events').column('received_at').execute();

    await db.schema
      .createTable('live_cursors')
      .addColumn('account', text, (c) => c.primaryKey())
      .addColumn('last_id', 'bigint', (c) => c.notNull())
      .execute();
    await db.schema
      .createTable('live_events')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('id', 'bigint', (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('agents', text, (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('live_events_key', ['account', 'id'])
      .execute();
    await db.schema.createIndex('live_events_by_age').on('live_events').column('at').execute();

    await db.schema
      .createTable('leases')
      .addColumn('name', text, (c) => c.primaryKey())
      .addColumn('owner', text, (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('fence', 'bigint', (c) => c.notNull())
      .execute();

    await db.schema
      .createTable('socket_gaps')
      .addColumn('id', serial, identity)
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('from_at', 'bigint', (c) => c.notNull())
      .addColumn('until_at', 'bigint')
      .execute();
    // One row, written at every heartbeat: where a gap begins that nobody lived to note.
    await db.schema
      .createTable('socket_hearing')
      .addColumn('account', text, (c) => c.primaryKey())
      .addColumn('heard_until', 'bigint', (c) => c.notNull())
      .execute();

    await db.schema
      .createTable('read_back_jobs')
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('engagement_id', text, (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('claimed_until', 'bigint', (c) => c.notNull())
      .addColumn('outcome', text)
      .addPrimaryKeyConstraint('read_back_jobs_key', ['account', 'engagement_id'])
      .execute();
    await db.schema
      .createIndex('read_back_jobs_due')
      .on('read_back_jobs')
      .column('due_at')
      .where(sql.ref('outcome'), 'is', null)
      .execute();
  };
}
