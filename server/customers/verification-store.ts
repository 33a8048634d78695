import type { VerificationMethod } from '#contract/customers.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';

export type VerificationStore = ReturnType<typeof createVerificationStore>;

/** `at` in ms UTC. */
export type KeptVerification = { customerId: string; method: VerificationMethod; verifiedBy: string; at: number };

/** How agents made sure who is calling, by engagement and customer. The newest counts; all are on the audit trail. */
export function createVerificationStore({ db }: Pick<Database, 'db'>) {
  return {
    async list(account: string, engagementId: string): Promise<KeptVerification[]> {
      const rows = await findOfEngagement(db, { account, engagementId });
      // Written by `save` alone, which takes no other words.
      return rows.map(({ method, ...row }) => ({ ...row, method: method as VerificationMethod }));
    },

    async save(of: { account: string; engagementId: string } & KeptVerification): Promise<void> {
      const said = { method: of.method, verified_by: of.verifiedBy, verified_at: of.at };
      await db
        .insertInto('verifications')
        .values({ account: of.account, engagement_id: of.engagementId, customer_id: of.customerId, ...said })
        .onConflict((conflict) => conflict.columns(['account', 'engagement_id', 'customer_id']).doUpdateSet(said))
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
