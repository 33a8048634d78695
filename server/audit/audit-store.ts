import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { prepareQuery } from '../platform/storage/prepare-query.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { AuditEntry } from './audit-entry.ts';

export function createAuditStore({
  database: { db },
  clock,
}: {
  database: Pick<Database, 'db' | 'kind'>;
  clock: Clock;
}) {
  async function isNewView(transaction: Db, entry: AuditEntry): Promise<boolean> {
    const { agent, action, engagementId, customerId } = entry;
    if (action !== 'customer.view' || engagementId === undefined || customerId === undefined) return true;
    const stored = await findView(transaction, { ...agent, engagementId, customerId });
    return stored.length === 0;
  }

  return {
    /** Adds the entries in one transaction, but no view that is stored. No view may occur twice in `entries`. */
    append(entries: AuditEntry[]): Promise<void> {
      return db.transaction().execute(async (transaction) => {
        const added: AuditEntry[] = [];
        for (const entry of entries) if (await isNewView(transaction, entry)) added.push(entry);
        if (added.length === 0) return;
        const rows = added.map(({ agent, action, engagementId, customerId, details = {} }) => ({
          account: agent.account,
          at: clock(),
          actor: agent.uid,
          action,
          engagement_id: engagementId ?? null,
          customer_id: customerId ?? null,
          details: JSON.stringify(details),
        }));
        await transaction.insertInto('audit_entries').values(rows).execute();
      });
    },
  };
}

type View = { account: string; uid: string; engagementId: string; customerId: string };

const findView = prepareQuery((db, { account, uid, engagementId, customerId }: View) =>
  db
    .selectFrom('audit_entries')
    .select('id')
    .where('account', '=', account)
    .where('engagement_id', '=', engagementId)
    .where('actor', '=', uid)
    .where('customer_id', '=', customerId)
    .where('action', '=', 'customer.view')
    .limit(1),
);
