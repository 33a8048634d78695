import { day, type RetentionRule } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { createLinkStore } from './link-store.ts';
import { retentionMs as ownNumberMs } from './own-number-registry.ts';
import { createOwnNumberStore } from './own-number-store.ts';
import { createVerificationStore } from './verification-store.ts';

/** A consumer who returns within this time is recognized. */
const linkMs = 730 * day;
/** As long as the engagement; the audit trail has it longer. */
const verificationMs = 90 * day;

export function createCustomerRetention(database: Pick<Database, 'db' | 'kind'>): RetentionRule[] {
  const { deleteOlder: deleteLinks } = createLinkStore(database);
  const { deleteOlder: deleteVerifications } = createVerificationStore(database);
  const { deleteOlder: deleteOwnNumbers } = createOwnNumberStore(database);
  return [
    { table: 'link_decisions', class: 'personal', periodMs: linkMs, delete: deleteLinks },
    { table: 'verifications', class: 'personal', periodMs: verificationMs, delete: deleteVerifications },
    { table: 'own_numbers', class: 'operational', periodMs: ownNumberMs, delete: deleteOwnNumbers },
  ];
}
