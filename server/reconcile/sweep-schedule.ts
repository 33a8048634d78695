/**
 * When sweeps run: at the start and every 15 minutes over the last hour, because webhooks can be lost, and over each
 * gap of the WebSocket after it.
 *
 *   requested ──due──▶ running ──▶ idle
 *     ▲                  └── failed ──▶ requested again, with back-off, in an hour (refused), or when Zoom allows (429)
 *
 * Requested spans are merged into one that covers them all. They are held in memory only: the next process sweeps its
 * last hour, and a gap that is still open is swept when it ends.
 */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { createBackOff } from '../platform/timing/back-off.ts';
import { createLoop } from '../platform/timing/loop.ts';
import type { Span, SweepOutcome } from './sweep.ts';

const minute = 60_000;
const hour = 60 * minute;

export type SweepLimits = { tickMs: number; sweepEveryMs: number; retryMs: number; drainMs: number };

type SweepSchedule = {
  requestSweep(span: Span): void;
  start(): void;
  stop(): Promise<void>;
};

export function createSweepSchedule(parts: {
  sweep(span: Span): Promise<SweepOutcome>;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
  limits?: Partial<SweepLimits>;
}): SweepSchedule {
  const { clock, log } = parts;
  const limits = { tickMs: 1_000, sweepEveryMs: 15 * minute, retryMs: minute, drainMs: 3_000, ...parts.limits };
  let requested: Span | undefined;
  let notBefore = 0;
  let nextRoutineAt = 0;
  // Up to the interval of routine sweeps, so that an outage is not logged every minute.
  const backOff = createBackOff({ firstMs: limits.retryMs, maxMs: limits.sweepEveryMs, jitter: 0 });

  function requestSweep({ from, until }: Span): void {
    requested = { from: Math.min(from, requested?.from ?? from), until: Math.max(until, requested?.until ?? until) };
  }

  /** When to try again, ms UTC; undefined when it succeeded. */
  async function trySweep(span: Span): Promise<number | undefined> {
    try {
      const outcome = await parts.sweep(span);
      if (outcome.kind === 'swept') {
        backOff.reset();
        if (outcome.scheduled > 0)
          log.info({ scheduled: outcome.scheduled }, 'missed engagements are scheduled for reconciliation');
        return undefined;
      }
      if (outcome.kind === 'refused') {
        log.warn(
          'Zoom refuses its list of engagements: check the app’s scopes, and that it may use server-to-server OAuth',
        );
        return clock() + hour;
      }
      log.warn({ reason: outcome.kind }, 'Zoom’s list of engagements could not be read');
      return outcome.kind === 'rate-limited' ? outcome.until : clock() + backOff.next();
    } catch (err) {
      log.warn({ err }, 'Zoom’s list of engagements could not be compared');
      return clock() + backOff.next();
    }
  }

  async function tick(): Promise<void> {
    const now = clock();
    if (now >= nextRoutineAt) {
      nextRoutineAt = now + limits.sweepEveryMs;
      requestSweep({ from: now - hour, until: now });
    }
    const span = requested;
    if (!span || now < notBefore) return;
    requested = undefined;
    const retryAt = await trySweep(span);
    if (retryAt === undefined) return;
    notBefore = retryAt;
    requestSweep(span);
  }

  const report = (err: unknown) => log.warn({ err }, 'a sweep could not be scheduled');
  const loop = createLoop({ run: tick, intervalMs: limits.tickMs, drainMs: limits.drainMs, report });
  return { requestSweep, start: loop.start, stop: loop.stop };
}
