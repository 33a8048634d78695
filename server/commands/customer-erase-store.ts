import { sql } from 'kysely';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { AuditStore } from '../audit/audit-store.ts';
import { raiseVersion } from '../connectors/directory/customer-store.ts';
import { splitCustomerId, toCustomerId } from '../customers/customer-id.ts';
import { toMailbox } from '../customers/identifiers/email.ts';
import type { ErasedEngagementStore } from '../engagements/erased-engagement-store.ts';
import type { EngagementEvent } from '../events.ts';
import { normalizeRow } from '../intake/normalize/normalize-row.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';
import { type ConsumerValues, createConsumerMatch } from './consumer-match.ts';

/** Rows, by what they are. */
type Erased = Record<string, number>;

type Key = { account: string; engagement_id: string };

/** The rows to be erased, beside those that name the customer. Ids only. */
type Found = { engagements: Key[]; eventIds: number[] };

/** Rows of engagements hold their events, some kilobytes. */
const batchSize = 100;

/**
 * Erases a customer from the directory, and all that is stored of them beside it: activities, links, verifications, and
 * of their engagements the record, the observations and the bodies of events. Those are the engagements that are linked
 * to them, and those that hold one of their phones or e-mails and are not linked to another customer. A mark keeps
 * reconciliation from reading them from Zoom again.
 *
 * Everything is searched first, in batches and without a lock, then erased in one transaction. The entries of the audit
 * trail stay, without their details. A customer of another source is erased as far as it is stored here. Running
 * servers see the change with the directory's version.
 */
