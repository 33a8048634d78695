import type { RetentionRule } from '../platform/retention.ts';

export const auditRetention: RetentionRule[] = [
  { table: 'audit_entries', class: 'permanent', reason: 'an audit trail is append-only' },
];
