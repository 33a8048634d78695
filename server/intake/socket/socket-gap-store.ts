import { sql } from 'kysely';
import type { Gap } from '#contract/engagements.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Db } from '../../platform/storage/schema.ts';

export type SocketGapStore = ReturnType<typeof createSocketGapStore>;

/**
 * When the account's WebSocket could not be heard. At most one gap is open: opening a second is the same one. All of it
 * is harmless to repeat, so that a caller may try again after a failure that came too late to stop a commit. ms UTC.
 */
export function createSocketGapStore({ db }: Pick<Database, 'db'>, account: string) {
  return {
    /** Answers whether it began just now. */
    async open(from: number): Promise<boolean> {
      const lasting = await db
        .selectFrom('socket_gaps')
        .select('id')
        .where('account', '=', account)
        .where('until_at', 'is', null)
        .executeTakeFirst();
      if (lasting) return false;
      await db.insertInto('socket_gaps').values({ account, from_at: from, until_at: null }).execute();
      return true;
    },

    /** Answers what ended just now. A gap never ends before it began, whatever another process's clock said. */
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

    /** It was heard then. Never goes back. */
    async recordHeartbeat(at: number): Promise<void> {
      await db
        .insertInto('socket_heartbeats')
        .values({ account, last_at: at })
        .onConflict((conflict) =>
          conflict.column('account').doUpdateSet({ last_at: at }).where('socket_heartbeats.last_at', '<', at),
        )
        .execute();
    },

    /** Undefined where it never was. */
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
