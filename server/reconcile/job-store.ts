import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';

/** `tries` includes the current one. `claimedUntil` (ms UTC) identifies the claim. */
export type ReconcileJob = { engagementId: string; tries: number; claimedUntil: number };

export type JobStore = ReturnType<typeof createJobStore>;

/**
 * Reconcile jobs, one for each engagement, until it has an outcome. A claim expires, so processes share the jobs and those
 * of a killed process become due again; an update under an expired claim changes nothing. ms UTC.
 */
export function createJobStore({ db, kind }: Pick<Database, 'db' | 'kind'>, account: string) {
  const update = (job: ReconcileJob) =>
    db
      .updateTable('read_back_jobs')
      .where('account', '=', account)
      .where('engagement_id', '=', job.engagementId)
      .where('claimed_until', '=', job.claimedUntil);

  return {
    /** Within the caller's transaction. An open job stays as it is, a finished one starts again. */
    async schedule(transaction: Db, engagementId: string, dueAt: number): Promise<void> {
      await transaction
        .insertInto('read_back_jobs')
        .values({ account, engagement_id: engagementId, due_at: dueAt, tries: 0, claimed_until: 0, outcome: null })
        .onConflict((conflict) =>
          conflict
            .columns(['account', 'engagement_id'])
            .doUpdateSet({ due_at: dueAt, tries: 0, claimed_until: 0, outcome: null })
            .where('read_back_jobs.outcome', 'is not', null),
        )
        .execute();
    },

    async claim(now: number, forMs: number): Promise<ReconcileJob | undefined> {
      const due = db
        .selectFrom('read_back_jobs')
        .select('engagement_id')
        .where('account', '=', account)
        .where('outcome', 'is', null)
        .where('due_at', '<=', now)
        .where('claimed_until', '<=', now)
        .orderBy('due_at')
        .limit(1);
      // Called every few seconds: a read first, so that an idle process does not write.
      if (!(await due.executeTakeFirst())) return undefined;
      const claimedUntil = now + forMs;
      const job = await db
        .updateTable('read_back_jobs')
        .set((row) => ({ claimed_until: claimedUntil, tries: row('tries', '+', 1) }))
        .where('account', '=', account)
        .where('engagement_id', 'in', kind === 'postgres' ? due.forUpdate().skipLocked() : due)
        .returning(['engagement_id', 'tries'])
        .executeTakeFirst();
      return job && { engagementId: job.engagement_id, tries: job.tries, claimedUntil };
    },

    async reschedule(job: ReconcileJob, dueAt: number): Promise<void> {
      await update(job).set({ due_at: dueAt, claimed_until: 0 }).execute();
    },

    async finish(job: ReconcileJob, outcome: string): Promise<void> {
      await update(job).set({ outcome, claimed_until: 0 }).execute();
    },
  };
}

/** Deletes at most `limit` jobs of any account that were due before `before` (ms UTC) and have an outcome; returns how many. */
export async function deleteFinishedJobs(db: Db, before: number, limit: number): Promise<number> {
  const finished = await db
    .selectFrom('read_back_jobs')
    .select(['account', 'engagement_id'])
    .where('outcome', 'is not', null)
    .where('due_at', '<', before)
    .limit(limit)
    .execute();
  for (const { account, engagement_id: id } of finished) {
    await db.deleteFrom('read_back_jobs').where('account', '=', account).where('engagement_id', '=', id).execute();
  }
  return finished.length;
}
