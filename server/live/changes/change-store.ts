import { sql } from 'kysely';
import type { Database } from '../../platform/storage/database.ts';
import { prepareQuery } from '../../platform/storage/prepare-query.ts';
import type { Db } from '../../platform/storage/schema.ts';

/** A change of an engagement. `id` increases within the account; `agentIds`: the user ids concerned. */
export type Change = { id: number; engagementId: string; agentIds: string[] };

export type ChangeStore = ReturnType<typeof createChangeStore>;

/**
 * The changes of each account in commit order.
 *
 * `append` locks the account's `live_cursors` row until commit, so ids are gapless and follow commit order: a reader
 * that finds a gap has missed changes. The lock serializes the account's writers, so call it last.
 */
export function createChangeStore({ db }: Pick<Database, 'db'>) {
  async function readLast(account: string): Promise<number> {
    const [cursor] = await readCursor(db, { account });
    return cursor?.last ?? 0;
  }

  /** The account's first id not older than `before`. Clocks differ, so times may not increase with ids. */
  async function findFirstRecent(account: string, before: number): Promise<number> {
    const recent = await db
      .selectFrom('live_events')
      .select('id')
      .where('account', '=', account)
      .where('at', '>=', before)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    return recent?.id ?? (await readLast(account)) + 1;
  }

  async function readOldest(account: string): Promise<number | undefined> {
    const [oldest] = await readChanges(db, { account, id: 0, limit: 1 });
    return oldest?.id;
  }

  return {
    /** Call in the transaction that makes the changes. */
    async append(
      transaction: Db,
      account: string,
      changes: { engagementId: string; agentIds: string[] }[],
      now: number,
    ): Promise<void> {
      if (changes.length === 0) return;
      const { last_id: last } = await transaction
        .insertInto('live_cursors')
        .values({ account, last_id: changes.length })
        .onConflict((conflict) =>
          conflict.column('account').doUpdateSet({ last_id: sql`live_cursors.last_id + ${changes.length}` }),
        )
        .returning('last_id')
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('live_events')
        .values(
          changes.map(({ engagementId, agentIds }, index) => ({
            account,
            id: last - changes.length + 1 + index,
            engagement_id: engagementId,
            agents: JSON.stringify(agentIds),
            at: now,
          })),
        )
        .execute();
    },

    /** In id order. */
    async readAfter(account: string, id: number, limit: number): Promise<Change[]> {
      const rows = await readChanges(db, { account, id, limit });
      return rows.map(({ agents, ...row }) => ({ ...row, agentIds: JSON.parse(agents) as string[] }));
    },

    /** The account's newest id; 0 before the first. */
    readLast,

    /** The newest ids of several accounts; an account without changes is absent. */
    async readCursors(accounts: string[]): Promise<Map<string, number>> {
      if (accounts.length === 0) return new Map();
      const rows = await db
        .selectFrom('live_cursors')
        .select(['account', 'last_id'])
        .where('account', 'in', accounts)
        .execute();
      return new Map(rows.map((row) => [row.account, row.last_id]));
    },

    /**
     * Deletes at most `limit` changes that were appended before `before` (ms UTC); returns how many. Deletes the first
     * ids of each account, so no gap appears.
     */
    async deleteBefore(before: number, limit: number): Promise<number> {
      const accounts = await db.selectFrom('live_cursors').select('account').execute();
      let deleted = 0;
      for (const { account } of accounts) {
        const end = await findFirstRecent(account, before);
        const oldest = await readOldest(account);
        if (oldest === undefined || oldest >= end || deleted >= limit) continue;
        const { numDeletedRows } = await db
          .deleteFrom('live_events')
          .where('account', '=', account)
          .where('id', '<', Math.min(end, oldest + limit - deleted))
          .executeTakeFirst();
        deleted += Number(numDeletedRows);
      }
      return deleted;
    },
  };
}

const readCursor = prepareQuery((db, { account }: { account: string }) =>
  db.selectFrom('live_cursors').select('last_id as last').where('account', '=', account),
);

const readChanges = prepareQuery((db, { account, id, limit }: { account: string; id: number; limit: number }) =>
  db
    .selectFrom('live_events')
    .select(['id', 'engagement_id as engagementId', 'agents'])
    .where('account', '=', account)
    .where('id', '>', id)
    .orderBy('id')
    .limit(limit),
);
