import type { Kysely } from 'kysely';

/** Expired rows are deleted every minute, and the sessions of one agent at once; neither may scan the table. */
export function up() {
  return async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();
    await db.schema.createIndex('sessions_by_agent').on('sessions').columns(['account', 'uid']).execute();
    await db.schema.createIndex('app_contexts_by_expiry').on('app_contexts').column('expires_at').execute();
  };
}
