import type { VerificationMethod } from '#contract/customers.ts';
import type { Database } from '../platform/storage/database.ts';

/** `at` in ms UTC. */
export type StoredVerification = { customerId: string; method: VerificationMethod; verifiedBy: string; at: number };

/**
 * How agents verified callers, by engagement and customer. The newest is stored here; all are on the audit trail. Only
 * writes: agent-decision-store.ts reads them together with the link decision.
 */
export function createVerificationStore({ db }: Pick<Database, 'db'>) {
  return {
    async save(verification: { account: string; engagementId: string } & StoredVerification): Promise<void> {
      const { account, engagementId, customerId, method, verifiedBy, at: verifiedAt } = verification;
      const newest = { method, verified_by: verifiedBy, verified_at: verifiedAt };
      await db
        .insertInto('verifications')
        .values({ account, engagement_id: engagementId, customer_id: customerId, ...newest })
        .onConflict((conflict) => conflict.columns(['account', 'engagement_id', 'customer_id']).doUpdateSet(newest))
        .execute();
    },

    async deleteOlder(before: number, limit: number): Promise<number> {
      const old = await db
        .selectFrom('verifications')
        .select(['account', 'engagement_id', 'customer_id'])
        .where('verified_at', '<', before)
        .limit(limit)
        .execute();
      await db.transaction().execute(async (transaction) => {
        for (const key of old) {
          await transaction
            .deleteFrom('verifications')
            .where((where) => where.and(key))
            .where('verified_at', '<', before)
            .execute();
        }
      });
      return old.length;
    },
  };
}
