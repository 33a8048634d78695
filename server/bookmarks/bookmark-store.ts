import type { Agent } from '#contract/session.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';

export function createBookmarkStore({ db }: Pick<Database, 'db'>) {
  return {
    async read({ account, uid }: Agent, engagementId: string): Promise<number | null> {
      const row = await db
        .selectFrom('bookmarks')
        .select('expires_at')
        .where('account', '=', account)
        .where('uid', '=', uid)
        .where('engagement_id', '=', engagementId)
        .executeTakeFirst();
      return row?.expires_at ?? null;
    },

    async set(transaction: Db, { account, uid }: Agent, engagementId: string, expiresAt: number): Promise<void> {
      await transaction
        .insertInto('bookmarks')
        .values({ account, uid, engagement_id: engagementId, expires_at: expiresAt })
        .onConflict((conflict) =>
          conflict.columns(['account', 'uid', 'engagement_id']).doUpdateSet({ expires_at: expiresAt }),
        )
        .execute();
    },

    async deleteExpired(now: number): Promise<number> {
      const { numDeletedRows } = await db.deleteFrom('bookmarks').where('expires_at', '<=', now).executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
