import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';
import { chainEntries, genesisHash, type StoredEntry } from '../entry-hash.ts';

type FormerEntry = Omit<StoredEntry, 'sequence' | 'details_digest' | 'previous_hash' | 'hash' | 'details'> & {
  id: number;
  details: string;
};

const batchSize = 500;

/**
 * Chains the entries. Those of former versions are chained in the order of their ids; that they were unchanged until
 * then is not known.
 */
export function up(kind: DatabaseKind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
  const serial = kind === 'postgres' ? 'bigint' : 'integer';

  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('chained_audit_entries')
      .addColumn('sequence', serial, (c) => c.primaryKey())
      .addColumn('account', text, (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('actor', text, (c) => c.notNull())
      .addColumn('action', text, (c) => c.notNull())
      .addColumn('engagement_id', text)
      .addColumn('customer_id', text)
      .addColumn('details', text)
      .addColumn('details_digest', text, (c) => c.notNull())
      .addColumn('previous_hash', text, (c) => c.notNull())
      .addColumn('hash', text, (c) => c.notNull())
      .execute();

    let last = { id: 0, sequence: 0, hash: genesisHash };
    for (;;) {
      const { rows } = await sql<FormerEntry>`
        select id, account, at, actor, action, engagement_id, customer_id, details from audit_entries
        where id > ${last.id} order by id limit ${sql.lit(batchSize)}`.execute(db);
      const chained = chainEntries(last, rows);
      const [newest, newestRow] = [chained.at(-1), rows.at(-1)];
      if (!newest || !newestRow) break;
      const columns = Object.keys(newest) as (keyof StoredEntry)[];
      const values = chained.map((entry) => sql`(${sql.join(columns.map((column) => entry[column]))})`);
      await sql`insert into chained_audit_entries (${sql.join(columns.map((column) => sql.ref(column)))})
        values ${sql.join(values)}`.execute(db);
      last = { id: newestRow.id, sequence: newest.sequence, hash: newest.hash };
    }

    await db.schema.dropTable('audit_entries').execute();
    await db.schema.alterTable('chained_audit_entries').renameTo('audit_entries').execute();
    // An agent is recorded once for each customer of an engagement.
    await db.schema
      .createIndex('audit_entries_by_view')
      .on('audit_entries')
      .columns(['account', 'engagement_id', 'actor', 'customer_id'])
      .where(sql.ref('action'), '=', sql.lit('customer.view'))
      .execute();

    // One row. Its lock orders the writers.
    await db.schema
      .createTable('audit_chain')
      .addColumn('id', text, (c) => c.primaryKey())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('hash', text, (c) => c.notNull())
      .addColumn('deleted_sequence', 'bigint', (c) => c.notNull())
      .addColumn('deleted_hash', text, (c) => c.notNull())
      .addColumn('key_id', text)
      .addColumn('seal', text)
      .execute();
    await sql`insert into audit_chain (id, sequence, hash, deleted_sequence, deleted_hash)
      values ('main', ${last.sequence}, ${last.hash}, 0, ${genesisHash})`.execute(db);
  };
}
