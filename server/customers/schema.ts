import type { ColumnType, Generated } from 'kysely';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    link_decisions: LinkDecisionsTable;
    verifications: VerificationsTable;
    own_numbers: OwnNumbersTable;
  }
}

/**
 * Append-only but for `undone_at` and `is_confirmed`. The newest confirmed row that is not undone is the decision on
 * the engagement.
 */
type LinkDecisionsTable = {
  id: Generated<number>;
  account: string;
  engagement_id: string;
  /** `<source>:<id there>`; null: the agent unlinked */
  customer_id: string | null;
  /** Zoom's id of the consumer, if the engagement has exactly one consumer and Zoom gave an id */
  consumer_id: ColumnType<string | null, string | null | undefined, string | null>;
  decided_by: string;
  decided_at: number;
  /** 0: Zoom had not named the agent in the engagement, and the decision counts for their own view only; else 1 */
  is_confirmed: Generated<number>;
  undone_at: ColumnType<number | null, number | null | undefined, number | null>;
};

type VerificationsTable = {
  account: string;
  engagement_id: string;
  customer_id: string;
  method: string;
  verified_by: string;
  verified_at: number;
};

type OwnNumbersTable = {
  account: string;
  /** E.164 */
  number: string;
  /** When an inbound engagement last had it, to the day */
  seen_at: number;
};
