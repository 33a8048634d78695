import type { TransactionHook } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import { createJobStore } from './job-store.ts';
import { createReadBack } from './report-reader.ts';
import { createSweep, type Span } from './sweep.ts';
import { createSweeper, type SweeperLimits } from './sweep-schedule.ts';
import { type ApplyStatements, createReadBackWorker, type WorkerLimits } from './reconcile-worker.ts';
import type { ZoomRest } from './zoom-rest.ts';

/** Zoom has nothing before. */
const firstReadAfterMs = 10_000;

export type Reconcile = {
  /** Transaction hook: schedules a job for each engagement of the account that ended. */
  scheduleEnded: TransactionHook;
  /** What happened then may be unknown here. ms UTC. */
  owe(span: Span): void;
  start(): void;
  /** Resolves when what was under way is done, or in a few seconds. */
  stop(): Promise<void>;
};

/**
 * Keeps one account's records in step with Zoom's own: every ended engagement is read back (worker.ts), and what was never
 * heard of is found by sweeps (sweeper.ts). Several processes may run it: they share the jobs by claims, but their sweeps
 * would only repeat each other, so it is best run under a lease.
 */
export function createReconcile(parts: {
  account: string;
  database: Pick<Database, 'db' | 'kind'>;
  rest: ZoomRest;
  apply: ApplyStatements;
  /** Whether the record says so; false for what is unknown. */
  isEnded(engagementId: string): Promise<boolean>;
  /** Takes card numbers out of an answer; undefined for what is nested too deep. */
  redact(body: unknown): unknown;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'readBack' | 'mended'>;
  random?: () => number;
  limits?: Partial<WorkerLimits & SweeperLimits>;
}): Reconcile {
  const { account, database, clock } = parts;
  const jobs = createJobStore(database, account);
  const worker = createReadBackWorker({ ...parts, jobs, readBack: createReadBack(parts) });
  const sweep = createSweep({ ...parts, schedule: (id, dueAt) => jobs.schedule(database.db, id, dueAt) });
  const sweeper = createSweeper({ ...parts, sweep });
  return {
    async scheduleEnded(transaction, events) {
      for (const event of events) {
        if (event.kind !== 'engagement.changed' || event.account !== account || !event.hasEnded) continue;
        await jobs.schedule(transaction, event.engagementId, clock() + firstReadAfterMs);
      }
      return [];
    },
    owe: sweeper.owe,
    start() {
      worker.start();
      sweeper.start();
    },
    async stop() {
      await Promise.all([worker.stop(), sweeper.stop()]);
    },
  };
}
