import { type Kysely, sql } from 'kysely';

/**
 * The origin of an engagement event becomes `webhook` or `socket`. Stored events have `zoom` for both, whose precedence
 * is equal, so all become `webhook`. Inside a JSON string every quote is escaped, so the replaced bytes occur only as a
 * key and its value.
 */
export const up =
  () =>
  async (db: Kysely<unknown>): Promise<void> => {
    await db.schema.alterTable('inbox_events').renameColumn('way', 'origin').execute();
    await sql`update inbox_events set state = 'ignored' where state = 'kept'`.execute(db);
    await sql`update engagements set statements = replace(statements, '"origin":"zoom"', '"origin":"webhook"')`.execute(
      db,
    );

    await db.schema.alterTable('socket_hearing').renameTo('socket_heartbeats').execute();
    await db.schema.alterTable('socket_heartbeats').renameColumn('heard_until', 'last_at').execute();
  };
