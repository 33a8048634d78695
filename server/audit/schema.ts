import type { Generated } from 'kysely';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    audit_entries: AuditEntriesTable;
  }
}

type AuditEntriesTable = {
  id: Generated<number>;
  account: string;
  at: number;
  actor: string;
  action: string;
  engagement_id: string | null;
  customer_id: string | null;
  /** JSON object */
  details: string;
};
