declare module '../platform/storage/schema.ts' {
  interface Schema {
    sessions: SessionsTable;
    app_contexts: { digest: string; address: string; expires_at: number };
  }
}

type SessionsTable = {
  /** SHA-256 of the bearer, which itself is not stored. */
  token_hash: string;
  account: string;
  uid: string;
  created_at: number;
  expires_at: number;
};

export {};
