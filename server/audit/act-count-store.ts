import type { Agent } from '#contract/session.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';

/** The acts of one kind by one agent in the hour that begins at `hourAt`, ms UTC. */
type HourKey = { agent: Agent; act: string; hourAt: number };

export type ActCountStore = ReturnType<typeof createActCountStore>;

export function createActCountStore({ db }: Pick<Database, 'db'>) {
  return {
    /** The hours since `hourAt` in which the agent acted, the earliest first. */
    list: ({ agent, act, hourAt }: HourKey): Promise<{ hourAt: number; acts: number }[]> =>
      db
        .selectFrom('act_counts')
        .select(['hour_at as hourAt', 'acts'])
        .where('account', '=', agent.account)
        .where('uid', '=', agent.uid)
        .where('act', '=', act)
        .where('hour_at', '>=', hourAt)
        .where('acts', '>', 0)
        .orderBy('hour_at')
        .execute(),

    /** Counts an act unless the hour has `maxActs`; answers whether it did. One statement, so no process exceeds it. */
    async add({ agent, act, hourAt }: HourKey, maxActs: number): Promise<boolean> {
      const counted = await db
        .insertInto('act_counts')
        .values({ account: agent.account, uid: agent.uid, act, hour_at: hourAt, acts: 1, is_refused: 0 })
        .onConflict((conflict) =>
          conflict
            .columns(['account', 'uid', 'act', 'hour_at'])
            .doUpdateSet(({ eb }) => ({ acts: eb('act_counts.acts', '+', 1) }))
            .where('act_counts.acts', '<', maxActs),
        )
        .returning('acts')
        .execute();
      return counted.length > 0;
    },

    /** Notes that an act was refused in this hour; answers whether it is the first one. */
    async markRefused(transaction: Db, { agent, act, hourAt }: HourKey): Promise<boolean> {
      const marked = await transaction
        .insertInto('act_counts')
        .values({ account: agent.account, uid: agent.uid, act, hour_at: hourAt, acts: 0, is_refused: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['account', 'uid', 'act', 'hour_at'])
            .doUpdateSet({ is_refused: 1 })
            .where('act_counts.is_refused', '=', 0),
        )
        .returning('is_refused')
        .execute();
      return marked.length > 0;
    },

    async deleteOlder(before: number, limit: number): Promise<number> {
      const columns = ['account', 'uid', 'act', 'hour_at'] as const;
      const old = await db
        .selectFrom('act_counts')
        .select(columns)
        .where('hour_at', '<', before)
        .limit(limit)
        .execute();
      await db.transaction().execute(async (transaction) => {
        for (const key of old) {
          await transaction
            .deleteFrom('act_counts')
            .where((where) => where.and(key))
            .execute();
        }
      });
      return old.length;
    },
  };
}
