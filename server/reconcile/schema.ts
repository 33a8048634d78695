declare module '../platform/storage/schema.ts' {
  interface Schema {
    read_back_jobs: ReadBackJobsTable;
  }
}

/** Ended engagements that are still to be read back from Zoom's REST API. */
type ReadBackJobsTable = {
  account: string;
  engagement_id: string;
  due_at: number;
  tries: number;
  claimed_until: number;
  /** Null while it is open. */
  outcome: string | null;
};

export {};
