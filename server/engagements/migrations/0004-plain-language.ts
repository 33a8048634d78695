import { type Kysely, sql } from 'kysely';

/**
 * Stored engagement events and records use the words of the contract: `by` becomes `origin`, `how` becomes `mode`.
 * Inside a JSON string every quote is escaped, so these byte sequences occur only where they are keys.
 */
export const up =
  () =>
  async (db: Kysely<unknown>): Promise<void> => {
    await sql`
    update engagements set
      statements = replace(replace(replace(replace(statements,
        '"by":"zoom"', '"origin":"zoom"'), '"by":"flow"', '"origin":"flow"'), '"by":"rest"', '"origin":"rest"'),
        '"how":', '"mode":'),
      record = replace(record, '"how":', '"mode":')`.execute(db);
  };
