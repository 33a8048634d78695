import type { ColumnType, Generated } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

/**
 * Every table. Times are ms UTC in 64-bit integers; JSON is text, so that both databases hold and return the same.
 * `account` is the installation's key for a Zoom account, never the account id itself (Zoom counts that as personal).
 */
export type Schema = {
  customers: CustomersTable;
  customer_identifiers: CustomerIdentifiersTable;
  customer_name_words: { word: string; customer_id: string };
  directory_settings: { id: 'directory'; default_country: string | null };
  engagements: EngagementsTable;
  link_decisions: LinkDecisionsTable;
  sessions: SessionsTable;
  app_contexts: { digest: string; address: string; expires_at: number };
  audit_entries: AuditEntriesTable;
};

type CustomersTable = {
  id: string;
  name: string;
  company: string | null;
  /** JSON object of strings, in the file's order */
  fields: string;
  /** JSON arrays */
  cases: string;
  interactions: string;
  updated_at: number;
};

/** `value` is what is matched on; null for a phone that could not be read: kept, shown, never matched. */
type CustomerIdentifiersTable = {
  customer_id: string;
  kind: 'phone' | 'email' | 'case';
  position: number;
  raw: string;
  value: string | null;
};

type EngagementsTable = {
  account: string;
  engagement_id: string;
  /** JSON of the contract's EngagementFacts */
  facts: string;
  first_seen_at: number;
  updated_at: number;
};

/** Append-only but for `undone_at`. The newest row that is not undone is the engagement's decision. */
type LinkDecisionsTable = {
  id: Generated<number>;
  account: string;
  engagement_id: string;
  customer_id: string | null;
  decided_by: string;
  decided_at: number;
  undone_at: ColumnType<number | null, number | null | undefined, number | null>;
};

type SessionsTable = {
  /** SHA-256 of the bearer; the bearer itself is nowhere on the server. */
  token_hash: string;
  account: string;
  uid: string;
  created_at: number;
  expires_at: number;
};

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
