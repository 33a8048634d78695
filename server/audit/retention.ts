import { day, type RetentionRule } from '../platform/retention.ts';
import type { AuditStore } from './audit-store.ts';

/** Two years: a later question about who saw a customer, and the operator's yearly review, find their entries. */
const periodMs = 730 * day;

export function createAuditRetention({ deleteOlder }: Pick<AuditStore, 'deleteOlder'>): RetentionRule[] {
  return [
    { table: 'audit_entries', class: 'personal', periodMs, delete: deleteOlder },
    { table: 'audit_chain', class: 'bounded', reason: 'one row: both ends of the chain of audit entries' },
  ];
}
