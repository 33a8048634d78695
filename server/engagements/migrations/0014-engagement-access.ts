import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../../platform/storage/schema.ts';

/**
 * How agents take part in an engagement, and their e-mails, by which flows name them. In a stored engagement every
 * agent counts as present until its next event.
 */
export const up =
  (kind: DatabaseKind) =>
  async (db: Kysely<unknown>): Promise<void> => {
    const text = kind === 'postgres' ? sql`text collate "C"` : 'text';
    await db.schema
      .alterTable('engagements')
      .addColumn('involvement', text, (column) => column.notNull().defaultTo('{"agents":{},"emails":{}}'))
      .execute();
    await db.schema.alterTable('agents').addColumn('email', text).execute();
    await db.schema.createIndex('agents_by_email').on('agents').columns(['account', 'email']).execute();
    const part = '{"status":"present","at":0}';
    if (kind === 'postgres') {
      await sql`
        update engagements set involvement = '{"agents":{' || (
          select string_agg(to_json(value)::text || ':' || ${part}, ',') from json_array_elements_text(agents::json)
        ) || '},"emails":{}}'
        where agents <> '[]'`.execute(db);
      await sql`update agents set email = lower(record::json #>> '{email,value}')`.execute(db);
    } else {
      await sql`
        update engagements set involvement = json_object(
          'agents', (select json_group_object(value, json(${part})) from json_each(agents)),
          'emails', json('{}'))
        where agents <> '[]'`.execute(db);
      await sql`update agents set email = lower(json_extract(record, '$.email.value'))`.execute(db);
    }
  };
