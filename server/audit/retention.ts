import { day, type RetentionRule } from '../platform/retention.ts';
import type { ActCountStore } from './act-count-store.ts';
import type { AuditStore } from './audit-store.ts';

/** Two years: a later question about who saw a customer, and the operator's yearly review, find their entries. */
const periodMs = 730 * day;

/** Budgets are for a day. */
const actCountsMs = 2 * day;

export function createAuditRetention(
  { deleteOlder }: Pick<AuditStore, 'deleteOlder'>,
  { deleteOlder: deleteCounts }: Pick<ActCountStore, 'deleteOlder'>,
): RetentionRule[] {
  return [
    { table: 'audit_entries', class: 'personal', periodMs, delete: deleteOlder },
    { table: 'act_counts', class: 'personal', periodMs: actCountsMs, delete: deleteCounts },
    { table: 'audit_chain', class: 'bounded', reason: 'one row: both ends of the chain of audit entries' },
  ];
}
