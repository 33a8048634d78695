import { sql } from 'kysely';
import type { VerificationMethod } from '#contract/customers.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { LinkDecision } from './link-store.ts';
import type { StoredVerification } from './verification-store.ts';

/** The decisions of agents in one engagement: the current link decision, and the customers they verified. */
type AgentDecisions = { decision: LinkDecision | undefined; verifications: StoredVerification[] };

/**
 * `includesShared`: with the confirmed decisions of all agents, else with this agent's own only. `until`: ms UTC; later
 * decisions do not count.
 */
type Key = { account: string; uid: string; engagementId: string; includesShared: boolean; until: number };

/** One statement for both, because every view reads both: PostgreSQL costs a round trip for each. */
export async function readAgentDecisions(db: Db, { includesShared, ...key }: Key): Promise<AgentDecisions> {
  const rows = await findDecisions(db, { ...key, shared: includesShared ? 1 : 0 });
  const [first] = rows;
  return {
    decision:
      first?.id == null
        ? undefined
        : { id: first.id, customerId: first.customer_id, isConfirmed: first.is_confirmed === 1 },
    verifications: rows.flatMap(({ verified_id: customerId, method, verified_by: verifiedBy, verified_at: at }) => {
      if (customerId === null || method === null || verifiedBy === null || at === null) return [];
      // The verification store writes no other method.
      return [{ customerId, method: method as VerificationMethod, verifiedBy, at }];
    }),
  };
}

type Row = {
  id: number | null;
  customer_id: string | null;
  is_confirmed: number | null;
  verified_id: string | null;
  method: string | null;
  verified_by: string | null;
  verified_at: number | null;
};

type Parameters = Omit<Key, 'includesShared'> & { shared: number };

const findDecisions = prepareQuery((db, { account, uid, engagementId, shared, until }: Parameters) => {
  const query = sql<Row>`
    select decision.id, decision.customer_id, decision.is_confirmed,
      verifications.customer_id as verified_id, verifications.method, verifications.verified_by,
      verifications.verified_at
    from (select 1) as always
    left join (
      select id, customer_id, is_confirmed from link_decisions
      where account = ${account} and engagement_id = ${engagementId} and undone_at is null
        and (decided_by = ${uid} or (is_confirmed = 1 and ${shared} = 1)) and decided_at <= ${until}
      order by id desc limit 1
    ) as decision on true
    left join verifications
      on verifications.account = ${account} and verifications.engagement_id = ${engagementId}
        and ${shared} = 1 and verifications.verified_at <= ${until}`;
  return { compile: () => query.compile(db) };
});
