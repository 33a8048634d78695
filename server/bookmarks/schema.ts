declare module '../platform/storage/schema.ts' {
  interface Schema {
    bookmarks: BookmarksTable;
  }
}

export type BookmarksTable = { account: string; uid: string; engagement_id: string; expires_at: number };
