import { type Kysely, sql } from 'kysely';

/** Reconcile jobs move into the table of all jobs. A job that had been given up becomes a dead letter. */
export const up =
  () =>
  async (db: Kysely<unknown>): Promise<void> => {
    await sql`
      insert into jobs
        (kind, account, key, payload, due_at, tries, claimed_until, fence, outcome, reason, created_at, finished_at)
      select 'reconcile', account, engagement_id, 'null', due_at, tries, claimed_until, 0,
        case outcome when 'given-up' then 'dead' when 'mended' then 'corrected' else outcome end,
        case outcome when 'given-up' then 'given-up' end,
        due_at,
        case when outcome is not null then due_at end
      from read_back_jobs`.execute(db);
    await db.schema.dropTable('read_back_jobs').execute();
  };
