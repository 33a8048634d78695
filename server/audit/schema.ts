import type { SealedEnds } from './chain-seal.ts';
import type { StoredEntry } from './entry-hash.ts';

declare module '../platform/storage/schema.ts' {
  interface Schema {
    audit_entries: StoredEntry;
    /** One row, `main`. */
    audit_chain: { id: string } & SealedEnds;
  }
}
