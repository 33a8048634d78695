import type { Kysely } from 'kysely';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Schema } from '../platform/storage/schema.ts';
import { mergeFacts } from './merge.ts';

export type EngagementStore = ReturnType<typeof createEngagementStore>;

export function createEngagementStore({ db, kind }: Pick<Database, 'db' | 'kind'>) {
  async function read(from: Kysely<Schema>, account: string, engagementId: string, lock: boolean) {
    // SQLite has one writer at a time anyway and does not know FOR UPDATE.
    const find = lock && kind === 'postgres' ? findFactsAndLock : findFacts;
    const [row] = await find(from, { account, engagementId });
    // Written by `merge` below from facts that passed the contract's schema.
    return row ? (JSON.parse(row.facts) as EngagementFacts) : undefined;
  }

  return {
    read: (account: string, engagementId: string): Promise<EngagementFacts | undefined> =>
      read(db, account, engagementId, false),

    /**
     * Adds what was said to the record and answers the whole record. Saying the same again writes nothing; before
     * something new is written, `allowChange` may throw.
     */
    async merge({ account, engagementId, said, now }: Observed, allowChange: () => void): Promise<EngagementFacts> {
      const seen = await read(db, account, engagementId, false);
      if (seen && mergeFacts(seen, said) === seen) return seen;
      allowChange();

      return db.transaction().execute(async (transaction) => {
        // Two panels may speak of a new engagement at once: the row is made first, then locked, then merged into.
        await transaction
          .insertInto('engagements')
          .values({ account, engagement_id: engagementId, facts: '{}', first_seen_at: now, updated_at: now })
          .onConflict((conflict) => conflict.columns(['account', 'engagement_id']).doNothing())
          .execute();
        const known = (await read(transaction, account, engagementId, true)) ?? {};
        const merged = mergeFacts(known, said);
        await transaction
          .updateTable('engagements')
          .set({ facts: JSON.stringify(merged), updated_at: now })
          .where('account', '=', account)
          .where('engagement_id', '=', engagementId)
          .execute();
        return merged;
      });
    },
  };
}

type Observed = { account: string; engagementId: string; said: EngagementFacts; now: number };
type Key = { account: string; engagementId: string };

const selectFacts = (db: Kysely<Schema>, { account, engagementId }: Key) =>
  db.selectFrom('engagements').select('facts').where('account', '=', account).where('engagement_id', '=', engagementId);

const findFacts = prepareQuery(selectFacts);
const findFactsAndLock = prepareQuery((db, key: Key) => selectFacts(db, key).forUpdate());
