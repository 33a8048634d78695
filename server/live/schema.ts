declare module '../platform/storage/schema.ts' {
  interface Schema {
    live_cursors: { account: string; last_id: number };
    live_events: LiveEventsTable;
  }
}

/** The account's changes in the order of commits: the row of `live_cursors` stays locked until each commits. */
type LiveEventsTable = {
  account: string;
  id: number;
  engagement_id: string;
  /** JSON array of user ids */
  agents: string;
  at: number;
};

export {};
