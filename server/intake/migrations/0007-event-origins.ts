import { type Kysely, sql } from 'kysely';

/**
 * Renames columns, a table and the state `kept`, and replaces the origin `zoom` of stored events by `webhook`: it stood
 * for webhook and socket, whose precedence is equal. The replaced bytes occur only as a key and its value, because
 * quotes inside a JSON string are escaped.
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
