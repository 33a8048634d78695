import type { RetentionRule } from '../platform/retention.ts';

export const customerRetention: RetentionRule[] = [
  { table: 'link_decisions', class: 'permanent', reason: 'a consumer who returns is recognized by them' },
  { table: 'verifications', class: 'permanent', reason: 'they are evidence beside the audit trail' },
];
