import type { Kysely } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

/**
 * Every table. The folder that owns a table adds it in its `schema.ts` by declaration merging. Times are ms UTC in
 * 64-bit integers; JSON is text, so that both databases hold and return the same. `account` is the installation's key
 * for a Zoom account, never the account id itself, which Zoom counts as personal data.
 */
export interface Schema {
  leases: LeasesTable;
}

/**
 * The database or one transaction in it. Ports between features pass it on, so that a callee writes in the same commit.
 */
export type Db = Kysely<Schema>;

/** `expires_at` is by the database's clock. `fence` grows with every new owner. */
type LeasesTable = { name: string; owner: string; expires_at: number; fence: number };
