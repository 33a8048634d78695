/**
 * When Zoom's list of engagements is compared with the records: at the start and every 15 minutes over the last hour, for
 * webhooks can be lost; and after a gap of the WebSocket over the gap.
 *
 *   owed ──due──▶ under way ──▶ nothing owed
 *     ▲               └── failed ──▶ owed again, in a minute, an hour (refused), or when Zoom allows (429)
 *
 * Several times that are owed become one that holds them all. What is owed is kept in memory only: the next process sweeps
 * its last hour, and a gap that it finds open is swept when it ends.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Span, Swept } from './sweep.ts';

const minute = 60_000;
const hour = 60 * minute;

export type SweeperLimits = { tickMs: number; sweepEveryMs: number; retryMs: number; drainMs: number };

export type Sweeper = {
  owe(span: Span): void;
  start(): void;
  stop(): Promise<void>;
};

export function createSweeper(parts: {
  sweep(span: Span): Promise<Swept>;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
  limits?: Partial<SweeperLimits>;
}): Sweeper {
  const { clock, log } = parts;
  const limits = { tickMs: 1_000, sweepEveryMs: 15 * minute, retryMs: minute, drainMs: 3_000, ...parts.limits };
  let owed: Span | undefined;
  let notBefore = 0;
  let nextRoutine = 0;
  let failures = 0;

  function owe({ from, until }: Span): void {
    owed = { from: Math.min(from, owed?.from ?? from), until: Math.max(until, owed?.until ?? until) };
  }

  /** When to try again, ms UTC; undefined when it is done. */
  async function trySweep(span: Span): Promise<number | undefined> {
    try {
      const outcome = await parts.sweep(span);
      if (outcome.kind === 'swept') {
        failures = 0;
        if (outcome.scheduled > 0)
          log.info({ scheduled: outcome.scheduled }, 'engagements that were missed are read back');
        return undefined;
      }
      if (outcome.kind === 'refused') {
        log.warn(
          'Zoom refuses its list of engagements: check the app’s scopes, and that it may use server-to-server OAuth',
        );
        return clock() + hour;
      }
      log.warn({ reason: outcome.kind }, 'Zoom’s list of engagements could not be read');
      return outcome.kind === 'rate-limited' ? outcome.until : nextTry();
    } catch (err) {
      log.warn({ err }, 'Zoom’s list of engagements could not be compared');
      return nextTry();
    }
  }

  /** Ever later, to the time of the routine sweep: what cannot be reached for long need not be reported every minute. */
  function nextTry(): number {
    const delay = Math.min(limits.retryMs * 2 ** failures, limits.sweepEveryMs);
    failures = Math.min(failures + 1, 20);
    return clock() + delay;
  }

  async function tick(): Promise<void> {
    const now = clock();
    if (now >= nextRoutine) {
      nextRoutine = now + limits.sweepEveryMs;
      owe({ from: now - hour, until: now });
    }
    const span = owed;
    if (!span || now < notBefore) return;
    owed = undefined;
    const again = await trySweep(span);
    if (again === undefined) return;
    notBefore = again;
    owe(span);
  }

  let stopping: AbortController | undefined;
  let running = Promise.resolve();
  return {
    owe,
    start() {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      running = running.then(async () => {
        while (!signal.aborted) {
          await tick();
          await wait(limits.tickMs, undefined, { signal }).catch(() => {});
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
