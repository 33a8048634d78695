declare module '../platform/storage/schema.ts' {
  interface Schema {
    live_cursors: { account: string; last_id: number };
    live_events: LiveEventsTable;
  }
}

/**
 * The account's changes in commit order. `live_events` is the table of changes; `live_cursors` has the newest id of
 * each account, and its row stays locked until each commit.
 */
type LiveEventsTable = {
  account: string;
  id: number;
  engagement_id: string;
  /** JSON array of user ids */
  agents: string;
  at: number;
};

export {};
