/**
 * Runs the handlers of durable jobs (job-store.ts). Each kind has its own loops, so a slow kind does not delay others.
 *
 *   claim ─▶ handle ─▶ done → finish · retry → due again at `at` · dead → dead letter
 *                  ├─▶ pause → due again at `until`, and no job of this kind is claimed before then (rate limits)
 *                  └─▶ throws → due again after a back-off; after `maxTries` tries a dead letter
 *
 * Guaranteed: while its lease lasts, a job is attempted by one process; a job whose process died is claimed again when
 * the lease ends. Not guaranteed: that an attempt that outlives its lease is the only one. Its result counts unless the
 * job has been claimed again; then it is ignored and logged. A pause applies to this process only.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Db } from '../storage/schema.ts';
import { createLoop } from '../timing/loop.ts';
import type { Job, JobStore } from './job-store.ts';

/** Times in ms UTC. Reasons are short words for operators, without personal data. */
export type JobResult =
  | { kind: 'done'; outcome: string }
  | { kind: 'retry'; at: number; reason?: string }
  | { kind: 'pause'; until: number; reason: string }
  | { kind: 'dead'; reason: string };

export type JobHandler = {
  kind: string;
  account: string;
  /** The signal is aborted when the runner stops. */
  handle(job: Job, signal: AbortSignal): Promise<JobResult>;
  /** How many jobs of this kind run at once in this process; 1 by default. */
  concurrency?: number;
};

/** Times in ms. */
export type JobRunnerLimits = {
  pollMs: number;
  leaseMs: number;
  /** How long `stop` waits for attempts; what has not ended by then is claimed again when its lease ends. */
  drainMs: number;
  /** The delay after the first attempt that threw; it doubles up to an hour. */
  firstRetryMs: number;
  maxTries: number;
};

const defaultLimits: JobRunnerLimits = {
  pollMs: 2_000,
  leaseMs: 60_000,
  drainMs: 3_000,
  firstRetryMs: 60_000,
  maxTries: 25,
};
const maxRetryMs = 60 * 60_000;

type JobRunner = {
  start(): void;
  stop(): Promise<void>;
};

export function createJobRunner(parts: {
  db: Db;
  store: Pick<JobStore, 'claim' | 'finish' | 'retry' | 'postpone' | 'markDead'>;
  handlers: JobHandler[];
  clock: Clock;
  log: Pick<Log, 'warn' | 'error'>;
  limits?: Partial<JobRunnerLimits>;
}): JobRunner {
  const { db, store, clock, log } = parts;
  const limits = { ...defaultLimits, ...parts.limits };
  const owner = randomUUID();

  function createKindLoops(handler: JobHandler) {
    const { kind, account } = handler;
    let pausedUntil = 0;

    /** Returns false when another claim of the job came first. */
    async function storeResult(job: Job, result: JobResult): Promise<boolean> {
      switch (result.kind) {
        case 'done':
          return store.finish(db, job, result.outcome);
        case 'retry':
          return store.retry(db, job, result.at, result.reason);
        case 'pause':
          pausedUntil = Math.max(pausedUntil, result.until);
          return store.postpone(db, job, result.until, result.reason);
        case 'dead':
          log.error({ kind, reason: result.reason }, 'a job is given up and stored as a dead letter');
          return store.markDead(db, job, result.reason);
      }
    }

    function toFailure(job: Job): JobResult {
      if (job.tries >= limits.maxTries) return { kind: 'dead', reason: 'error' };
      const delay = Math.min(limits.firstRetryMs * 2 ** (job.tries - 1), maxRetryMs);
      return { kind: 'retry', at: clock() + delay, reason: 'error' };
    }

    async function runOne(signal: AbortSignal): Promise<number> {
      if (clock() < pausedUntil) return limits.pollMs;
      const job = await store.claim({ kind, account, owner, leaseMs: limits.leaseMs });
      if (!job) return limits.pollMs;
      const result = await handler.handle(job, signal).catch((err: unknown) => {
        log.error({ err, kind, tries: job.tries }, 'an attempt of a job failed');
        return toFailure(job);
      });
      if (!(await storeResult(job, result))) {
        log.warn({ kind, tries: job.tries }, 'the result of a job is ignored: it was claimed again');
      }
      return 0;
    }

    const report = (err: unknown) => log.warn({ err, kind }, 'jobs cannot be read or stored now');
    return Array.from({ length: handler.concurrency ?? 1 }, () =>
      createLoop({ run: runOne, intervalMs: limits.pollMs, drainMs: limits.drainMs, report }),
    );
  }

  const loops = parts.handlers.flatMap(createKindLoops);
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
