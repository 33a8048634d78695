/**
 * Handles reconcile jobs (platform/jobs): reads an ended engagement from Zoom's REST API and applies what was missed.
 *
 *   due ──▶ claimed ──read──▶ agreed | corrected
 *    ▲         │    │    └─ read within a minute of the end ──▶ due once more, at end + 1 min
 *    │         │    └─ 429 ──▶ due at the time in Zoom's answer; no job is claimed until then
 *    │         ├─ refused ──▶ due in an hour; no job is claimed until then
 *    └─ back-off ┴─ not-ready, unavailable ──25 tries──▶ dead letter
 *
 * Zoom's report is empty for up to a minute after an end, and the wrap-up note is saved after the disposition. A
 * refusal means credentials or scopes, which are the same for every engagement, so one job an hour probes them.
 * Guaranteed: a job whose process dies runs again; applying a report twice changes nothing.
 * Not guaranteed: that only one process runs a job that takes longer than its lease.
 */
import type { EngagementEvent } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { JobHandler, JobResult } from '../platform/jobs/job-runner.ts';
import type { Job } from '../platform/jobs/job-store.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Random, scheduledDelay } from '../platform/timing/back-off.ts';
import type { ReportOutcome } from './report-reader.ts';

/** Applies events in a transaction of its own and returns those that were missing. Rejects when nothing was stored. */
export type ApplyReconciled = (account: string, events: EngagementEvent[]) => Promise<EngagementEvent[]>;

export const reconcileKind = 'reconcile';

const minute = 60_000;
/** An engagement's report is complete this long after its end. */
const settledMs = minute;
const probeMs = 60 * minute;

/** Before the second try, the third, …; ms. */
const delays = [10, 20, 30, 300, 900, 2_400, ...Array<number>(18).fill(3_600)].map((seconds) => seconds * 1_000);

/** The key of a job is its engagement id. */
export function createReconcileHandler(parts: {
  account: string;
  readReport(engagementId: string): Promise<ReportOutcome>;
  applyReconciled: ApplyReconciled;
  clock: Clock;
  random?: Random;
  log: Pick<Log, 'warn' | 'error'>;
  metrics: Pick<Metrics, 'reconcileJobs' | 'reconciledEvents'>;
}): JobHandler {
  const { account, clock, log, metrics, random = Math.random } = parts;

  function retry(job: Job, reason: string): JobResult {
    const delay = scheduledDelay(delays, job.tries, { random });
    if (delay !== undefined) return { kind: 'retry', at: clock() + delay, reason };
    metrics.reconcileJobs.inc({ outcome: 'given-up' });
    return { kind: 'dead', reason };
  }

  async function apply(report: Extract<ReportOutcome, { kind: 'read' }>): Promise<JobResult> {
    const missed = await parts.applyReconciled(account, report.events);
    const outcome = missed.length > 0 ? 'corrected' : 'agreed';
    metrics.reconcileJobs.inc({ outcome });
    for (const { kind } of missed) metrics.reconciledEvents.inc({ kind });
    const settledAt = report.endedAt + settledMs;
    return clock() < settledAt ? { kind: 'retry', at: settledAt } : { kind: 'done', outcome };
  }

  return {
    kind: reconcileKind,
    account,
    async handle(job) {
      const report = await parts.readReport(job.key);
      switch (report.kind) {
        case 'read':
          return apply(report);
        case 'rate-limited':
          metrics.reconcileJobs.inc({ outcome: 'unavailable' });
          log.warn(
            { forSeconds: Math.round((report.until - clock()) / 1_000) },
            'Zoom limits the rate of reconcile requests',
          );
          return { kind: 'pause', until: report.until, reason: report.kind };
        case 'refused':
          metrics.reconcileJobs.inc({ outcome: 'refused' });
          log.error(
            { code: report.code },
            'Zoom refuses reconcile requests: check the app’s scopes and that it is active',
          );
          return { kind: 'pause', until: clock() + probeMs, reason: report.kind };
        case 'unavailable':
          log.warn({ code: report.code }, 'Zoom did not answer a reconcile request');
          metrics.reconcileJobs.inc({ outcome: 'unavailable' });
          return retry(job, report.kind);
        case 'not-ready':
          metrics.reconcileJobs.inc({ outcome: 'not-ready' });
          return retry(job, report.kind);
      }
    },
  };
}
