import type { Kysely } from 'kysely';
import type { Agent } from '#contract/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { Schema } from '../platform/storage/schema.ts';

/** One thing an agent did that must be answerable for later. Rows are only ever added. */
type AuditEntry = {
  agent: Agent;
  action: 'customer.reveal' | 'customer.verify';
  engagementId: string;
  customerId: string;
  /** Why, in codes and the agent's own words; never the revealed values. */
  details: Record<string, string>;
};

export type RecordAudit = (entry: AuditEntry) => Promise<void>;

export function createAuditTrail({ db, clock }: { db: Kysely<Schema>; clock: Clock }): { record: RecordAudit } {
  return {
    async record(entry) {
      await db
        .insertInto('audit_entries')
        .values({
          account: entry.agent.account,
          at: clock(),
          actor: entry.agent.uid,
          action: entry.action,
          engagement_id: entry.engagementId,
          customer_id: entry.customerId,
          details: JSON.stringify(entry.details),
        })
        .execute();
    },
  };
}
