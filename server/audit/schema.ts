import type { SealedEnds } from './chain-seal.ts';
import type { StoredEntry } from './entry-hash.ts';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    audit_entries: StoredEntry;
    /** One row, `main`. */
    audit_chain: { id: string } & SealedEnds;
    act_counts: ActCountsTable;
  }
}

type ActCountsTable = {
  account: string;
  uid: string;
  /** reveal, verify, link, search */
  act: string;
  /** ms UTC, the begin of the hour */
  hour_at: number;
  /** Allowed ones. */
  acts: number;
  /** 1 once an act was refused in this hour, else 0 */
  is_refused: number;
};
