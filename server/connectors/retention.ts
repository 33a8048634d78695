import type { RetentionRule } from '../platform/retention.ts';

/** The built-in directory is the installation's own data: only an import or an operator deletes from it. */
export const connectorRetention: RetentionRule[] = [
  { table: 'customers', class: 'permanent', reason: 'imported by the installation' },
  { table: 'customer_identifiers', class: 'permanent', reason: 'imported by the installation' },
  { table: 'customer_name_words', class: 'permanent', reason: 'an index of customers' },
  { table: 'directory_settings', class: 'bounded', reason: 'one row' },
  { table: 'directory_activities', class: 'permanent', reason: 'activities logged to customers of the directory' },
  { table: 'connection_tokens', class: 'bounded', reason: 'one row for each connection, replaced by the next token' },
];
