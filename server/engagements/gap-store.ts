import { sql } from 'kysely';
import type { Gap } from '#contract/engagements.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';

/** The gaps of the account that touch the time from `from` to `until` (ms UTC, both in it), oldest first; at most 50. */
export async function listGaps(db: Db, span: { account: string; from: number; until: number }): Promise<Gap[]> {
  const rows = await findGaps(db, span);
  return rows.map((row) => ({ from: row.from_at, until: row.until_at })).reverse();
}

const findGaps = prepareQuery((db, { account, from, until }: { account: string; from: number; until: number }) =>
  db
    .selectFrom('socket_gaps')
    .select(['from_at', 'until_at'])
    .where('account', '=', account)
    .where('from_at', '<=', until)
    // As in the index: all older gaps have ended before, and none of them is visited.
    .where(sql`coalesce(until_at, 9007199254740991)`, '>=', from)
    .orderBy('from_at', 'desc')
    .limit(50),
);
