import type { VerificationMethod } from '#contract/customers.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';

export type VerificationStore = ReturnType<typeof createVerificationStore>;

/** `at` in ms UTC. */
export type StoredVerification = { customerId: string; method: VerificationMethod; verifiedBy: string; at: number };

/** How agents verified callers, by engagement and customer. The newest is stored here; all are on the audit trail. */
export function createVerificationStore({ db }: Pick<Database, 'db'>) {
  return {
    async list(account: string, engagementId: string): Promise<StoredVerification[]> {
      const rows = await findOfEngagement(db, { account, engagementId });
      // `save` writes no other method.
      return rows.map(({ method, ...row }) => ({ ...row, method: method as VerificationMethod }));
    },

    async save(verification: { account: string; engagementId: string } & StoredVerification): Promise<void> {
      const { account, engagementId, customerId, method, verifiedBy, at: verifiedAt } = verification;
      const newest = { method, verified_by: verifiedBy, verified_at: verifiedAt };
      await db
        .insertInto('verifications')
        .values({ account, engagement_id: engagementId, customer_id: customerId, ...newest })
        .onConflict((conflict) => conflict.columns(['account', 'engagement_id', 'customer_id']).doUpdateSet(newest))
        .execute();
    },
  };
}

const findOfEngagement = prepareQuery((db, { account, engagementId }: { account: string; engagementId: string }) =>
  db
    .selectFrom('verifications')
    .select(['customer_id as customerId', 'method', 'verified_by as verifiedBy', 'verified_at as at'])
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId),
);
