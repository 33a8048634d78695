import { sql } from 'kysely';
import type { Gap } from '#contract/engagements.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Db } from '../../platform/storage/schema.ts';

export type SocketGapStore = ReturnType<typeof createSocketGapStore>;

/**
 * Times without a connection to the account's WebSocket. At most one gap is open. Every operation is idempotent, so a
 * caller may retry one whose commit succeeded. ms UTC.
 */
export function createSocketGapStore({ db }: Pick<Database, 'db'>, account: string) {
  return {
    /** Resolves with whether a gap began: false while one is open. */
    async open(from: number): Promise<boolean> {
      const openGap = await db
        .selectFrom('socket_gaps')
        .select('id')
        .where('account', '=', account)
        .where('until_at', 'is', null)
        .executeTakeFirst();
      if (openGap) return false;
      await db.insertInto('socket_gaps').values({ account, from_at: from, until_at: null }).execute();
      return true;
    },

    /** Resolves with the gap that ended, or none. Its end is never before its start, even if two clocks differ. */
    async close(until: number): Promise<Gap[]> {
      const rows = await db
        .updateTable('socket_gaps')
        .set({ until_at: sql<number>`case when from_at > ${until} then from_at else cast(${until} as bigint) end` })
        .where('account', '=', account)
        .where('until_at', 'is', null)
        .returning(['from_at', 'until_at'])
        .execute();
      return rows.map((row) => ({ from: row.from_at, until: row.until_at }));
    },

    /** Does nothing if a later heartbeat is stored. */
    async recordHeartbeat(time: number): Promise<void> {
      await db
        .insertInto('socket_heartbeats')
        .values({ account, last_at: time })
        .onConflict((conflict) =>
          conflict.column('account').doUpdateSet({ last_at: time }).where('socket_heartbeats.last_at', '<', time),
        )
        .execute();
    },

    /** Undefined before the first heartbeat. */
    async readLastHeartbeat(): Promise<number | undefined> {
      const row = await db
        .selectFrom('socket_heartbeats')
        .select('last_at')
        .where('account', '=', account)
        .executeTakeFirst();
      return row?.last_at;
    },
  };
}

/** Deletes at most `limit` gaps of any account that ended before `before` (ms UTC); returns how many. */
export async function deleteEndedGaps(db: Db, before: number, limit: number): Promise<number> {
  const old = db.selectFrom('socket_gaps').select('id').where('until_at', '<', before).limit(limit);
  const { numDeletedRows } = await db.deleteFrom('socket_gaps').where('id', 'in', old).executeTakeFirst();
  return Number(numDeletedRows);
}
