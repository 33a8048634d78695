declare module '../platform/storage/schema.ts' {
  interface Schema {
    read_back_jobs: ReconcileJobsTable;
  }
}

/** Reconcile jobs: ended engagements to read from Zoom's REST API. */
type ReconcileJobsTable = {
  account: string;
  engagement_id: string;
  due_at: number;
  tries: number;
  claimed_until: number;
  /** Null while it is open. */
  outcome: string | null;
};

export {};
