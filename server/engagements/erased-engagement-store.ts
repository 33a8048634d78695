import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';

type Key = { account: string; engagementId: string };

export type ErasedEngagementStore = ReturnType<typeof createErasedEngagementStore>;

/** Marks of engagements that were erased with their customer. They hold ids of Zoom's and no personal data. */
export function createErasedEngagementStore({ db }: Pick<Database, 'db'>) {
  return {
    async mark(transaction: Db, { account, engagementId }: Key, now: number): Promise<void> {
      await transaction
        .insertInto('erased_engagements')
        .values({ account, engagement_id: engagementId, erased_at: now })
        .onConflict((conflict) => conflict.columns(['account', 'engagement_id']).doUpdateSet({ erased_at: now }))
        .execute();
    },

    async isMarked({ account, engagementId }: Key, transaction: Db = db): Promise<boolean> {
      const mark = await transaction
        .selectFrom('erased_engagements')
        .select('erased_at')
        .where('account', '=', account)
        .where('engagement_id', '=', engagementId)
        .executeTakeFirst();
      return mark !== undefined;
    },

    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('erased_engagements')
        .select(['account', 'engagement_id'])
        .where('erased_at', '<', before)
        .limit(limit)
        .execute();
      await db.transaction().execute(async (transaction) => {
        for (const key of old) {
          await transaction
            .deleteFrom('erased_engagements')
            .where((where) => where.and(key))
            .execute();
        }
      });
      return old.length;
    },
  };
}
