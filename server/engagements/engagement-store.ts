import type { EngagementFacts, EngagementRecord } from '#contract/engagements.ts';
import type { EngagementEvent } from '../events.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import { type Involvement, listNamed, nobodyInvolved } from './involvement.ts';
import type { DatedFacts, FactDates } from './merge-facts.ts';
import { type ReducedEngagement, reduceEvents } from './reduce-events.ts';

export type EngagementStore = ReturnType<typeof createEngagementStore>;

export type KnownEngagement = {
  events: EngagementEvent[];
  facts: EngagementFacts;
  agentIds: string[];
  hasEnded: boolean;
};

type Key = { account: string; engagementId: string };

/** The records of Zoom's events: one row per engagement, which `lock` inserts and `write` fills. Times in ms UTC. */
export function createEngagementStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  // SQLite has one writer at a time and does not know FOR UPDATE.
  const findForChange = kind === 'postgres' ? findAndLock : findEvents;

  return {
    /**
     * Returns the stored engagement and locks its row until the transaction ends. Lock several in id order to avoid
     * deadlock.
     */
    async lock(transaction: Db, key: Key, now: number): Promise<KnownEngagement> {
      let [row] = await findForChange(transaction, key);
      if (!row) {
        // Two transactions may insert the same engagement; the row is inserted first, then locked.
        await insertEmptyRow(transaction, { ...key, now });
        [row] = await findForChange(transaction, key);
      }
      return {
        events: JSON.parse(row?.events ?? '[]') as EngagementEvent[],
        facts: JSON.parse(row?.facts ?? '{}') as EngagementFacts,
        agentIds: JSON.parse(row?.agents ?? '[]') as string[],
        hasEnded: row !== undefined && row.ended_at !== null,
      };
    },

    async write(
      transaction: Db,
      key: Key & { now: number },
      change: { known: Pick<KnownEngagement, 'agentIds'>; events: EngagementEvent[]; reduced: ReducedEngagement },
    ): Promise<void> {
      const { known, events } = change;
      const { facts, factsAt, record, involvement, startedAt, endedAt } = change.reduced;
      const agentIds = listNamed(involvement);
      const listed = endedAt === null ? agentIds : [];
      for (const uid of known.agentIds) if (!listed.includes(uid)) await removeAgent(transaction, { ...key, uid });
      for (const uid of listed) if (!known.agentIds.includes(uid)) await addAgent(transaction, { ...key, uid });
      await updateRow(transaction, {
        ...key,
        events: JSON.stringify(events),
        facts: JSON.stringify(facts),
        factsAt: JSON.stringify(factsAt),
        record: JSON.stringify(record),
        agents: JSON.stringify(agentIds),
        involvement: JSON.stringify(involvement),
        startedAt,
        endedAt,
      });
    },

    async readEvents(key: Key): Promise<EngagementEvent[]> {
      const [row] = await findEvents(db, key);
      return JSON.parse(row?.events ?? '[]') as EngagementEvent[];
    },

    async readInvolvement(key: Key): Promise<Involvement> {
      const row = await db
        .selectFrom('engagements')
        .select(['involvement', 'events'])
        .where('account', '=', key.account)
        .where('engagement_id', '=', key.engagementId)
        .executeTakeFirst();
      if (row === undefined) return nobodyInvolved;
      // A former version stored none.
      if (row.involvement === null) return reduceEvents(JSON.parse(row.events) as EngagementEvent[]).involvement;
      return JSON.parse(row.involvement) as Involvement;
    },

    async readRecord(key: Key) {
      const [row] = await findRecord(db, key);
      if (!row) return undefined;
      const record = JSON.parse(row.record) as Omit<EngagementRecord, 'gaps'>;
      return { record, startedAt: row.started_at, endedAt: row.ended_at };
    },

    /**
     * Deletes at most `limit` that ended, or never did and last changed, before `before` (ms UTC); returns how many.
     */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('engagements')
        .select(['account', 'engagement_id', 'agents'])
        .where(({ and, eb, or }) =>
          or([eb('ended_at', '<', before), and([eb('ended_at', 'is', null), eb('updated_at', '<', before)])]),
        )
        .limit(limit)
        .execute();
      // One transaction, so one fsync.
      await db.transaction().execute(async (transaction) => {
        for (const { account, engagement_id: engagementId, agents } of old) {
          for (const uid of JSON.parse(agents) as string[])
            await removeAgent(transaction, { account, engagementId, uid });
          await removeRow(transaction, { account, engagementId });
        }
      });
      return old.length;
    },
  };
}

export const parseFacts = (row: { facts: string; facts_at: string }): DatedFacts => ({
  facts: JSON.parse(row.facts) as EngagementFacts,
  factsAt: JSON.parse(row.facts_at) as FactDates,
});

const selectEngagement = (db: Db, { account, engagementId }: Key) =>
  db.selectFrom('engagements').where('account', '=', account).where('engagement_id', '=', engagementId);

const selectEvents = (db: Db, key: Key) => selectEngagement(db, key).select(['events', 'facts', 'agents', 'ended_at']);
const findEvents = prepareQuery(selectEvents);
const findAndLock = prepareQuery((db, key: Key) => selectEvents(db, key).forUpdate());
const findRecord = prepareQuery((db, key: Key) =>
  selectEngagement(db, key).select(['record', 'started_at', 'ended_at']),
);

const insertEmptyRow = prepareQuery((db, { account, engagementId, now }: Key & { now: number }) =>
  db
    .insertInto('engagements')
    .values({
      account,
      engagement_id: engagementId,
      events: '[]',
      facts: '{}',
      facts_at: '{}',
      record: '{}',
      agents: '[]',
      started_at: null,
      ended_at: null,
      first_seen_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['account', 'engagement_id']).doNothing()),
);

const addAgent = prepareQuery((db, { account, engagementId, uid }: Key & { uid: string }) =>
  db
    .insertInto('engagement_agents')
    .values({ account, uid, engagement_id: engagementId })
    .onConflict((conflict) => conflict.columns(['account', 'uid', 'engagement_id']).doNothing()),
);

const removeRow = prepareQuery((db, { account, engagementId }: Key) =>
  db.deleteFrom('engagements').where('account', '=', account).where('engagement_id', '=', engagementId),
);

const removeAgent = prepareQuery((db, { account, engagementId, uid }: Key & { uid: string }) =>
  db
    .deleteFrom('engagement_agents')
    .where('account', '=', account)
    .where('uid', '=', uid)
    .where('engagement_id', '=', engagementId),
);

type Columns = Record<'events' | 'facts' | 'factsAt' | 'record' | 'agents' | 'involvement', string> &
  Record<'startedAt' | 'endedAt', number | null> & { now: number };

const updateRow = prepareQuery((db, { account, engagementId, ...columns }: Key & Columns) =>
  db
    .updateTable('engagements')
    .set({
      events: columns.events,
      facts: columns.facts,
      facts_at: columns.factsAt,
      record: columns.record,
      agents: columns.agents,
      involvement: columns.involvement,
      started_at: columns.startedAt,
      ended_at: columns.endedAt,
      updated_at: columns.now,
    })
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId),
);
