/**
 * Reads ended engagements back from Zoom, one after the other, and says what was missed.
 *
 *   scheduled ──due──▶ claimed for a minute ──read──▶ agreed | mended
 *       ▲                │    │    └─ read less than a minute after its end ──▶ scheduled once more, at end + 1 min
 *       │                │    └─ 429 ──▶ scheduled for the time that Zoom named; until then nothing is claimed
 *       │                ├─ refused ──▶ scheduled in an hour; until then nothing is claimed
 *       └── back-off ────┴─ not ready, unavailable ──25 tries──▶ given-up
 *
 * - Zoom answers nothing for up to a minute after an end. So: 10 s after it, then three times within the next minute, then
 *   after 5, 15 and 40 minutes and every hour, a day in all.
 * - The wrap-up note is saved after the disposition, so an early answer may lack it: what was read within a minute of the
 *   end is read once more, when that minute is over. A note that comes later still comes as an event only.
 * - Refused means credentials or scopes, the same for every engagement: one is tried each hour and tells.
 *
 * Guaranteed: a job is done by one process at a time, and again if that one dies, for saying it twice changes nothing.
 * Not guaranteed: that a process whose answer took longer than its claim is the only one.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { EngagementEvent } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { JobStore, ReadBackJob } from './job-store.ts';
import type { ReadBack } from './report-reader.ts';

/**
 * Takes the statements in a transaction of its own. Answers those that nobody had told: not the repeats by their key, and
 * not the echoes of what Zoom's events had said. Rejects when nothing could be stored.
 */
export type ApplyStatements = (account: string, statements: EngagementEvent[]) => Promise<EngagementEvent[]>;

export type WorkerLimits = { pollMs: number; claimMs: number; settledMs: number; refusedMs: number; drainMs: number };

const minute = 60_000;
export const workerLimits: WorkerLimits = {
  pollMs: 2_000,
  claimMs: minute,
  settledMs: minute,
  refusedMs: 60 * minute,
  drainMs: 3_000,
};

/** Before the second try, the third, …; ms. */
const delays = [10, 20, 30, 300, 900, 2_400, ...Array<number>(18).fill(3_600)].map((seconds) => seconds * 1_000);

export type ReadBackWorker = {
  start(): void;
  /** Resolves when what was under way is done, or in a few seconds: then another process takes it up. */
  stop(): Promise<void>;
};

export function createReadBackWorker(parts: {
  account: string;
  jobs: JobStore;
  readBack(engagementId: string): Promise<ReadBack>;
  apply: ApplyStatements;
  clock: Clock;
  random?: () => number;
  log: Pick<Log, 'warn' | 'error'>;
  metrics: Pick<Metrics, 'readBack' | 'mended'>;
  limits?: Partial<WorkerLimits>;
}): ReadBackWorker {
  const { account, jobs, clock, log, metrics, random = Math.random } = parts;
  const limits = { ...workerLimits, ...parts.limits };
  let restsUntil = 0;

  async function tryAgain(job: ReadBackJob): Promise<void> {
    const delay = delays[job.tries - 1];
    if (delay === undefined) {
      metrics.readBack.inc({ outcome: 'given-up' });
      await jobs.finish(job, 'given-up');
    } else {
      // Engagements that ended together need not be asked for together.
      await jobs.again(job, clock() + delay * (0.9 + 0.2 * random()));
    }
  }

  async function take(job: ReadBackJob, read: Extract<ReadBack, { kind: 'read' }>): Promise<void> {
    const mended = await parts.apply(account, read.statements);
    const outcome = mended.length > 0 ? 'mended' : 'agreed';
    metrics.readBack.inc({ outcome });
    for (const { kind } of mended) metrics.mended.inc({ kind });
    const settledAt = read.endedAt + limits.settledMs;
    if (clock() < settledAt) await jobs.again(job, settledAt);
    else await jobs.finish(job, outcome);
  }

  async function work(job: ReadBackJob): Promise<void> {
    const read = await parts.readBack(job.engagementId);
    switch (read.kind) {
      case 'read':
        return take(job, read);
      case 'rate-limited':
        restsUntil = read.until;
        metrics.readBack.inc({ outcome: 'unavailable' });
        log.warn({ forSeconds: Math.round((read.until - clock()) / 1_000) }, 'Zoom limits how much may be read back');
        return jobs.again(job, read.until);
      case 'refused':
        restsUntil = clock() + limits.refusedMs;
        metrics.readBack.inc({ outcome: 'refused' });
        log.error({ code: read.code }, 'Zoom refuses reading back: check the app’s scopes and that it is active');
        return jobs.again(job, restsUntil);
      case 'unavailable':
        log.warn({ code: read.code }, 'Zoom could not be asked');
        metrics.readBack.inc({ outcome: 'unavailable' });
        return tryAgain(job);
      case 'not-ready':
        metrics.readBack.inc({ outcome: 'not-ready' });
        return tryAgain(job);
    }
  }

  /** Answers whether there may be more to do at once. */
  async function workOnce(): Promise<boolean> {
    if (clock() < restsUntil) return false;
    try {
      const job = await jobs.claim(clock(), limits.claimMs);
      if (!job) return false;
      await work(job);
      return true;
    } catch (err) {
      // The storage is down: the claim ends by itself, and somebody takes the job up again.
      log.warn({ err }, 'an engagement that was read back could not be stored');
      return false;
    }
  }

  let stopping: AbortController | undefined;
  let working = Promise.resolve();
  return {
    start() {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      working = working.then(async () => {
        while (!signal.aborted) {
          if (!(await workOnce())) await wait(limits.pollMs, undefined, { signal }).catch(() => {});
        }
      });
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await Promise.race([working, wait(limits.drainMs, undefined, { ref: false })]);
    },
  };
}
