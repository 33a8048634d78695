import type { Generated } from 'kysely';

declare module '../storage/schema.ts' {
  interface Schema {
    jobs: JobsTable;
  }
}

type JobsTable = {
  id: Generated<number>;
  kind: string;
  account: string;
  /** The subject of the job, such as an engagement id; there is one row per kind, account and key. */
  key: string;
  /** JSON */
  payload: string;
  due_at: number;
  /** Attempts so far, the current one included. */
  tries: number;
  /** The process that claimed it last; null before the first claim. */
  owner: string | null;
  /** The end of the lease; 0 without a lease. */
  claimed_until: number;
  /** Grows with every claim and never falls. */
  fence: number;
  /** Null while the job is open; `dead` for a dead letter, otherwise the handler's word for its result. */
  outcome: string | null;
  /** Why it is a dead letter, or why its last attempt is repeated; null when it is finished. */
  reason: string | null;
  created_at: number;
  finished_at: number | null;
};
