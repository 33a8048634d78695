import { type Kysely, sql } from 'kysely';
import { redactCards } from '../../platform/redact-cards.ts';
import type { Database } from '../../platform/storage/database.ts';
import { prepareQuery } from '../../platform/storage/prepare-query.ts';
import type { Schema } from '../../platform/storage/schema.ts';
import type { Activity } from '../port/connector.ts';
import { raiseVersion } from './customer-store.ts';

/** For each customer. */
const maxActivities = 50;

/** Activities logged to the directory's customers. Not part of the customer file, so an import does not change them. */
export function createActivityStore({ db }: Pick<Database, 'db'>) {
  return {
    /** `known`: `key` exists, nothing was written. `no-customer`: the customer does not exist. */
    async save(activity: Activity): Promise<'new' | 'known' | 'no-customer'> {
      const isNew = await db.transaction().execute(async (transaction) => {
        // One statement: the customer may be deleted, or the key written, between any two.
        const saved = await sql`
          insert into directory_activities (key, customer_id, at, activity)
          select cast(${activity.key} as text), id, cast(${activity.startedAt} as bigint), cast(${JSON.stringify(redactTexts(activity))} as text)
            from customers where id = ${activity.customerId}
          on conflict (key) do nothing
          returning key`.execute(transaction);
        if (saved.rows.length > 0) await raiseVersion(transaction);
        return saved.rows.length > 0;
      });
      if (isNew) return 'new';
      const known = await db
        .selectFrom('directory_activities')
        .select('key')
        .where('key', '=', activity.key)
        .executeTakeFirst();
      return known ? 'known' : 'no-customer';
    },

    /** The newest first for each customer. */
    async readNewest(customerIds: string[]): Promise<Activity[]> {
      if (customerIds.length === 0) return [];
      const rows = await readsOf(customerIds.length)(
        db,
        Object.fromEntries(customerIds.map((id, index) => [index, id])),
      );
      // Written by `save` alone.
      return rows.map(({ activity }) => JSON.parse(activity) as Activity);
    },
  };
}

function redactTexts(activity: Activity): Activity {
  const { subject, notes } = activity;
  return { ...activity, subject: redactCards(subject), ...(notes !== undefined && { notes: redactCards(notes) }) };
}

/** By number of ids: each length of a list in SQL is a statement of its own, prepared once. */
const reads = new Map<number, ReturnType<typeof prepareRead>>();

function readsOf(count: number) {
  const known = reads.get(count) ?? prepareRead();
  reads.set(count, known);
  return known;
}

/** A union with a limit for each customer, so one with very many activities costs no more than others. */
function prepareRead() {
  return prepareQuery((db, ids: Record<string, string>) => {
    const [first, ...others] = Object.values(ids).map((id) => newestOf(db, id));
    if (!first) throw new Error('Activities are read of one customer at least.');
    return others.reduce((joined, other) => joined.unionAll(other), first);
  });
}

function newestOf(db: Kysely<Schema>, customerId: string) {
  return db
    .selectFrom((activities) =>
      activities
        .selectFrom('directory_activities')
        .select('activity')
        .where('customer_id', '=', customerId)
        .orderBy('at', 'desc')
        .limit(sql.lit(maxActivities))
        .as('newest'),
    )
    .selectAll();
}
