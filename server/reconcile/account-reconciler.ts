import type { TransactionHook } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import { createJobRunner, type JobRunnerLimits } from '../platform/jobs/job-runner.ts';
import { createJobStore } from '../platform/jobs/job-store.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Db } from '../platform/storage/schema.ts';
import type { Random } from '../platform/timing/back-off.ts';
import { type ApplyReconciled, createReconcileHandler, reconcileKind } from './reconcile-handler.ts';
import { createReportReader } from './report-reader.ts';
import { createSweep, type Span } from './sweep.ts';
import { createSweepSchedule, type SweepLimits } from './sweep-schedule.ts';
import type { ZoomRest } from './zoom-rest.ts';

/** Zoom has no report before that. */
const firstReadAfterMs = 10_000;

export type AccountReconciler = {
  /** Transaction hook: schedules a job for each engagement of the account that ended. */
  scheduleEnded: TransactionHook;
  /** Requests a sweep over a span in which events may have been lost. ms UTC. */
  requestSweep(span: Span): void;
  start(): void;
  /** Resolves when current work is done, or after a few seconds. */
  stop(): Promise<void>;
};

/**
 * Reconciles one account's records with Zoom's: each ended engagement has a reconcile job (reconcile-handler.ts), and
 * sweeps (sweep-schedule.ts) find engagements of which no event arrived. Run it under a lease: several processes would
 * repeat each other's sweeps, and exceed the account's rate limit together.
 */
export function createAccountReconciler(parts: {
  account: string;
  database: Pick<Database, 'db' | 'kind'>;
  rest: ZoomRest;
  applyReconciled: ApplyReconciled;
  /** False for an unknown engagement. */
  isEnded(engagementId: string): Promise<boolean>;
  /** Removes card numbers from an answer; undefined where it is nested too deep. */
  redact(body: unknown): unknown;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn' | 'error'>;
  metrics: Pick<Metrics, 'reconcileJobs' | 'reconciledEvents'>;
  random?: Random;
  limits?: Partial<JobRunnerLimits & SweepLimits>;
}): AccountReconciler {
  const { account, database, clock, log } = parts;
  const store = createJobStore(parts);
  const handler = createReconcileHandler({ ...parts, readReport: createReportReader(parts) });
  const runner = createJobRunner({
    db: database.db,
    store,
    handlers: [handler],
    clock,
    log,
    ...(parts.limits && { limits: parts.limits }),
  });
  const schedule = (transaction: Db, engagementId: string, dueAt: number) =>
    store.schedule(transaction, { kind: reconcileKind, account, key: engagementId, dueAt });
  const sweep = createSweep({ ...parts, schedule: (id, dueAt) => schedule(database.db, id, dueAt) });
  const sweeps = createSweepSchedule({ ...parts, sweep });
  return {
    async scheduleEnded(transaction, events) {
      for (const event of events) {
        if (event.kind !== 'engagement.changed' || event.account !== account || !event.hasJustEnded) continue;
        await schedule(transaction, event.engagementId, clock() + firstReadAfterMs);
      }
      return [];
    },
    requestSweep: sweeps.requestSweep,
    start() {
      runner.start();
      sweeps.start();
    },
    async stop() {
      await Promise.all([runner.stop(), sweeps.stop()]);
    },
  };
}
