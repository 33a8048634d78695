import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import { parseFacts } from './engagement-store.ts';
import type { DatedFacts } from './merge-facts.ts';
import { noFacts } from './observation.ts';

export type ObservationStore = ReturnType<typeof createObservationStore>;

type EngagementKey = { account: string; engagementId: string };
type Key = EngagementKey & { uid: string };

/** Observations from panels: one row per agent and engagement. Times in ms UTC. */
export function createObservationStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  const findForChange = kind === 'postgres' ? findAndLock : findFacts;

  async function read(from: Db, key: Key, find = findFacts): Promise<DatedFacts | undefined> {
    const [row] = await find(from, key);
    return row && parseFacts(row);
  }

  return {
    /** Locks the row, calls `change` with the stored facts, and stores and returns its result. */
    async change(key: Key & { now: number }, change: (known: DatedFacts) => DatedFacts): Promise<DatedFacts> {
      const { account, engagementId, uid, now } = key;
      return db.transaction().execute(async (transaction) => {
        await insertEmptyRow(transaction, { account, engagementId, uid, now });
        const known = (await read(transaction, { account, engagementId, uid }, findForChange)) ?? noFacts;
        const changed = change(known);
        const facts = JSON.stringify(changed.facts);
        const factsAt = JSON.stringify(changed.factsAt);
        await updateRow(transaction, { account, engagementId, uid, facts, factsAt, now });
        return changed;
      });
    },

    /** The user ids of all agents whose panels observed the engagement. */
    async listObservers(from: Db, { account, engagementId }: EngagementKey): Promise<string[]> {
      return (await findObservers(from, { account, engagementId })).map(({ uid }) => uid);
    },

    /** Deletes at most `limit` that have not changed since `before` (ms UTC); returns how many. */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('observations')
        .select(['account', 'engagement_id', 'uid'])
        .where('updated_at', '<', before)
        .limit(limit)
        .execute();
      await db.transaction().execute(async (transaction) => {
        for (const { account, engagement_id: engagementId, uid } of old) {
          await removeRow(transaction, { account, engagementId, uid });
        }
      });
      return old.length;
    },
  };
}

const selectFacts = (db: Db, { account, engagementId, uid }: Key) =>
  db
    .selectFrom('observations')
    .select(['facts', 'facts_at'])
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('uid', '=', uid);

const removeRow = prepareQuery((db, { account, engagementId, uid }: Key) =>
  db
    .deleteFrom('observations')
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('uid', '=', uid),
);

const findFacts = prepareQuery(selectFacts);
const findAndLock = prepareQuery((db, key: Key) => selectFacts(db, key).forUpdate());

const findObservers = prepareQuery((db, { account, engagementId }: EngagementKey) =>
  db
    .selectFrom('observations')
    .select('uid')
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .orderBy('uid'),
);

const insertEmptyRow = prepareQuery((db, { account, engagementId, uid, now }: Key & { now: number }) =>
  db
    .insertInto('observations')
    .values({
      account,
      engagement_id: engagementId,
      uid,
      facts: '{}',
      facts_at: '{}',
      first_seen_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account', 'engagement_id', 'uid']).doNothing()),
);

const updateRow = prepareQuery((db, row: Key & { facts: string; factsAt: string; now: number }) =>
  db
    .updateTable('observations')
    .set({ facts: row.facts, facts_at: row.factsAt, updated_at: row.now })
    .where('account', '=', row.account)
    .where('engagement_id', '=', row.engagementId)
    .where('uid', '=', row.uid),
);
