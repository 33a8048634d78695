/**
 * Durable jobs of all kinds, in one table on both databases.
 *
 *   (schedule) ─▶ open ── claim, when due ─▶ claimed ── finish ─▶ finished
 *                  ▲                          │  │  └─ markDead ▶ dead ── replay ─▶ open
 *                  ├── retry, postpone ───────┘  │
 *                  └── the lease ended ──────────┘        finished, dead ── schedule ─▶ open
 *
 * Guaranteed: a job is scheduled with the caller's commit or not at all; there is one job per kind, account and key; a
 * job is claimed by one process at a time and again after the end of its lease, so a crash loses none. Every claim
 * raises `fence`, and results of an older fence change nothing and return false.
 * Not guaranteed: that a handler runs once. One whose lease ended may still run while another claims its job, so its
 * effects outside this database must be idempotent. Jobs are claimed in the order of their due times, not of their
 * ids. Times are whole ms UTC (PostgreSQL refuses a fraction) by the process's clock: clocks that differ lengthen or
 * shorten a lease; fences are unaffected.
 */
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { Db } from '../storage/schema.ts';

/** The subject of a job: there is one row for these three. */
type JobKey = { kind: string; account: string; key: string };

/** One claim of a job. `tries` counts it. */
export type Job = JobKey & { id: number; payload: unknown; tries: number; fence: number };

type DeadJob = JobKey & {
  id: number;
  payload: unknown;
  tries: number;
  reason: string | null;
  finishedAt: number;
};

/**
 * A dead letter has this outcome and a reason. A finished job has no reason, so a handler that finishes with the word
 * `dead` makes no dead letter.
 */
const deadOutcome = 'dead';

export type JobStore = ReturnType<typeof createJobStore>;

