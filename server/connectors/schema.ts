import type { Generated } from 'kysely';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    customers: CustomersTable;
    customer_identifiers: CustomerIdentifiersTable;
    customer_name_words: { word: string; customer_id: string };
    directory_settings: DirectorySettingsTable;
    directory_activities: DirectoryActivitiesTable;
    /** `sealed`: AES-256-GCM of the token and its metadata, bound to this table and `connection`. */
    connection_tokens: { connection: string; sealed: string; expires_at: number };
  }
}

/**
 * One row. `version` rises with every change of a customer or activity, in the transaction of the change. The others
 * are of the index and its rebuild (directory/index-rebuild.ts).
 */
type DirectorySettingsTable = {
  id: 'directory';
  default_country: string | null;
  version: Generated<number>;
  index_version: Generated<number>;
  rebuild_version: Generated<number>;
  rebuilt_to: string | null;
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
  /** ISO 3166, in which national numbers were read; empty for none, null if imported before it was stored */
  country: string | null;
};

/**
 * `value`: the normalized identifier for matching; null for one that cannot be parsed. A case or account number has a
 * further row of its `-key` kind for each key under which other spellings find it (match-numbers.ts), an e-mail whose
 * mailbox has other addresses one of kind `mailbox`.
 */
type CustomerIdentifiersTable = {
  customer_id: string;
  kind: 'phone' | 'email' | 'mailbox' | 'case' | 'case-key' | 'account' | 'account-key';
  position: number;
  raw: string;
  value: string | null;
};

/** `activity`: JSON of the connector's Activity. */
type DirectoryActivitiesTable = { key: string; customer_id: string; at: number; activity: string };
