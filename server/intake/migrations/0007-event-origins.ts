import { type Kysely, sql } from 'kysely';

/**
 * Names of the glossary. An engagement event's origin says which delivery brought it, `webhook` or `socket`, where rows so
 * far only said `zoom`; their precedence is equal, so all of those become `webhook`. Inside a JSON string every quote is
 * escaped, so the byte sequence occurs only where it is a key and its value.
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
