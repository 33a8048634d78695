import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';

/** `number` in E.164; `seenAt` in ms UTC. */
export type SeenNumber = { account: string; number: string; seenAt: number };

/** A contact center has some hundred numbers; an account with more keeps its newest. */
const maxNumbers = 50_000;

export function createOwnNumberStore({ db }: Pick<Database, 'db'>) {
  return {
    /** Those seen since `after`, newest first. */
    async list(after: number): Promise<SeenNumber[]> {
      return findSeen(db, { after });
    },

    /** In the caller's transaction, in the order of the numbers, so that two transactions cannot deadlock. */
    async save(transaction: Db, numbers: SeenNumber[]): Promise<void> {
      const keyOf = ({ account, number }: SeenNumber) => `${account} ${number}`;
      for (const seen of numbers.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) await upsert(transaction, seen);
    },

    /** Deletes at most `limit` that were not seen since `before` (ms UTC); returns how many. */
    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('own_numbers')
        .select(['account', 'number'])
        .where('seen_at', '<', before)
        .limit(limit)
        .execute();
      for (const { account, number } of old) await removeUnlessSeen(db, { account, number, before });
      return old.length;
    },
  };
}

const findSeen = prepareQuery((db, { after }: { after: number }) =>
  db
    .selectFrom('own_numbers')
    .select(['account', 'number', 'seen_at as seenAt'])
    .where('seen_at', '>', after)
    .orderBy('seen_at', 'desc')
    .limit(maxNumbers),
);

const upsert = prepareQuery((db, { account, number, seenAt }: SeenNumber) =>
  db
    .insertInto('own_numbers')
    .values({ account, number, seen_at: seenAt })
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'number'])
        .doUpdateSet({ seen_at: seenAt })
        .where('own_numbers.seen_at', '<', seenAt),
    ),
);

const removeUnlessSeen = prepareQuery((db, row: { account: string; number: string; before: number }) =>
  db
    .deleteFrom('own_numbers')
    .where('account', '=', row.account)
    .where('number', '=', row.number)
    .where('seen_at', '<', row.before),
);
