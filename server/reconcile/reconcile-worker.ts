/**
 * Runs reconcile jobs, one after the other: reads an ended engagement from Zoom's REST API and applies what was missed.
 *
 *   scheduled ──due──▶ claimed for a minute ──read──▶ agreed | corrected
 *       ▲                │    │    └─ read within a minute of the end ──▶ scheduled once more, at end + 1 min
 *       │                │    └─ 429 ──▶ scheduled for the time in Zoom's answer; nothing is claimed until then
 *       │                ├─ refused ──▶ scheduled in an hour; nothing is claimed until then
 *       └── back-off ────┴─ not-ready, unavailable ──25 tries──▶ given-up
 *
 * Zoom answers nothing for up to a minute after an end, and saves the wrap-up note after the disposition. A refusal means
 * credentials or scopes, which are the same for every engagement, so one job an hour probes them.
 * Guaranteed: a job whose process dies runs again; applying a report twice changes nothing.
 * Not guaranteed: that only one process runs a job that takes longer than its claim.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { EngagementEvent } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { JobStore, ReconcileJob } from './job-store.ts';
import type { ReportOutcome } from './report-reader.ts';

/** Applies events in a transaction of its own and answers those that were missing. Rejects when nothing was stored. */
export type ApplyReconciled = (account: string, events: EngagementEvent[]) => Promise<EngagementEvent[]>;

export type WorkerLimits = { pollMs: number; claimMs: number; settledMs: number; probeMs: number; drainMs: number };

const minute = 60_000;
export const workerLimits: WorkerLimits = {
  pollMs: 2_000,
  claimMs: minute,
  settledMs: minute,
  probeMs: 60 * minute,
  drainMs: 3_000,
};

/** Before the second try, the third, …; ms. */
const delays = [10, 20, 30, 300, 900, 2_400, ...Array<number>(18).fill(3_600)].map((seconds) => seconds * 1_000);

export type ReconcileWorker = {
  start(): void;
  /** Resolves when the current job is done, or after a few seconds: another process then claims it again. */
  stop(): Promise<void>;
};

export function createReconcileWorker(parts: {
  account: string;
  jobs: JobStore;
  readReport(engagementId: string): Promise<ReportOutcome>;
  applyReconciled: ApplyReconciled;
  clock: Clock;
  random?: () => number;
  log: Pick<Log, 'warn' | 'error'>;
  metrics: Pick<Metrics, 'reconcileJobs' | 'reconciledEvents'>;
  limits?: Partial<WorkerLimits>;
}): ReconcileWorker {
  const { account, jobs, clock, log, metrics, random = Math.random } = parts;
  const limits = { ...workerLimits, ...parts.limits };
  let pausedUntil = 0;

  async function retry(job: ReconcileJob): Promise<void> {
    const delay = delays[job.tries - 1];
    if (delay === undefined) {
      metrics.reconcileJobs.inc({ outcome: 'given-up' });
      await jobs.finish(job, 'given-up');
    } else {
      // Jitter: engagements that ended together are not requested together.
      await jobs.reschedule(job, clock() + delay * (0.9 + 0.2 * random()));
    }
  }

  async function apply(job: ReconcileJob, report: Extract<ReportOutcome, { kind: 'read' }>): Promise<void> {
    const missed = await parts.applyReconciled(account, report.events);
    const outcome = missed.length > 0 ? 'corrected' : 'agreed';
    metrics.reconcileJobs.inc({ outcome });
    for (const { kind } of missed) metrics.reconciledEvents.inc({ kind });
    const settledAt = report.endedAt + limits.settledMs;
    if (clock() < settledAt) await jobs.reschedule(job, settledAt);
    else await jobs.finish(job, outcome);
  }

  async function run(job: ReconcileJob): Promise<void> {
    const report = await parts.readReport(job.engagementId);
    switch (report.kind) {
      case 'read':
        return apply(job, report);
      case 'rate-limited':
        pausedUntil = report.until;
        metrics.reconcileJobs.inc({ outcome: 'unavailable' });
        log.warn(
          { forSeconds: Math.round((report.until - clock()) / 1_000) },
          'Zoom limits the rate of reconcile requests',
        );
        return jobs.reschedule(job, report.until);
      case 'refused':
        pausedUntil = clock() + limits.probeMs;
        metrics.reconcileJobs.inc({ outcome: 'refused' });
        log.error(
          { code: report.code },
          'Zoom refuses reconcile requests: check the app’s scopes and that it is active',
        );
        return jobs.reschedule(job, pausedUntil);
      case 'unavailable':
        log.warn({ code: report.code }, 'Zoom did not answer a reconcile request');
        metrics.reconcileJobs.inc({ outcome: 'unavailable' });
        return retry(job);
      case 'not-ready':
        metrics.reconcileJobs.inc({ outcome: 'not-ready' });
        return retry(job);
    }
  }

  /** Answers whether another job may be due. */
  async function runNext(): Promise<boolean> {
    if (clock() < pausedUntil) return false;
    try {
      const job = await jobs.claim(clock(), limits.claimMs);
      if (!job) return false;
      await run(job);
      return true;
    } catch (err) {
      // The storage is down: the claim expires and the job becomes due again.
      log.warn({ err }, 'a reconcile job could not be stored');
      return false;
    }
  }

  let stopping: AbortController | undefined;
  let running = Promise.resolve();
  return {
    start() {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      running = running.then(async () => {
        while (!signal.aborted) {
          if (!(await runNext())) await wait(limits.pollMs, undefined, { signal }).catch(() => {});
        }
      });
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await Promise.race([running, wait(limits.drainMs, undefined, { ref: false })]);
    },
  };
}
