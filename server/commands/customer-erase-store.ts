import { sql } from 'kysely';
import type { AuditStore } from '../audit/audit-store.ts';
import { raiseVersion } from '../connectors/directory/customer-store.ts';
import { splitCustomerId, toCustomerId } from '../customers/customer-id.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';

/** Rows, by what they are. */
type Erased = Record<string, number>;

/**
 * Erases a customer from the directory, and all that is stored of them beside it, in one transaction: activities,
 * links, verifications, and of the engagements they were in the record, the observations and the bodies of events.
 * Those are the engagements that an agent linked to them, and those that hold one of their numbers or e-mails.
 *
 * The entries of the audit trail stay, without their details. A customer of another source is erased as far as it is
 * stored here. Running servers see the change with the directory's version.
 */
export function createCustomerEraseStore(
  { db, kind }: Pick<Database, 'db' | 'kind'>,
  audit: Pick<AuditStore, 'appendIn' | 'eraseDetails'>,
) {
  return {
    /** `id`: as in the customer file, or with its source in front. */
    async erase(id: string): Promise<Erased> {
      const customerId = id.includes(':') && splitCustomerId(id).id !== '' ? id : toCustomerId('directory', id);
      const directoryId =
        splitCustomerId(customerId).source === 'directory' ? splitCustomerId(customerId).id : undefined;
      const erased = await db.transaction().execute(async (transaction) => {
        const values = directoryId === undefined ? [] : await readIdentifiers(transaction, directoryId);
        const engagements = await findEngagements(transaction, customerId, values);
        const counts: Erased = {
          customers: await eraseFromDirectory(transaction, directoryId),
          links: await count(transaction.deleteFrom('link_decisions').where('customer_id', '=', customerId)),
          verifications: await count(transaction.deleteFrom('verifications').where('customer_id', '=', customerId)),
          ...(await eraseEngagements(transaction, engagements)),
          'events of Zoom': await emptyBodies(transaction, values),
          'details of audit entries': await audit.eraseDetails(transaction, customerId),
        };
        const details = Object.fromEntries(Object.entries(counts).filter(([, rows]) => rows > 0));
        await audit.appendIn(transaction, [
          { agent: { account: 'default', uid: 'operator' }, action: 'customer.erase', customerId, details },
        ]);
        return counts;
      });
      // The log of writes still holds the rows as they were.
      if (kind === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(db);
      return erased;
    },
  };
}

type Counted = { executeTakeFirst(): Promise<{ numDeletedRows?: bigint; numUpdatedRows?: bigint }> };

async function count(query: Counted): Promise<number> {
  const { numDeletedRows, numUpdatedRows } = await query.executeTakeFirst();
  return Number(numDeletedRows ?? numUpdatedRows ?? 0);
}

/** Phones and e-mails, as matched on and as written; short ones would be found in the texts of others. */
async function readIdentifiers(db: Db, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('customer_identifiers')
    .select(['raw', 'value'])
    .where('customer_id', '=', id)
    .where('kind', 'in', ['phone', 'email'])
    .execute();
  const values = rows.flatMap(({ raw, value }) => [raw, value ?? raw]);
  return [...new Set(values)].filter((value) => value.length >= 7);
}

async function eraseFromDirectory(db: Db, id: string | undefined): Promise<number> {
  if (id === undefined) return 0;
  await db.deleteFrom('directory_activities').where('customer_id', '=', id).execute();
  await db.deleteFrom('customer_identifiers').where('customer_id', '=', id).execute();
  await db.deleteFrom('customer_name_words').where('customer_id', '=', id).execute();
  const customers = await count(db.deleteFrom('customers').where('id', '=', id));
  await raiseVersion(db);
  return customers;
}

type Engagement = { account: string; engagement_id: string };

async function findEngagements(db: Db, customerId: string, values: string[]): Promise<Engagement[]> {
  const columns = ['account', 'engagement_id'] as const;
  const linked = await Promise.all([
    db.selectFrom('link_decisions').select(columns).where('customer_id', '=', customerId).execute(),
    db.selectFrom('verifications').select(columns).where('customer_id', '=', customerId).execute(),
  ]);
  const found = linked.flat();
  for (const value of values) {
    const holds = sql<boolean>`facts like ${toPattern(value)} escape '\\'`;
    found.push(...(await db.selectFrom('engagements').select(columns).where(holds).execute()));
    found.push(...(await db.selectFrom('observations').select(columns).where(holds).execute()));
  }
  return [...new Map(found.map((each) => [JSON.stringify([each.account, each.engagement_id]), each])).values()];
}

async function eraseEngagements(db: Db, engagements: Engagement[]): Promise<Erased> {
  const erased = { engagements: 0, observations: 0, 'bodies of engagements': 0 };
  for (const { account, engagement_id } of engagements) {
    const matches = { account, engagement_id };
    await db
      .deleteFrom('engagement_agents')
      .where((where) => where.and(matches))
      .execute();
    erased.engagements += await count(db.deleteFrom('engagements').where((where) => where.and(matches)));
    erased.observations += await count(db.deleteFrom('observations').where((where) => where.and(matches)));
    erased['bodies of engagements'] += await count(
      db
        .updateTable('inbox_events')
        .set({ body: null })
        .where((where) => where.and(matches))
        .where('body', 'is not', null),
    );
  }
  return erased;
}

/** Of events without an engagement, and of dead letters. */
async function emptyBodies(db: Db, values: string[]): Promise<number> {
  let emptied = 0;
  for (const value of values) {
    const holds = sql<boolean>`body like ${toPattern(value)} escape '\\'`;
    emptied += await count(db.updateTable('inbox_events').set({ body: null }).where(holds));
  }
  return emptied;
}

/** As JSON text holds it. */
function toPattern(value: string): string {
  const text = JSON.stringify(value).slice(1, -1);
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