export function createJobStore({ database: { db, kind: databaseKind }, clock }: JobStoreParts) {
  /** The claimed job, unless another claim or a result came first. */
  const updateClaimed = (transaction: Db, job: Pick<Job, 'id' | 'fence'>) =>
    transaction
      .updateTable('jobs')
      .where('id', '=', job.id)
      .where('fence', '=', job.fence)
      .where('claimed_until', '>', 0)
      .where('outcome', 'is', null);

  return {
    /** An open job stays as it is; one that is finished or dead begins anew. Returns whether there is a new one. */
    async schedule(transaction: Db, job: JobKey & { payload?: unknown; dueAt: number }): Promise<boolean> {
      const fresh = {
        payload: JSON.stringify(job.payload ?? null),
        due_at: Math.ceil(job.dueAt),
        tries: 0,
        claimed_until: 0,
        outcome: null,
        reason: null,
        created_at: clock(),
        finished_at: null,
      };
      const { numInsertedOrUpdatedRows } = await transaction
        .insertInto('jobs')
        .values({ kind: job.kind, account: job.account, key: job.key, fence: 0, ...fresh })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'account', 'key']).doUpdateSet(fresh).where('jobs.outcome', 'is not', null),
        )
        .executeTakeFirstOrThrow();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    },

    /** Leases for `leaseMs` the job that has been due longest, of those without a lease. */
    async claim(request: { kind: string; account: string; owner: string; leaseMs: number }): Promise<Job | undefined> {
      const now = clock();
      const due = db
        .selectFrom('jobs')
        .select('id')
        .where('kind', '=', request.kind)
        .where('account', '=', request.account)
        .where('outcome', 'is', null)
        .where('due_at', '<=', now)
        .where('claimed_until', '<=', now)
        .orderBy('due_at')
        .limit(1);
      // Polling reads first: a write would take SQLite's only write lock every time.
      if (!(await due.executeTakeFirst())) return undefined;
      const row = await db
        .updateTable('jobs')
        .set((row) => ({
          owner: request.owner,
          claimed_until: Math.ceil(now + request.leaseMs),
          fence: row('fence', '+', 1),
          tries: row('tries', '+', 1),
        }))
        .where('id', 'in', databaseKind === 'postgres' ? due.forUpdate().skipLocked() : due)
        .returning(['id', 'key', 'payload', 'tries', 'fence'])
        .executeTakeFirst();
      return (
        row && {
          id: row.id,
          kind: request.kind,
          account: request.account,
          key: row.key,
          payload: JSON.parse(row.payload) as unknown,
          tries: row.tries,
          fence: row.fence,
        }
      );
    },

    async finish(transaction: Db, job: Pick<Job, 'id' | 'fence'>, outcome: string): Promise<boolean> {
      const { numUpdatedRows } = await updateClaimed(transaction, job)
        .set({ outcome, reason: null, claimed_until: 0, finished_at: clock() })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Makes it a dead letter: no further attempts until it is replayed or scheduled anew. */
    async markDead(transaction: Db, job: Pick<Job, 'id' | 'fence'>, reason: string): Promise<boolean> {
      const { numUpdatedRows } = await updateClaimed(transaction, job)
        .set({ outcome: deadOutcome, reason, claimed_until: 0, finished_at: clock() })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    async retry(transaction: Db, job: Pick<Job, 'id' | 'fence'>, dueAt: number, reason?: string): Promise<boolean> {
      const { numUpdatedRows } = await updateClaimed(transaction, job)
        .set({ due_at: Math.ceil(dueAt), reason: reason ?? null, claimed_until: 0 })
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** As `retry`, but this attempt does not count: it failed for a reason outside the job, such as a rate limit. */
    async postpone(transaction: Db, job: Pick<Job, 'id' | 'fence'>, dueAt: number, reason?: string): Promise<boolean> {
      const { numUpdatedRows } = await updateClaimed(transaction, job)
        .set((row) => ({
          due_at: Math.ceil(dueAt),
          reason: reason ?? null,
          claimed_until: 0,
          tries: row('tries', '-', 1),
        }))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** The first `limit` dead letters after `afterId`, in the order of their ids. No command lists them. */
    async listDead({ afterId = 0, limit }: { afterId?: number; limit: number }): Promise<DeadJob[]> {
      const rows = await db
        .selectFrom('jobs')
        .select(['id', 'kind', 'account', 'key', 'payload', 'tries', 'reason', 'finished_at'])
        // A literal, which matches the condition of the partial index; a parameter does not.
        .where('outcome', '=', sql.lit(deadOutcome))
        .where('reason', 'is not', null)
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ payload, finished_at: finishedAt, ...row }) => ({
        ...row,
        payload: JSON.parse(payload) as unknown,
        finishedAt: finishedAt ?? 0,
      }));
    },

    /** A dead letter becomes due at once, with its tries reset to 0. False if there is no dead letter with this id. */
    async replay(id: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('jobs')
        .set({ outcome: null, reason: null, due_at: clock(), tries: 0, claimed_until: 0, finished_at: null })
        .where('outcome', '=', deadOutcome)
        .where('reason', 'is not', null)
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Deletes at most `limit` jobs that ended before these times; returns how many it deleted. */
    async deleteEnded(before: { finished: number; dead: number }, limit: number): Promise<number> {
      const ended = db
        .selectFrom('jobs')
        .select('id')
        .where('outcome', 'is not', null)
        .where('finished_at', '<', Math.max(before.finished, before.dead))
        .where((row) =>
          row.or([
            row.and([
              row.or([row('outcome', '!=', deadOutcome), row('reason', 'is', null)]),
              row('finished_at', '<', before.finished),
            ]),
            row.and([
              row('outcome', '=', deadOutcome),
              row('reason', 'is not', null),
              row('finished_at', '<', before.dead),
            ]),
          ]),
        )
        .orderBy('finished_at')
        .limit(limit);
      const { numDeletedRows } = await db.deleteFrom('jobs').where('id', 'in', ended).executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

type JobStoreParts = { database: Pick<Database, 'db' | 'kind'>; clock: Clock };
