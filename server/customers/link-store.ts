import { sql } from 'kysely';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';

/** What an agent decided: this customer, or (`null`) none of them. */
export type LinkDecision = { id: number; customerId: string | null };

export type LinkStore = ReturnType<typeof createLinkStore>;

/**
 * Decisions are appended and never changed, but for being taken back once. The newest that was not taken back counts.
 * Both writes are harmless to repeat: two clicks are one decision, and an undo names the decision that it takes back.
 */
export function createLinkStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  return {
    async readCurrent(account: string, engagementId: string): Promise<LinkDecision | undefined> {
      const [current] = await findCurrent(db, { account, engagementId });
      return current;
    },

    /** Deciding what is already decided adds nothing. */
    async append(decision: {
      account: string;
      engagementId: string;
      customerId: string | null;
      decidedBy: string;
      decidedAt: number;
    }): Promise<void> {
      const { account, engagementId, customerId, decidedBy, decidedAt } = decision;
      const insertUnlessCurrent = sql`
        insert into link_decisions (account, engagement_id, customer_id, decided_by, decided_at)
        select cast(${account} as text), cast(${engagementId} as text), cast(${customerId} as text),
               cast(${decidedBy} as text), cast(${decidedAt} as bigint)
        where not exists (
          select 1 from (
            select customer_id from link_decisions
            where account = ${account} and engagement_id = ${engagementId} and undone_at is null
            order by id desc limit 1
          ) as newest
          where newest.customer_id is not distinct from cast(${customerId} as text)
        )`;
      // One statement is atomic in SQLite. In PostgreSQL two of them may not see each other, so they take turns.
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

    /** Nothing happens when it was taken back already. */
    async undo(id: number, undoneAt: number): Promise<void> {
      await db
        .updateTable('link_decisions')
        .set({ undone_at: undoneAt })
        .where('id', '=', id)
        .where('undone_at', 'is', null)
        .execute();
    },
  };
}

const findCurrent = prepareQuery((db, { account, engagementId }: { account: string; engagementId: string }) =>
  db
    .selectFrom('link_decisions')
    .select(['id', 'customer_id as customerId'])
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('undone_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(1),
);
