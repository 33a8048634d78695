import type { RetentionRule } from '../retention.ts';

export const storageRetention: RetentionRule[] = [
  { table: 'leases', class: 'bounded', reason: 'one row for each singleton job, and the one of the readiness check' },
];
