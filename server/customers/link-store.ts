import { sql } from 'kysely';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';

/** An agent's decision: linked to this customer, or (`null`) unlinked. */
export type LinkDecision = {
  id: number;
  customerId: string | null;
  /** It counts for every agent of the engagement, else only for the agent who decided. */
  isConfirmed: boolean;
};

/** Whose decisions count: those of this agent, and with `includesShared` the confirmed ones of all agents. */
type Reader = { account: string; uid: string; engagementId: string; includesShared: boolean };

/** `maxCustomers` suffices: a consumer with more is a shared account. One customer may have many decisions. */
const maxDecisions = 200;
const maxCustomers = 10;

export type LinkStore = ReturnType<typeof createLinkStore>;

/**
 * Append-only decisions, each undone at most once. The newest that was not undone is current. Both writes are
 * idempotent: two clicks are one decision, and an undo names its decision.
 */
export function createLinkStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  return {
    async readCurrent({ includesShared, ...key }: Reader): Promise<LinkDecision | undefined> {
      const [current] = await findCurrent(db, { ...key, shared: includesShared ? 1 : 0 });
      return current && { id: current.id, customerId: current.customerId, isConfirmed: current.isConfirmed === 1 };
    },

    /** Looks at the oldest only: their ids are in order of time. */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const oldest = await db
        .selectFrom('link_decisions')
        .select(['id', 'decided_at'])
        .orderBy('id')
        .limit(limit)
        .execute();
      const old = oldest.filter(({ decided_at: decidedAt }) => decidedAt < before).map(({ id }) => id);
      if (old.length > 0) await db.deleteFrom('link_decisions').where('id', 'in', old).execute();
      return old.length;
    },

    /** Makes an agent's decisions in an engagement count for all its agents. */
    async confirm({ account, uid, engagementId }: Omit<Reader, 'includesShared'>): Promise<void> {
      await db
        .updateTable('link_decisions')
        .set({ is_confirmed: 1 })
        .where('account', '=', account)
        .where('engagement_id', '=', engagementId)
        .where('decided_by', '=', uid)
        .where('is_confirmed', '=', 0)
        .execute();
    },

    /**
     * The customers linked to this consumer of Zoom's by the current confirmed decision of any engagement, newest
     * first, at most ten.
     */
    async findSeenBefore(account: string, consumerId: string): Promise<string[]> {
      const rows = await db
        .selectFrom('link_decisions as decision')
        .select('customer_id')
        .where('account', '=', account)
        .where('consumer_id', '=', consumerId)
        .where('undone_at', 'is', null)
        .where('is_confirmed', '=', 1)
        .where('customer_id', 'is not', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('link_decisions as later')
                .select('later.id')
                .whereRef('later.account', '=', 'decision.account')
                .whereRef('later.engagement_id', '=', 'decision.engagement_id')
                .whereRef('later.id', '>', 'decision.id')
                .where('later.undone_at', 'is', null)
                .where('later.is_confirmed', '=', 1),
            ),
          ),
        )
        .orderBy('id', 'desc')
        .limit(maxDecisions)
        .execute();
      const ids = rows.flatMap(({ customer_id: id }) => id ?? []);
      return [...new Set(ids)].slice(0, maxCustomers);
    },

    /**
     * A repeated decision adds nothing. `consumerId`: by Zoom's own facts, if they name exactly one consumer of the
     * engagement.
     */
    async append(decision: {
      account: string;
      engagementId: string;
      customerId: string | null;
      consumerId: string | undefined;
      decidedBy: string;
      decidedAt: number;
      isConfirmed: boolean;
    }): Promise<void> {
      const { account, engagementId, customerId, consumerId = null, decidedBy, decidedAt } = decision;
      const confirmed = decision.isConfirmed ? 1 : 0;
      const insertUnlessCurrent = sql`
        insert into link_decisions (account, engagement_id, customer_id, consumer_id, decided_by, decided_at, is_confirmed)
        select cast(${account} as text), cast(${engagementId} as text), cast(${customerId} as text),
               cast(${consumerId} as text), cast(${decidedBy} as text), cast(${decidedAt} as bigint), ${sql.lit(confirmed)}
        where not exists (
          select 1 from (
            select customer_id from link_decisions
            where account = ${account} and engagement_id = ${engagementId} and undone_at is null
              and ${decision.isConfirmed ? sql`(is_confirmed = 1 or decided_by = ${decidedBy})` : sql`decided_by = ${decidedBy}`}
            order by id desc limit 1
          ) as newest
          where newest.customer_id is not distinct from cast(${customerId} as text)
        )`;
      // One statement is atomic in SQLite. In PostgreSQL two of them may not see each other, so a lock orders them.
      if (kind === 'sqlite') {
        await insertUnlessCurrent.execute(db);
        return;
      }
      await db.transaction().execute(async (transaction) => {
        const key = JSON.stringify([account, engagementId]);
        await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction);
        await insertUnlessCurrent.execute(transaction);
      });
    },

    /** Undoing an undone decision changes nothing. Answers whether this call undid it: of several at once, one. */
    async undo(id: number, undoneAt: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('link_decisions')
        .set({ undone_at: undoneAt })
        .where('id', '=', id)
        .where('undone_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

type CurrentKey = Omit<Reader, 'includesShared'> & { shared: number };

const findCurrent = prepareQuery((db, { account, uid, engagementId, shared }: CurrentKey) =>
  db
    .selectFrom('link_decisions')
    .select(['id', 'customer_id as customerId', 'is_confirmed as isConfirmed'])
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('undone_at', 'is', null)
    .where(sql<boolean>`(decided_by = ${uid} or (is_confirmed = 1 and ${shared} = 1))`)
    .orderBy('id', 'desc')
    .limit(1),
);