export function createCustomerEraseStore(
  { db, kind }: Pick<Database, 'db' | 'kind'>,
  parts: {
    audit: Pick<AuditStore, 'appendIn' | 'eraseDetails'>;
    erasedEngagements: Pick<ErasedEngagementStore, 'mark'>;
    clock: Clock;
  },
) {
  const { audit, erasedEngagements, clock } = parts;
  return {
    /** `id`: as in the customer file, or with its source in front. */
    async erase(id: string): Promise<Erased> {
      const customerId = await readCustomerId(db, id);
      const { source, id: sourceId } = splitCustomerId(customerId);
      const directoryId = source === 'directory' ? sourceId : undefined;
      const values = await readValues(db, directoryId);
      const found = await find(db, customerId, values);
      const erased = await db.transaction().execute(async (transaction) => {
        const counts: Erased = {
          customers: await eraseFromDirectory(transaction, directoryId),
          links: await count(transaction.deleteFrom('link_decisions').where('customer_id', '=', customerId)),
          verifications: await count(transaction.deleteFrom('verifications').where('customer_id', '=', customerId)),
          ...(await eraseEngagements(transaction, found.engagements)),
          'events of Zoom': await emptyBodies(transaction, found.eventIds),
          'details of audit entries': await audit.eraseDetails(transaction, customerId),
        };
        for (const { account, engagement_id: engagementId } of found.engagements) {
          await erasedEngagements.mark(transaction, { account, engagementId }, clock());
        }
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

/** An id of the directory may hold a colon, as an id with a source in front does. */
async function readCustomerId(db: Db, id: string): Promise<string> {
  const known = await db.selectFrom('customers').select('id').where('id', '=', id).executeTakeFirst();
  const hasSource = !known && id.includes(':') && splitCustomerId(id).id !== '';
  return hasSource ? id : toCustomerId('directory', id);
}

async function readValues(db: Db, directoryId: string | undefined): Promise<ConsumerValues> {
  const settings = await db.selectFrom('directory_settings').select('default_country').executeTakeFirst();
  const values: ConsumerValues = {
    phones: new Set(),
    mailboxes: new Set(),
    countries: [settings?.default_country ?? undefined],
  };
  if (directoryId === undefined) return values;
  const rows = await db
    .selectFrom('customer_identifiers')
    .select(['kind', 'value'])
    .where('customer_id', '=', directoryId)
    .where('kind', 'in', ['phone', 'email'])
    .execute();
  for (const row of rows) {
    if (row.value === null) continue;
    if (row.kind === 'phone') values.phones.add(row.value);
    else values.mailboxes.add(toMailbox(row.value));
  }
  return values;
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

async function find(db: Db, customerId: string, values: ConsumerValues): Promise<Found> {
  const columns = ['account', 'engagement_id'] as const;
  const named = await Promise.all([
    db.selectFrom('link_decisions').select(columns).where('customer_id', '=', customerId).execute(),
    db.selectFrom('verifications').select(columns).where('customer_id', '=', customerId).execute(),
  ]);
  const found: Found = { engagements: named.flat(), eventIds: [] };
  if (values.phones.size + values.mailboxes.size > 0) {
    const match = createConsumerMatch(values);
    for await (const row of readEngagements(db)) {
      const events = JSON.parse(row.events) as Pick<EngagementEvent, 'facts'>[];
      const isTheirs = [{ facts: JSON.parse(row.facts) as EngagementFacts }, ...events].some(({ facts }) =>
        match.isIn(facts),
      );
      if (isTheirs) found.engagements.push(row);
    }
    for await (const row of readObservations(db)) {
      if (match.isIn(JSON.parse(row.facts) as EngagementFacts)) found.engagements.push(row);
    }
    for await (const row of readEvents(db)) {
      const normalized = normalizeRow(row);
      const isTheirs =
        normalized.kind === 'events'
          ? normalized.events.some((item) => item.subject === 'engagement' && match.isIn(item.event.facts))
          : match.isInBody(row.body ?? '');
      if (isTheirs) found.eventIds.push(row.id);
    }
  }
  const keys = new Map(
    found.engagements.map(({ account, engagement_id }) => [
      JSON.stringify([account, engagement_id]),
      { account, engagement_id },
    ]),
  );
  for (const [text, key] of keys) if (await isLinkedToOther(db, key, customerId)) keys.delete(text);
  return { engagements: [...keys.values()], eventIds: found.eventIds };
}

/** By the newest decision that was not undone. */
async function isLinkedToOther(db: Db, { account, engagement_id }: Key, customerId: string): Promise<boolean> {
  const current = await db
    .selectFrom('link_decisions')
    .select('customer_id')
    .where('account', '=', account)
    .where('engagement_id', '=', engagement_id)
    .where('undone_at', 'is', null)
    .where('is_confirmed', '=', 1)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return current !== undefined && current.customer_id !== null && current.customer_id !== customerId;
}

type After = { account: string; engagement_id: string; uid: string };

async function* readEngagements(db: Db) {
  yield* readInBatches((last: After) =>
    db
      .selectFrom('engagements')
      .select(['account', 'engagement_id', 'facts', 'events', sql<string>`''`.as('uid')])
      .where(sql<boolean>`(account, engagement_id) > (${last.account}, ${last.engagement_id})`)
      .orderBy('account')
      .orderBy('engagement_id')
      .limit(batchSize)
      .execute(),
  );
}

async function* readObservations(db: Db) {
  yield* readInBatches((last: After) =>
    db
      .selectFrom('observations')
      .select(['account', 'engagement_id', 'uid', 'facts'])
      .where(sql<boolean>`(account, engagement_id, uid) > (${last.account}, ${last.engagement_id}, ${last.uid})`)
      .orderBy('account')
      .orderBy('engagement_id')
      .orderBy('uid')
      .limit(batchSize)
      .execute(),
  );
}

async function* readInBatches<Row extends After>(read: (last: After) => Promise<Row[]>): AsyncGenerator<Row> {
  let last: After = { account: '', engagement_id: '', uid: '' };
  for (;;) {
    const rows = await read(last);
    const newest = rows.at(-1);
    if (!newest) return;
    yield* rows;
    last = newest;
  }
}

async function* readEvents(db: Db) {
  let last = 0;
  for (;;) {
    const rows = await db
      .selectFrom('inbox_events')
      .selectAll()
      .where('id', '>', last)
      .where('body', 'is not', null)
      .orderBy('id')
      .limit(batchSize)
      .execute();
    const newest = rows.at(-1);
    if (!newest) return;
    yield* rows;
    last = newest.id;
  }
}

async function eraseEngagements(db: Db, engagements: Key[]): Promise<Erased> {
  const erased = { engagements: 0, observations: 0, 'bodies of engagements': 0 };
  for (const key of engagements) {
    await db
      .deleteFrom('engagement_agents')
      .where((where) => where.and(key))
      .execute();
    erased.engagements += await count(db.deleteFrom('engagements').where((where) => where.and(key)));
    erased.observations += await count(db.deleteFrom('observations').where((where) => where.and(key)));
    erased['bodies of engagements'] += await count(
      db
        .updateTable('inbox_events')
        .set({ body: null })
        .where((where) => where.and(key))
        .where('body', 'is not', null),
    );
  }
  return erased;
}

/** Of events without an engagement, and of dead letters. */
async function emptyBodies(db: Db, ids: number[]): Promise<number> {
  let emptied = 0;
  for (let index = 0; index < ids.length; index += batchSize) {
    emptied += await count(
      db
        .updateTable('inbox_events')
        .set({ body: null })
        .where('id', 'in', ids.slice(index, index + batchSize))
        .where('body', 'is not', null),
    );
  }
  return emptied;
}
